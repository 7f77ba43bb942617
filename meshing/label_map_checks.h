#pragma once

#include "core/image.h"

#include <string>
#include <vector>

namespace corticoil::meshing {

/// \throws Error for a label map that cannot be meshed: its affine is not finite or not invertible, voxels of
/// an absurd size, too many voxels, labels that no tissue has, or (nearly) no tissue at all.
void check_label_map(const LabelImage& tissues);

/// The part of the label map that holds tissue, with `margin` voxels of air around it.
[[nodiscard]] LabelImage crop_to_tissue(const LabelImage& tissues, int margin);

/// Distance between voxel centres along each axis [mm].
[[nodiscard]] Vector3 voxel_spacing_mm(const LabelImage& tissues);

} // namespace corticoil::meshing
