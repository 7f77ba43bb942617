#pragma once

#include "core/surface_mesh.h"
#include "planning/surface_tree.h"

#include <vector>

namespace corticoil::planning {

/// On which side of a closed surface a point lies, from the surface's point nearest to it: the side of the
/// pseudonormal there, which is the normal of a triangle, the sum of two at an edge, and the sum of all
/// weighted by their angles at a node (Baerentzen & Aanaes 2005, IEEE Trans. Vis. Comput. Graph. 11:243).
class SurfaceSide {
  public:
    /// Keeps a reference to the surface.
    explicit SurfaceSide(const SurfaceMesh& surface);

    [[nodiscard]] bool is_outside(const Vector3& point, const NearestOnSurface& nearest) const;

  private:
    [[nodiscard]] Vector3 edge_normal(int a, int b) const;

    const SurfaceMesh& surface_;
    VectorField normals_;         ///< Of triangles.
    VectorField node_normals_;    ///< Weighted by angles.
    std::vector<int> node_start_; ///< CSR over nodes.
    std::vector<int> node_triangles_;
};

} // namespace corticoil::planning
