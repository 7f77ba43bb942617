#pragma once

#include "core/tet_mesh.h"

namespace corticoil::meshing {

/// Each tetrahedron in eight of an eighth of its volume, through the midpoints of its edges (red refinement).
/// The octahedron that is left inside is cut along its shortest diagonal, the first of equals, which keeps
/// repeated refinement from degenerating (Bey 1995, Computing 55:355). The nodes of `mesh` keep their
/// numbers, midpoints follow in the order of their edges; the result is positively oriented.
[[nodiscard]] TetMesh split_each_in_eight(const TetMesh& mesh);

} // namespace corticoil::meshing
