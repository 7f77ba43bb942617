#pragma once

#include "core/image.h"
#include "imaging/itk_algorithms.h"

namespace corticoil::imaging {

/// An affine between frames in metres as rows in millimetres: the linear part stays, the shift is scaled.
[[nodiscard]] AffineRows rows_of_transform(const Eigen::Affine3d& affine);

/// The inverse of rows_of_transform().
[[nodiscard]] Eigen::Affine3d transform_of_rows(const AffineRows& rows);

/// The image with its grid in millimetres; refers to the image's voxels.
[[nodiscard]] ImageView view_of(const ScalarImage& image);

} // namespace corticoil::imaging
