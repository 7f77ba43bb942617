#pragma once

#include "core/tet_mesh.h"

#include <array>
#include <functional>

namespace corticoil::test {

/// A box from `low` to `high` [m] cut into n[0]×n[1]×n[2] bricks of six tetrahedra each (Kuhn's division,
/// conforming); the label of a tetrahedron is `label(barycentre)`.
[[nodiscard]] TetMesh box_mesh(const Vector3& low, const Vector3& high, const std::array<int, 3>& n,
                               const std::function<int(const Vector3&)>& label);

} // namespace corticoil::test
