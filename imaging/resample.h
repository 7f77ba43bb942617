#pragma once

#include "core/image.h"
#include "imaging/voxel_distance.h"

namespace corticoil::imaging {

/// The image at a voxel index, linear between voxel centres; 0 outside its voxels.
[[nodiscard]] float interpolate(const ScalarImage& image, const Vector3& index);

/// The same, but outside it continues with the values at its faces.
[[nodiscard]] float interpolate_or_continue(const ScalarImage& image, const Vector3& index);

/// The label of the voxel that holds an index; 0 outside.
[[nodiscard]] std::uint8_t nearest_label(const LabelImage& labels, const Vector3& index);

/// `image` at the voxel centres of a grid, trilinear, 0 outside; `source_from_target` takes points of the
/// grid's frame to the image's frame [m].
[[nodiscard]] ScalarImage resample(const ScalarImage& image, const std::array<int, 3>& size,
                                   const Eigen::Affine3d& head_from_voxel,
                                   const Eigen::Affine3d& source_from_target);

/// The voxels of the grid at which the non-zero voxels of `image`, as a set resampled by trilinear weights,
/// prevail.
[[nodiscard]] Mask resample_mask(const ScalarImage& image, const std::array<int, 3>& size,
                                 const Eigen::Affine3d& head_from_voxel,
                                 const Eigen::Affine3d& source_from_target);

/// Every `step`-th voxel along each axis after smoothing by half the step: for work that needs no detail.
[[nodiscard]] ScalarImage shrink(const ScalarImage& image, const std::array<int, 3>& step);

/// Whole numbers of voxels per axis, at least 1, that come nearest to `spacing` [m].
[[nodiscard]] std::array<int, 3> voxels_per_step(const Eigen::Affine3d& head_from_voxel, double spacing);

/// shrink() to voxels of about `spacing` [m].
[[nodiscard]] ScalarImage coarsened(const ScalarImage& image, double spacing);

/// A box of voxels within a grid.
struct VoxelBox {
    std::array<int, 3> first{0, 0, 0};
    std::array<int, 3> size{0, 0, 0};
};

/// The smallest box around the mask's voxels, widened by `margin` [m] as far as the grid goes.
[[nodiscard]] VoxelBox box_around(const Mask& mask, double margin);

/// The voxels of a box as an image in the same place of the head frame.
template <typename Voxel>
[[nodiscard]] Image<Voxel> crop(const Image<Voxel>& image, const VoxelBox& box);

/// Writes a cropped image back to where it came from.
template <typename Voxel>
void paste(const Image<Voxel>& part, const VoxelBox& box, Image<Voxel>& image);

} // namespace corticoil::imaging
