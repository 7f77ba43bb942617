#pragma once

#include "core/surface_mesh.h"

namespace corticoil::test {

/// A closed ellipsoid of triangles between `n` parallels and 2n meridians.
[[nodiscard]] SurfaceMesh ellipsoid(const Vector3& radii, const Vector3& centre = Vector3::Zero(),
                                    int n = 40);

} // namespace corticoil::test
