#pragma once

#include "core/image.h"

namespace corticoil::imaging {

/// The intensity at which air's noise begins: 0 in a magnitude image, where nothing is shifted; else, where
/// air lies clearly off 0 (images with an offset, z-scored, signed), the 5th percentile of what Otsu's
/// threshold calls dark. "Clearly" is by more than 5 % of the range from the 1st to the 99th percentile and
/// by more than noise of a magnitude image (Rayleigh's distribution) lies above its own 0.
/// \throws Error where the image is empty or constant.
[[nodiscard]] float air_level(const ScalarImage& image);

/// The image less air_level(), and 0 where it is below: thresholds and ratios of intensities count from air.
/// Unchanged where air lies at 0 already. \throws Error as air_level().
[[nodiscard]] ScalarImage with_air_at_zero(const ScalarImage& image);

} // namespace corticoil::imaging
