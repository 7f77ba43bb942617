#include "imaging/air_level.h"

#include "imaging/head_mask.h"
#include "imaging/quantile.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace corticoil::imaging {

float air_level(const ScalarImage& image) {
    constexpr double notable = 0.05; // Of the range; below, shares of intensities hardly change.
    // Rayleigh's noise has its median at 1.18 σ and its 5th percentile at 0.32 σ: 0 lies 1.37 times as far
    // below the median as that percentile.
    constexpr double beyond_noise = 2;
    constexpr double low_end = 0.05;
    const float threshold = otsu_threshold(image);
    std::vector<float> values = image.voxels;
    const double range = quantile(values, 0.99) - quantile(values, 0.01);
    std::vector<float> dark;
    for (const float value : image.voxels) {
        if (value < threshold) dark.push_back(value);
    }
    if (dark.empty()) return 0;
    const float level = quantile(dark, low_end);
    const double median = quantile(dark, 0.5);
    const bool is_off =
        std::abs(median) > notable * range && std::abs(median) > beyond_noise * (median - level);
    return is_off ? level : 0;
}

ScalarImage with_air_at_zero(const ScalarImage& image) {
    ScalarImage result = image;
    const float level = air_level(image);
    if (level == 0) return result;
    for (float& value : result.voxels) value = std::max(0.0F, value - level);
    return result;
}

} // namespace corticoil::imaging
