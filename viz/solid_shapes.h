#pragma once

#include "core/surface_mesh.h"

#include <span>

namespace corticoil::viz {

/// A tube of `radius` [m] around a polyline (3×N, N ≥ 1, repeated points are skipped), with flat ends; empty
/// for a line of no length.
[[nodiscard]] SurfaceMesh tube(const Points& polyline, double radius);

/// An arrow from `tail` to `tip` [m] with a shaft of `radius` and a conical head of 2.4 times that radius.
[[nodiscard]] SurfaceMesh arrow(const Vector3& tail, const Vector3& tip, double radius);

/// All surfaces as one.
[[nodiscard]] SurfaceMesh joined(std::span<const SurfaceMesh> parts);

} // namespace corticoil::viz
