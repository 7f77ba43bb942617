#include "imaging/carry.h"

#include "imaging/mask_algebra.h"
#include "imaging/resample.h"

#include <utility>

namespace corticoil::imaging {

namespace {

/// Calls `visit(number of the voxel, its centre)` for each voxel of a grid.
template <typename Visit>
void for_each_voxel(const VoxelGrid& grid, Visit visit) {
    std::size_t n = 0;
    for (int k = 0; k < grid.size[2]; ++k) {
        for (int j = 0; j < grid.size[1]; ++j) {
            for (int i = 0; i < grid.size[0]; ++i)
                visit(n++, Vector3(grid.head_from_voxel * Vector3(i, j, k)));
        }
    }
}

/// Fills a grid with `value(source, index in it)`, the index of the point `source_from_grid(point)`.
template <typename Voxel, typename MapPoint, typename ValueAt>
Image<Voxel> filled(const VoxelGrid& grid, const Image<Voxel>& source, MapPoint source_from_grid,
                    ValueAt value) {
    Image<Voxel> result(grid.size, grid.head_from_voxel);
    const Eigen::Affine3d index_from_source = source.head_from_voxel.inverse();
    for_each_voxel(grid, [&](std::size_t n, const Vector3& point) {
        result.voxels[n] = value(source, index_from_source * source_from_grid(point));
    });
    return result;
}

} // namespace

std::vector<ScalarImage> carry_to_head(std::span<const ScalarImage> mni_images, const MniMapping& mapping,
                                       const VoxelGrid& grid) {
    std::vector<ScalarImage> carried(mni_images.size(), ScalarImage(grid.size, grid.head_from_voxel));
    std::vector<Eigen::Affine3d> index_from_mni;
    for (const ScalarImage& image : mni_images) index_from_mni.push_back(image.head_from_voxel.inverse());
    for_each_voxel(grid, [&](std::size_t n, const Vector3& point) {
        const Vector3 mni = mapping.to_mni(point);
        for (std::size_t image = 0; image < carried.size(); ++image)
            carried[image].voxels[n] = interpolate(mni_images[image], index_from_mni[image] * mni);
    });
    return carried;
}

ScalarImage carry_to_head(const ScalarImage& mni_image, const MniMapping& mapping, const VoxelGrid& grid) {
    return std::move(carry_to_head(std::span(&mni_image, 1), mapping, grid).front());
}

LabelImage carry_to_head(const LabelImage& mni_labels, const MniMapping& mapping, const VoxelGrid& grid) {
    return filled(
        grid, mni_labels, [&](const Vector3& p) { return mapping.to_mni(p); }, nearest_label);
}

Mask carry_mask_to_head(const ScalarImage& mni_image, const MniMapping& mapping, const VoxelGrid& grid) {
    ScalarImage set = mni_image;
    for (float& voxel : set.voxels) voxel = voxel != 0 ? 1.0F : 0.0F;
    const ScalarImage weights = carry_to_head(set, mapping, grid);
    constexpr float half = 0.5F;
    return mask_where(weights, [&](std::size_t n) { return weights.voxels[n] >= half; });
}

ScalarImage carry_to_mni(const ScalarImage& image, const MniMapping& mapping, const VoxelGrid& grid) {
    return filled(
        grid, image, [&](const Vector3& q) { return mapping.to_head(q); }, interpolate);
}

LabelImage carry_to_mni(const LabelImage& labels, const MniMapping& mapping, const VoxelGrid& grid) {
    return filled(
        grid, labels, [&](const Vector3& q) { return mapping.to_head(q); }, nearest_label);
}

} // namespace corticoil::imaging
