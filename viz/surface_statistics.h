#pragma once

#include "core/surface_mesh.h"

#include <Eigen/Core>

#include <vector>

namespace corticoil::viz {

/// The value below which `percentile` percent of the surface's area lies. Each node carries a third of the
/// area of its triangles; nodes of no triangle do not count; values in between are interpolated on the
/// cumulative area taken at the middle of each node's share. `values` has one entry per node. \throws Error
/// if the surface has no area, a value is not a number, or the percentile is not in 0 … 100.
[[nodiscard]] double area_weighted_percentile(const SurfaceMesh& surface, const Eigen::VectorXd& values,
                                              double percentile);

/// Where a sphere cuts a surface: one 3×2 line [m] per triangle that the sphere passes through. The crossing
/// on an edge is exact.
[[nodiscard]] std::vector<Points> sphere_cut(const SurfaceMesh& surface, const Vector3& centre,
                                             double radius);

} // namespace corticoil::viz
