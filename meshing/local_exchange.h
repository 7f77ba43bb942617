#pragma once

#include "meshing/editable_mesh.h"

namespace corticoil::meshing {

/// Replaces the tetrahedra around the edge between two nodes by others without it, if that raises the worst
/// quality among them. On an interface of two tissues (or of one to air) the edge is exchanged for the other
/// diagonal of its two interface triangles, if the diagonals pass at most `flatness` from each other. Edges
/// where more tissues meet stay. Returns whether anything changed.
bool remove_edge(EditableMesh& mesh, int p, int q, double flatness);

/// Replaces two tetrahedra of one tissue that share the face opposite to `corner` of `t` by three around a
/// new edge, if that raises the worst quality among them. Returns whether anything changed.
bool swap_face(EditableMesh& mesh, int t, int corner);

/// Merges node `from` into node `into`, if no tetrahedron that stays gets worse than `floor` (squared sine)
/// and than the worst one before. Meant for edges so short that the merge moves no interface noticeably.
/// Returns whether anything changed.
bool collapse_edge(EditableMesh& mesh, int from, int into, double floor);

} // namespace corticoil::meshing
