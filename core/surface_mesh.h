#pragma once

#include "core/types.h"

namespace corticoil {

/// Triangles with their nodes [m], counter-clockwise seen from outside.
struct SurfaceMesh {
    Points nodes;
    Triangles triangles;

    [[nodiscard]] int n_nodes() const { return static_cast<int>(nodes.cols()); }
    [[nodiscard]] int n_triangles() const { return static_cast<int>(triangles.cols()); }
};

/// Area vector of each triangle (normal × area), 3×T [m²].
[[nodiscard]] VectorField area_vectors(const SurfaceMesh& surface);

/// Unit normal at each node: the area-weighted mean of its triangles' normals, 3×N; zero for a node of no
/// triangle.
[[nodiscard]] VectorField node_normals(const SurfaceMesh& surface);

} // namespace corticoil
