#include "imaging/bias_correction.h"

#include "imaging/itk_views.h"
#include "imaging/resample.h"

#include <algorithm>
#include <cmath>

namespace corticoil::imaging {

namespace {

/// Voxel size of the estimate [m]: the field varies over several centimetres.
constexpr double working_spacing = 4e-3;
/// Reach of the continuation beyond the mask [m].
constexpr double continuation_width = 20e-3;
/// Smoothing of the seam between estimate and continuation [m].
constexpr double seam_width = 6e-3;

void subtract_mean(ScalarImage& field, const Mask& mask) {
    double sum = 0;
    double n_inside = 0;
    for (std::size_t n = 0; n < field.voxels.size(); ++n) {
        if (mask.voxels[n] == 0) continue;
        sum += field.voxels[n];
        n_inside += 1;
    }
    const auto mean = static_cast<float>(sum / std::max(1.0, n_inside));
    for (float& value : field.voxels) value -= mean;
}

/// Outside the mask the field becomes its Gaussian mean over the mask: normalised convolution.
ScalarImage continued(const ScalarImage& field, const Mask& mask) {
    ScalarImage numerator = field;
    ScalarImage denominator = field;
    for (std::size_t n = 0; n < field.voxels.size(); ++n) {
        const float weight = mask.voxels[n] != 0 ? 1.0F : 0.0F;
        numerator.voxels[n] *= weight;
        denominator.voxels[n] = weight;
    }
    numerator = smooth(numerator, continuation_width);
    denominator = smooth(denominator, continuation_width);
    ScalarImage result = field;
    constexpr float negligible = 1e-3F; // Far from the mask the field fades to 0.
    for (std::size_t n = 0; n < field.voxels.size(); ++n) {
        if (mask.voxels[n] == 0)
            result.voxels[n] = numerator.voxels[n] / (denominator.voxels[n] + negligible);
    }
    return smooth(result, seam_width);
}

} // namespace

ScalarImage correct_bias(const ScalarImage& image, const Mask& mask) {
    const std::array<double, 3> spacing = voxel_spacing(image.head_from_voxel);
    std::array<int, 3> step{};
    for (std::size_t axis = 0; axis < 3; ++axis) {
        step[axis] = std::max(1, static_cast<int>(std::round(working_spacing / spacing[axis])));
    }
    const ScalarImage coarse = shrink(image, step);
    ScalarImage set(mask.size, mask.head_from_voxel);
    for (std::size_t n = 0; n < set.voxels.size(); ++n) set.voxels[n] = static_cast<float>(mask.voxels[n]);
    const ScalarImage coarse_set = shrink(set, step);
    Mask coarse_mask(coarse.size, coarse.head_from_voxel);
    constexpr float mostly_inside = 0.8F;
    for (std::size_t n = 0; n < coarse_mask.voxels.size(); ++n) {
        coarse_mask.voxels[n] = coarse_set.voxels[n] >= mostly_inside && coarse.voxels[n] > 0 ? 1 : 0;
    }
    ScalarImage field(coarse.size, coarse.head_from_voxel);
    field.voxels = n4_log_bias(view_of(coarse), coarse_mask.voxels);
    subtract_mean(field, coarse_mask);
    field = resample(continued(field, coarse_mask), image.size, image.head_from_voxel,
                     Eigen::Affine3d::Identity());
    ScalarImage corrected = image;
    for (std::size_t n = 0; n < corrected.voxels.size(); ++n)
        corrected.voxels[n] *= std::exp(-field.voxels[n]);
    return corrected;
}

} // namespace corticoil::imaging
