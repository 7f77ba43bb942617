#pragma once

#include "core/image.h"

namespace corticoil {

/// One vector per voxel, for instance displacements [m] in RAS axes; `head_from_voxel` places the grid in
/// whichever frame the image belongs to. Construct it with a fill: Eigen leaves vectors uninitialised.
using VectorImage = Image<Eigen::Vector3f>;

/// The vector at a point of the image's frame [m], linear between voxel centres; beyond the outermost centres
/// that of the nearest point on the grid, so that a displacement stays continuous. The image has at least one
/// voxel.
[[nodiscard]] Vector3 interpolate(const VectorImage& image, const Vector3& point);

} // namespace corticoil
