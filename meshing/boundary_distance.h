#pragma once

#include "core/image.h"
#include "core/tet_mesh.h"

#include <map>

namespace corticoil::meshing {

/// How far a tissue's boundary in a mesh lies from its boundary in a label map [m]: from the mesh's triangles
/// (their centroids, by area) to the nearest face between a voxel of the tissue and one of another label, and
/// from those faces to the nearest triangle, so that neither a bulge nor a lost layer goes unseen.
struct BoundaryDistance {
    double mean = 0.0;          ///< Of the two directions' means.
    double percentile_99 = 0.0; ///< The larger of the two directions'.
    double area = 0.0;          ///< Of the boundary in the mesh [m²].
};

/// Per label of the mesh. The voxels' stairs themselves lie about a quarter of a voxel from the smooth
/// surface that they sample. At most about 30 000 triangles and faces are measured per tissue and direction,
/// evenly spread. `mesh` in the head frame [m]; the voxels' axes are taken as orthogonal. Cost O(M log M).
[[nodiscard]] std::map<int, BoundaryDistance> boundary_distances(const TetMesh& mesh,
                                                                 const LabelImage& labels);

/// Over all tissues, weighted by area (every interface counts from both sides).
[[nodiscard]] BoundaryDistance overall(const std::map<int, BoundaryDistance>& tissues);

} // namespace corticoil::meshing
