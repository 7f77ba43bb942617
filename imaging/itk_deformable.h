#pragma once

#include "imaging/itk_algorithms.h"

#include <cstdint>
#include <span>
#include <vector>

namespace corticoil::imaging {

// No Eigen here, for the reason that imaging/itk_algorithms.h states.

/// One level of a deformable registration, from coarse to fine.
struct DeformableLevel {
    int shrink = 1;          ///< Voxels of the grid per voxel of the level, along each axis.
    double smoothing_mm = 0; ///< Standard deviation of the Gaussian on both images.
    int n_iterations = 50;   ///< At most.
};

/// How two images are brought together.
struct DeformableOptions {
    std::vector<DeformableLevel> levels;
    int radius = 2;              ///< Half-width of the correlation's neighbourhood [voxels].
    double learning_rate = 0.25; ///< Longest step of either image per iteration [voxels].
    double update_smoothing = 3; ///< Variance of the Gaussian over each step [voxels²].
    int n_threads = 0;           ///< 0: all processors. The result does not depend on it.
    Progress progress;
};

/// Two images on one grid, with the voxels of each that count: 0 leaves one out.
struct ImagePair {
    ImageView fixed;
    ImageView moving; ///< Same size and place as `fixed`.
    std::span<const std::uint8_t> fixed_mask;
    std::span<const std::uint8_t> moving_mask;
};

/// The displacement u [mm, RAS], three numbers per voxel, that makes moving(x + u(x)) resemble fixed(x):
/// ITK's symmetric normalisation (Avants et al. 2008, Med Image Anal 12:26) with neighbourhood correlation,
/// which is blind to smooth changes of intensity. A diffeomorphism; zero on the grid's faces, and exactly
/// zero where the images agree. Its work is divided into a fixed number of parts, so that the result does not
/// depend on the number of threads. \throws ComputationError where ITK gives up.
[[nodiscard]] std::vector<float> register_deformable(const ImagePair& images,
                                                     const DeformableOptions& options);

} // namespace corticoil::imaging
