#pragma once

#include "core/progress.h"
#include "core/tet_mesh.h"

#include <functional>
#include <optional>

namespace corticoil::meshing {

/// Lengths are in the mesh's own unit.
struct SliverRemovalOptions {
    double goal_degrees =
        10.0; ///< Tetrahedra with a dihedral angle below it, or above 180° less it, are worked on.
    double interface_shift = 0.0; ///< Interfaces move at most this far from where they were.
    double shortest_edge = 0.0;   ///< Edges below it are merged first, where that makes nothing worse.

    /// The point of the interface between two labels on the line through a point along a unit vector, within
    /// a reach; nothing where there is none. Empty: nodes on interfaces move less than `interface_shift`.
    std::function<std::optional<Vector3>(const Vector3& point, const Vector3& direction, double reach,
                                         int label, int other_label)>
        project;
    Progress progress;
};

/// Removes slivers: exchanges edges and faces, and moves nodes, where that raises the worst dihedral angle,
/// until every tetrahedron meets the goal or nothing helps any more (Freitag & Ollivier-Gooch 1997; Klingner
/// & Shewchuk 2007). Nodes inside a tissue move freely, nodes between two tissues along their interface.
/// Deterministic.
[[nodiscard]] TetMesh remove_slivers(const TetMesh& mesh, const SliverRemovalOptions& options);

} // namespace corticoil::meshing
