#pragma once

#include <Eigen/Core>
#include <pugixml.hpp>

#include <optional>
#include <string>

namespace corticoil::io {

/// Parses XML; entities of a document type are not expanded. \throws Error with the place for text that is no
/// XML.
void parse_xml(pugi::xml_document& document, const std::string& text, const std::string& name);

/// The 4×4 matrix in an element's attributes `prefix`00 … 33, mm; the last row may be missing. Nothing where
/// it has no such attributes. \throws Error for some of them, and what is no number.
[[nodiscard]] std::optional<Eigen::Matrix4d> matrix_of(const pugi::xml_node& element,
                                                       const std::string& prefix, const std::string& what);

/// Whether a matrix stands for a coil that was not tracked: all zeros, or the identity.
[[nodiscard]] bool is_untracked(const Eigen::Matrix4d& matrix);

/// diag(−1, −1, 1, 1) where `space` is LPS. \throws Error for other words than RAS and LPS.
[[nodiscard]] Eigen::Matrix4d ras_from(const std::string& space, const std::string& what);

} // namespace corticoil::io
