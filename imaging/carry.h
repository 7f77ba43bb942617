#pragma once

#include "core/image.h"
#include "core/mni_mapping.h"
#include "imaging/voxel_distance.h"

#include <span>
#include <vector>

namespace corticoil::imaging {

/// The voxels that an image is wanted on, in whichever frame it is carried to.
struct VoxelGrid {
    std::array<int, 3> size{0, 0, 0};
    Eigen::Affine3d head_from_voxel = Eigen::Affine3d::Identity();
};

/// The grid of an image.
template <typename Voxel>
[[nodiscard]] VoxelGrid grid_of(const Image<Voxel>& image) {
    return {image.size, image.head_from_voxel};
}

/// An image of MNI space (intensities, probabilities) on a grid of the head, through the whole mapping, its
/// displacements included: linear between voxel centres, 0 where the image does not reach.
[[nodiscard]] ScalarImage carry_to_head(const ScalarImage& mni_image, const MniMapping& mapping,
                                        const VoxelGrid& grid);

/// Several images of MNI space, each on a grid of its own: a point is mapped once for all of them, which is
/// most of the work.
[[nodiscard]] std::vector<ScalarImage> carry_to_head(std::span<const ScalarImage> mni_images,
                                                     const MniMapping& mapping, const VoxelGrid& grid);

/// The same for labels: those of the nearest voxel.
[[nodiscard]] LabelImage carry_to_head(const LabelImage& mni_labels, const MniMapping& mapping,
                                       const VoxelGrid& grid);

/// The voxels of a grid of the head at which the non-zero voxels of `mni_image`, as a set carried over by
/// trilinear weights, prevail.
[[nodiscard]] Mask carry_mask_to_head(const ScalarImage& mni_image, const MniMapping& mapping,
                                      const VoxelGrid& grid);

/// An image of the head on a grid of MNI space, linear.
[[nodiscard]] ScalarImage carry_to_mni(const ScalarImage& image, const MniMapping& mapping,
                                       const VoxelGrid& grid);

/// Labels of the head on a grid of MNI space, nearest.
[[nodiscard]] LabelImage carry_to_mni(const LabelImage& labels, const MniMapping& mapping,
                                      const VoxelGrid& grid);

} // namespace corticoil::imaging
