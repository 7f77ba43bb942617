#pragma once

#include "core/progress.h"
#include "core/tet_mesh.h"

#include <functional>
#include <utility>
#include <vector>

namespace corticoil::meshing {

/// A labelled region of space to be filled with tetrahedra, in a frame and unit of the caller's (here
/// millimetres).
struct RefinementProblem {
    std::function<int(const Vector3&)> label; ///< 0 is outside.
    Vector3 low = Vector3::Zero();            ///< Corners of a box with everything in it.
    Vector3 high = Vector3::Zero();

    /// Upper bound of an interface triangle's circumradius at a point, between two labels.
    std::function<double(const Vector3&, int, int)> facet_size;
    /// Upper bound of its distance from the interface.
    std::function<double(const Vector3&, int, int)> facet_distance;
    /// Upper bound of a tetrahedron's circumradius at a point, in a label.
    std::function<double(const Vector3&, int)> cell_size;

    /// Segments that cross the interfaces of every part: where the refinement starts. A part that none of
    /// them touches may be missed.
    std::vector<std::pair<Vector3, Vector3>> probes;

    double position_tolerance = 0.0; ///< Of points on interfaces.
    double sliver_bound = 0.0; ///< Slivers are exuded up to this dihedral angle [degrees]; 0: not at all.
};

/// Delaunay refinement (CGAL's Mesh_3, sequential: the same problem gives the same bits). The tetrahedra are
/// positively oriented; nodes of no tetrahedron are left out.
[[nodiscard]] TetMesh refine_delaunay(const RefinementProblem& problem);

} // namespace corticoil::meshing
