#pragma once

#include "core/surface_mesh.h"

#include <memory>

namespace corticoil::planning {

/// A point of a surface and the triangle that it lies on.
struct NearestOnSurface {
    Vector3 point = Vector3::Zero(); ///< [m]
    int triangle = -1;
};

/// The points of a surface nearest to given ones, by a tree of boxes around its triangles (CGAL's AABB tree).
class SurfaceTree {
  public:
    /// Cost O(triangles · log triangles); the surface may go.
    explicit SurfaceTree(const SurfaceMesh& surface);
    ~SurfaceTree();
    SurfaceTree(SurfaceTree&&) noexcept;
    SurfaceTree& operator=(SurfaceTree&&) noexcept;

    /// The nearest point of the surface, which has triangles. About a microsecond.
    [[nodiscard]] Vector3 nearest_point(const Vector3& point) const;

    /// The same with its triangle. `near` is a point of the surface found before, of which a good one saves
    /// time.
    [[nodiscard]] NearestOnSurface nearest(const Vector3& point, const NearestOnSurface& near = {}) const;

    /// The distance to it [m]; infinity from a surface without triangles.
    [[nodiscard]] double distance(const Vector3& point) const;

    /// The least distance of a surface's nodes to this surface [m].
    [[nodiscard]] double distance(const SurfaceMesh& other) const;

  private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

} // namespace corticoil::planning
