#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace corticoil::imaging {

// No Eigen here: used beside ITK, whose Eigen is older than ours.

/// Two images on one grid, x fastest, and the voxels that count in both.
struct CorrelatedImages {
    std::array<int, 3> size{0, 0, 0};
    std::array<double, 3> spacing{1, 1, 1}; ///< [mm]
    std::span<const float> fixed;
    std::span<const float> moving;
    std::span<const std::uint8_t> mask;
};

/// How `moving` should be displaced to resemble `fixed`.
struct CorrelationForce {
    std::vector<double> force; ///< Three numbers per voxel, along the grid's axes; 0 outside the mask.
    double mean = 0; ///< Mean squared correlation over the mask where neither image is flat, 0 … 1.
};

/// Calls `slice(k)` for k = 0 … n − 1, in any order and at the same time where it likes.
using ForEachSlice = std::function<void(int n, const std::function<void(int)>& slice)>;

/// The gradient, by displacements of `moving`, of the squared correlation of the two images within a box of
/// ±`radius` voxels around each voxel (Avants et al. 2008, Med Image Anal 12:26, eq. 6 ff.):
///   2 s_fm / (s_ff s_mm) · (f − s_fm/s_mm m) ∇m,
/// with f and m less their means in the box and s their sums of products. Exactly zero where the images are
/// equal. The result does not depend on the order of the slices.
[[nodiscard]] CorrelationForce correlation_force(const CorrelatedImages& images, int radius,
                                                 const ForEachSlice& for_each_slice);

} // namespace corticoil::imaging
