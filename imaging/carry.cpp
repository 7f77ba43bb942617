#include "imaging/carry.h"

#include "imaging/mask_algebra.h"
#include "imaging/resample.h"

namespace corticoil::imaging {

namespace {

/// Fills a grid with `value(index in the source)`, the index found by `source_from_grid(point)`.
template <typename Voxel, typename MapPoint, typename ValueAt>
Image<Voxel> filled(const VoxelGrid& grid, const Image<Voxel>& source, MapPoint source_from_grid,
                    ValueAt value) {
    Image<Voxel> result(grid.size, grid.head_from_voxel);
    const Eigen::Affine3d index_from_source = source.head_from_voxel.inverse();
    std::size_t n = 0;
    for (int k = 0; k < grid.size[2]; ++k) {
        for (int j = 0; j < grid.size[1]; ++j) {
            for (int i = 0; i < grid.size[0]; ++i) {
                const Vector3 point = grid.head_from_voxel * Vector3(i, j, k);
                result.voxels[n++] = value(source, index_from_source * source_from_grid(point));
            }
        }
    }
    return result;
}

} // namespace

ScalarImage carry_to_head(const ScalarImage& mni_image, const MniMapping& mapping, const VoxelGrid& grid) {
    return filled(
        grid, mni_image, [&](const Vector3& p) { return mapping.to_mni(p); }, interpolate);
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
