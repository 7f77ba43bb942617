#include "imaging/itk_views.h"

#include "core/constants.h"

namespace corticoil::imaging {

AffineRows rows_of_transform(const Eigen::Affine3d& affine) {
    AffineRows rows{};
    for (int row = 0; row < 3; ++row) {
        for (int column = 0; column < 4; ++column) {
            const double unit = column == 3 ? millimetres_per_metre : 1;
            rows[static_cast<std::size_t>(4 * row + column)] = affine.matrix()(row, column) * unit;
        }
    }
    return rows;
}

Eigen::Affine3d transform_of_rows(const AffineRows& rows) {
    Eigen::Affine3d affine = Eigen::Affine3d::Identity();
    for (int row = 0; row < 3; ++row) {
        for (int column = 0; column < 4; ++column) {
            const double unit = column == 3 ? metres_per_millimetre : 1;
            affine.matrix()(row, column) = rows[static_cast<std::size_t>(4 * row + column)] * unit;
        }
    }
    return affine;
}

ImageView view_of(const ScalarImage& image) {
    ImageView view;
    view.size = image.size;
    view.voxels = image.voxels;
    Eigen::Affine3d millimetres = image.head_from_voxel;
    millimetres.linear() *= millimetres_per_metre;
    view.head_from_voxel = rows_of_transform(millimetres);
    return view;
}

} // namespace corticoil::imaging
