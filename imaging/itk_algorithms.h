#pragma once

#include "core/progress.h"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace corticoil::imaging {

// No Eigen here: ITK's headers bring an Eigen of their own, older than ours, and one source cannot hold both.

/// The first three rows of an affine matrix, row by row. Lengths in millimetres, as ITK's defaults expect.
using AffineRows = std::array<double, 12>;

/// An image to look at: x fastest.
struct ImageView {
    std::array<int, 3> size{0, 0, 0};
    AffineRows head_from_voxel{}; ///< [mm], RAS
    std::span<const float> voxels;
};

/// One run of an affine registration.
struct AffineStage {
    bool is_rigid =
        false; ///< Six parameters instead of twelve; the start must then be a rotation and a shift.
    double sampled_fraction = 1; ///< Part of the fixed image's voxels that the metric sees, at regular steps.
    double first_step_mm = 2;    ///< Length of the first step of the descent, as the shift of a voxel.
    double last_step_mm = 0.01;  ///< The descent ends below this.
    int n_iterations = 100;
    Progress progress; ///< Called once per iteration.
    const char* task = "registering to MNI"; ///< For progress.
};

/// Improves `moving_from_fixed` [mm] by gradient descent on Mattes' mutual information (Mattes et al. 2003,
/// IEEE Trans Med Imaging 22:120), ITK's implementation on one thread, so that the result does not depend on
/// the machine. \throws ComputationError where the images stop overlapping.
[[nodiscard]] AffineRows improve_registration(const ImageView& fixed, const ImageView& moving,
                                              const AffineRows& moving_from_fixed, const AffineStage& stage);

/// Mattes' mutual information [nat] of the images under `moving_from_fixed`; 0 where they do not overlap.
[[nodiscard]] double mutual_information(const ImageView& fixed, const ImageView& moving,
                                        const AffineRows& moving_from_fixed);

/// The smooth multiplicative bias field of an image, as its logarithm, from the voxels of `mask`: N4
/// (Tustison et al. 2010, IEEE Trans Med Imaging 29:1310), ITK's implementation on one thread; 0 outside the
/// mask.
[[nodiscard]] std::vector<float> n4_log_bias(const ImageView& image, std::span<const std::uint8_t> mask);

} // namespace corticoil::imaging
