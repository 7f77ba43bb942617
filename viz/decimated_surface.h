#pragma once

#include "core/surface_mesh.h"

#include <vector>

namespace corticoil::viz {

/// A coarser surface, and for each of its nodes the nearest node of the original.
struct DecimatedSurface {
    SurfaceMesh surface;
    std::vector<int> nearest;
};

/// A surface of about `most_triangles` at most, by quadric error metrics (Garland & Heckbert 1997, Proc.
/// SIGGRAPH, 209): for display only, values are taken from the nearest original node. Nodes of no triangle
/// are dropped; one that is small enough keeps its triangles. Cost: about 3 s for 300,000 triangles.
[[nodiscard]] DecimatedSurface decimated(const SurfaceMesh& surface, int most_triangles);

} // namespace corticoil::viz
