#pragma once

#include "core/tet_mesh.h"

namespace corticoil::meshing {

struct IslandReport {
    int n_relabelled = 0;           ///< Fragments of a tissue given to the tissue around them.
    double relabelled_volume = 0.0; ///< In the cubed unit of the nodes.
    int n_dropped = 0;              ///< Parts that no face connects to the largest conductor.
    double dropped_volume = 0.0;
};

struct IslandFreeMesh {
    TetMesh mesh;
    IslandReport report;
};

/// Gives each fragment of a tissue smaller than `smallest_volume` (but never a tissue's largest part) to the
/// tissue with which it shares the largest area, and keeps only the largest part that is connected through
/// faces. Lesion labels (51, 52) are kept however small.
[[nodiscard]] IslandFreeMesh remove_islands(const TetMesh& mesh, double smallest_volume);

} // namespace corticoil::meshing
