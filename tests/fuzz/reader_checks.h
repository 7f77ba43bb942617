#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace corticoil::fuzz {

/// Reads bytes as one kind of file. Refusing them with corticoil::Error is fine; everything else that
/// the reader throws passes through. \throws std::logic_error if what it returns does not make sense: numbers
/// that are not finite, sizes that contradict each other, indices out of range, or a file written from it
/// that reads back differently.
void check_ccd(std::string_view bytes);
void check_nii(std::string_view bytes);
void check_stl(std::string_view bytes);
void check_tcd(std::string_view bytes);
void check_tsv(std::string_view bytes);
void check_poses(std::string_view bytes); ///< Coil poses; the first byte stands for the file's ending.

/// The check of a kind of file, by the name of its corpus folder.
struct ReaderCheck {
    std::string name;
    std::function<void(std::string_view)> check;
};

/// Every check there is.
[[nodiscard]] std::vector<ReaderCheck> reader_checks();

} // namespace corticoil::fuzz
