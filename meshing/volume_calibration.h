#pragma once

#include "core/tet_mesh.h"

#include <map>

namespace corticoil::meshing {

/// Lengths are in the mesh's own unit.
struct VolumeCalibrationOptions {
    std::map<int, double> volumes; ///< Wanted volume per label.
    double largest_shift = 0.0;    ///< An interface moves at most this far in one of the rounds.
    double smallest_dihedral_degrees =
        10.0; ///< No move takes a tetrahedron below this, or one below it further down.
};

/// Moves interfaces along their normals by a fraction of an edge so that tissues get their wanted volumes.
///
/// Flat triangles cut the corners of curved interfaces, so tissues in folds lose some volume. The interface
/// of labels a and b is shifted towards b by λ_a − λ_b, with air's λ = 0: of all shifts that restore the
/// volumes this one has the least Σ area · shift², and λ solves the Laplacian of the tissues' graph, weighted
/// by interface areas.
[[nodiscard]] TetMesh calibrate_volumes(const TetMesh& mesh, const VolumeCalibrationOptions& options);

} // namespace corticoil::meshing
