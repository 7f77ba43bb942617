#pragma once

#include "core/tet_mesh.h"

namespace corticoil::test {

/// A round head of 0.09 m radius around the origin, by deforming a box mesh: grey matter within about three
/// quarters of it, scalp outside. Not for accuracy: a few thousand tetrahedra, made in no time and without a
/// mesher.
[[nodiscard]] TetMesh round_head(int n_per_axis = 12);

} // namespace corticoil::test
