#pragma once

#include "imaging/voxel_distance.h"

namespace corticoil::imaging {

/// The image divided by its smooth bias field (N4 on voxels of about 4 mm), which is estimated where `mask`
/// is set (the brain) and continued smoothly beyond. The field's mean logarithm in the mask is 0, so
/// intensities keep their scale.
[[nodiscard]] ScalarImage correct_bias(const ScalarImage& image, const Mask& mask);

} // namespace corticoil::imaging
