#pragma once

#include "core/conductivity.h"
#include "core/tet_mesh.h"

namespace corticoil::solver {

/// Checks that a mesh with one conductivity per tetrahedron [S/m] is one sound conductor, in this order: node
/// indices out of range, nodes whose coordinates are not finite, nodes of no tetrahedron, tetrahedra that are
/// inverted or degenerate, conductivities that are not positive and finite (tensors: not positive definite),
/// tetrahedra that overlap at a face (present twice, more than two at one face), parts that share no face
/// with the largest one. Cost O(M), on all threads; the message does not depend on their number. \throws
/// Error naming what is wrong, how often, where first and how to fix it.
void check_conductor(const TetMesh& mesh, const Conductivity& conductivity);

} // namespace corticoil::solver
