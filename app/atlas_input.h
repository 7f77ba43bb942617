#pragma once

#include "core/mni_mapping.h"
#include "imaging/atlas.h"
#include "planning/roi.h"

#include <optional>
#include <string>

namespace corticoil::app {

/// Whether a text names a region of an atlas: "aal:Precentral_L", "aal:42", "brodmann:4".
[[nodiscard]] bool is_atlas_region(const std::string& text);

/// The label of a region given by its number or its name (case does not matter). \throws Error, with the name
/// that was probably meant, where the atlas has no such region.
[[nodiscard]] int find_region(const imaging::Atlas& atlas, const std::string& region);

/// A region of an atlas as a ROI of the subject: its voxels carried to the head on a 1 mm grid, nearest
/// neighbour. \throws Error for an unknown atlas or region, and where the subject has no mapping.
[[nodiscard]] planning::Roi atlas_roi(const std::string& text, const std::optional<MniMapping>& mni);

/// Whether a text means the atlas region of a target: "M1_LEG_L:region".
[[nodiscard]] bool is_target_region(const std::string& text);

/// The region of a target of the library as a ROI of the subject. \throws Error for an unknown target, one
/// without a region, and where the subject has no mapping.
[[nodiscard]] planning::Roi target_region_roi(const std::string& text, const std::optional<MniMapping>& mni);

} // namespace corticoil::app
