#pragma once

#include "core/surface_mesh.h"
#include "planning/lesion_coverage.h"

#include <vector>

namespace corticoil::planning {

/// One lesion on a mesh.
struct LesionRegion {
    std::vector<int> tetrahedra; ///< That it fills in part or whole.
    std::vector<double> shares;  ///< How much of each, 0 to 1.
    double volume = 0;           ///< [m³]
    double black_hole_volume = 0;
    Vector3 centre = Vector3::Zero(); ///< Of mass [m].
    SurfaceMesh surface;              ///< Its boundary towards everything else.
};

/// The lesions that a mesh holds as labels 51 and 52: tetrahedra that share nodes are one lesion, as voxels
/// that share corners are (26-connected). In the order of their first tetrahedra.
[[nodiscard]] std::vector<LesionRegion> lesion_regions(const TetMesh& mesh);

/// The lesions of masks, one per 26-connected part that covers brain tissue; a surface is the boundary of the
/// tetrahedra that are covered by half or more, or of the most covered one.
[[nodiscard]] std::vector<LesionRegion> lesion_regions(const TetMesh& mesh, const LesionCoverage& coverage);

} // namespace corticoil::planning
