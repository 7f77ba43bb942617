#include "imaging/lesion_filling.h"

#include "core/error.h"
#include "imaging/mask_algebra.h"
#include "imaging/resample.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <random>
#include <vector>

namespace corticoil::imaging {

namespace {

/// Around the lesions, from where partial volume ends to where white matter may end [m].
constexpr double reach = 6e-3;
/// Width of the Gaussian that the local mean is taken with [m]: a bias field is smooth over much more.
constexpr double local_width = 4e-3;
/// White matter is within this many standard deviations of its local mean.
constexpr double white_range = 2.5;
constexpr std::size_t least_voxels = 20;

/// The brightest intensity that is frequent: the maximum of the smoothed histogram that lies highest and has
/// at least a quarter of the highest maximum. Around lesions of white matter that is white matter: grey
/// matter and CSF are darker, marrow, fat and vessels few.
double brightest_mode(std::vector<float> values) {
    constexpr int n_bins = 128;
    constexpr double frequent = 0.25;
    std::sort(values.begin(), values.end());
    const auto percentile = [&](double share) {
        return static_cast<double>(
            values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))]);
    };
    const double low = percentile(0.01);
    const double width = std::max(percentile(0.99) - low, 1e-6) / n_bins;
    // Silverman's rule (1986, Density Estimation, eq. 3.31) with the spread between the quartiles.
    const double spread = (percentile(0.75) - percentile(0.25)) / 1.34;
    const double bandwidth =
        std::max(2 * width, 0.9 * spread * std::pow(static_cast<double>(values.size()), -0.2));
    std::array<double, n_bins> density{};
    for (int bin = 0; bin < n_bins; ++bin) {
        const double centre = low + (bin + 0.5) * width;
        for (const float value : values) {
            const double distance = (value - centre) / bandwidth;
            density[static_cast<std::size_t>(bin)] += std::exp(-distance * distance / 2);
        }
    }
    const double highest = *std::max_element(density.begin(), density.end());
    for (std::size_t bin = n_bins; bin-- > 0;) {
        const double before = bin > 0 ? density[bin - 1] : 0;
        const double after = bin + 1 < n_bins ? density[bin + 1] : 0;
        if (density[bin] >= frequent * highest && density[bin] >= before && density[bin] >= after)
            return low + (static_cast<double>(bin) + 0.5) * width;
    }
    return percentile(0.5);
}

/// The half width of the mode from its brighter side, where no other tissue mixes in: the root mean square
/// distance of the brighter values within twice the median distance, in standard deviations.
double deviation_above(const std::vector<float>& values, double mode) {
    std::vector<double> above;
    for (const float value : values) {
        if (value >= mode) above.push_back(value - mode);
    }
    if (above.empty()) return 0;
    const auto middle = above.begin() + static_cast<std::ptrdiff_t>(above.size() / 2);
    std::nth_element(above.begin(), middle, above.end());
    constexpr double deviations_of_median = 0.6745; // Of a Gaussian's absolute value.
    return *middle / deviations_of_median;
}

/// The local mean of the voxels in `white`, by normalised convolution; `fallback` where there are none near.
ScalarImage local_mean(const ScalarImage& t1, const Mask& white, double fallback) {
    ScalarImage weight(t1.size, t1.head_from_voxel);
    ScalarImage weighted(t1.size, t1.head_from_voxel);
    for (std::size_t n = 0; n < t1.voxels.size(); ++n) {
        if (white.voxels[n] == 0) continue;
        weight.voxels[n] = 1;
        weighted.voxels[n] = t1.voxels[n];
    }
    weight = smooth(weight, local_width);
    weighted = smooth(weighted, local_width);
    constexpr float least_weight = 1e-4F;
    for (std::size_t n = 0; n < t1.voxels.size(); ++n) {
        weighted.voxels[n] = weight.voxels[n] > least_weight ? weighted.voxels[n] / weight.voxels[n]
                                                             : static_cast<float>(fallback);
    }
    return weighted;
}

std::vector<float> values_in(const ScalarImage& image, const Mask& mask) {
    std::vector<float> values;
    for (std::size_t n = 0; n < image.voxels.size(); ++n) {
        if (mask.voxels[n] != 0) values.push_back(image.voxels[n]);
    }
    return values;
}

/// Fills an image that holds little more than the lesions and what is around them.
FilledT1 fill(const ScalarImage& t1, const Mask& lesions) {
    const std::array<double, 3> spacing = voxel_spacing(t1.head_from_voxel);
    const double voxel = *std::max_element(spacing.begin(), spacing.end());
    const Mask around = without(dilate(lesions, std::max(reach, 3 * voxel)), dilate(lesions, 1.01 * voxel));
    const std::vector<float> values = values_in(t1, around);
    if (values.size() < least_voxels) {
        throw Error(fmt::format("lesion filling: only {} voxels lie around the lesions; check that the mask "
                                "lies in the head",
                                values.size()));
    }
    FilledT1 result{t1};
    result.white = brightest_mode(values);
    result.noise = deviation_above(values, result.white);
    ScalarImage mean(t1.size, t1.head_from_voxel, static_cast<float>(result.white));
    // The first range is that of the whole ring, whose bias widens it; the second is around the local mean.
    constexpr int n_rounds = 3;
    for (int round = 0; round < n_rounds; ++round) {
        const auto is_white = [&](std::size_t n) {
            return around.voxels[n] != 0 &&
                   std::abs(t1.voxels[n] - mean.voxels[n]) <= white_range * result.noise;
        };
        const Mask white = mask_where(t1, is_white);
        mean = local_mean(t1, white, result.white);
        double sum = 0;
        for (std::size_t n = 0; n < t1.voxels.size(); ++n) {
            if (white.voxels[n] == 0) continue;
            const double difference = t1.voxels[n] - mean.voxels[n];
            sum += difference * difference;
        }
        result.noise = std::sqrt(sum / static_cast<double>(std::max<std::size_t>(1, count(white))));
    }
    std::mt19937 generator(20100632); // Any number: the same noise on every run.
    std::normal_distribution<double> noise(0, 1);
    for (std::size_t n = 0; n < t1.voxels.size(); ++n) {
        if (lesions.voxels[n] == 0) continue;
        result.t1.voxels[n] =
            std::max(0.0F, static_cast<float>(mean.voxels[n] + result.noise * noise(generator)));
    }
    return result;
}

} // namespace

FilledT1 fill_lesions(const ScalarImage& t1, const Mask& lesions) {
    CORTICOIL_ASSERT(t1.size == lesions.size && count(lesions) > 0);
    const VoxelBox box = box_around(lesions, 3 * reach);
    const FilledT1 part = fill(crop(t1, box), crop(lesions, box));
    FilledT1 result{t1, part.white, part.noise};
    paste(part.t1, box, result.t1);
    return result;
}

} // namespace corticoil::imaging
