#pragma once

#include "core/image.h"

#include <array>

namespace corticoil::imaging {

/// A voxel set: 1 inside, 0 outside. The other operations on masks take what is outside the image as more of
/// the same.
using Mask = LabelImage;

/// Voxel edges along the three axes [m].
[[nodiscard]] std::array<double, 3> voxel_spacing(const Eigen::Affine3d& head_from_voxel);

/// Squared Euclidean distance [m²] from each voxel's centre to that of the nearest voxel of `mask`, exact up
/// to `limit` [m] and infinity beyond it. Cost O(voxels · limit / spacing).
[[nodiscard]] ScalarImage squared_distance_to(const Mask& mask, double limit);

/// Voxels whose centres lie within `radius` [m] of the mask.
[[nodiscard]] Mask dilate(const Mask& mask, double radius);

/// Voxels further than `radius` [m] from what is not in the mask; the image's faces do not erode.
[[nodiscard]] Mask erode(const Mask& mask, double radius);

/// Dilation, then erosion: fills gaps narrower than 2·radius.
[[nodiscard]] Mask close(const Mask& mask, double radius);

/// Erosion, then dilation: removes what is thinner than 2·radius.
[[nodiscard]] Mask open(const Mask& mask, double radius);

/// Gaussian smoothing with a standard deviation in metres; the image continues at its faces with their
/// values.
[[nodiscard]] ScalarImage smooth(const ScalarImage& image, double standard_deviation);

} // namespace corticoil::imaging
