#pragma once

#include "core/image.h"
#include "core/mni_mapping.h"
#include "core/progress.h"

#include <cstddef>

namespace corticoil::imaging {

/// What add_warp() made.
struct WarpedMapping {
    MniMapping mapping;
    /// Smallest determinant of the Jacobian of MNI → head over that of its affine part, within the template's
    /// head; 1 where nothing is stretched, at most 0 where space folds.
    double smallest_jacobian = 1;
    std::size_t n_folds = 0; ///< Voxels of the template's head where it is at most 0.
    /// Points of the head's grid at which the inverse was not found to a micrometre.
    std::size_t n_not_inverted = 0;
};

struct WarpOptions {
    int n_threads = 0; ///< 0: all processors. The result does not depend on it.
    Progress progress = {};
};

/// Adds displacements in both directions to an affine mapping, so that the template's structures lie on the
/// head's: symmetric normalisation (Avants et al. 2008) with local correlation of the whole head on a grid of
/// 2 mm, from coarse to fine. Intensities matter up to smooth changes only. Where the T1 does not reach (a
/// cut chin, a removed face) the displacements continue smoothly. `head_warp` is the registration's result,
/// `mni_warp` its inverse, solved at each point of a 2 mm grid over the T1. About 60 s of one processor.
/// \throws Error for a T1 that covers more than a metre.
[[nodiscard]] WarpedMapping add_warp(const MniMapping& affine, const ScalarImage& t1,
                                     const ScalarImage& template_t1, const WarpOptions& options = {});

/// The displacements in the other direction: v on a grid of the head's frame with f(A·p + v(p)) = p, where
/// f(q) = A⁻¹·q + head_warp(q). `n_not_inverted` counts the points at which that fails by more than a
/// micrometre.
struct InverseWarp {
    VectorImage mni_warp;
    std::size_t n_not_inverted = 0;
};
[[nodiscard]] InverseWarp invert_head_warp(const MniMapping& affine, const VectorImage& head_warp,
                                           const std::array<int, 3>& size,
                                           const Eigen::Affine3d& head_from_voxel);

} // namespace corticoil::imaging
