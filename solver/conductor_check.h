#pragma once

#include "core/conductivity.h"
#include "core/tet_mesh.h"

namespace corticoil::solver {

/// Checks that a mesh with one conductivity per tetrahedron [S/m] is one sound conductor.
/// \throws Error naming what is wrong, how often and where first: nodes that are not finite or unused,
/// indices out of range, inverted or degenerate tetrahedra, conductivities that are not positive and finite,
/// parts that do not touch.
void check_conductor(const TetMesh& mesh, const Conductivity& conductivity);

} // namespace corticoil::solver
