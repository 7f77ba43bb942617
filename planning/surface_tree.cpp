#include "planning/surface_tree.h"

#include "core/error.h"

#include <CGAL/AABB_traits.h>
#include <CGAL/AABB_tree.h>
#include <CGAL/AABB_triangle_primitive.h>
#include <CGAL/Simple_cartesian.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace corticoil::planning {

namespace {

using Kernel = CGAL::Simple_cartesian<double>;
using Triangle = Kernel::Triangle_3;
using Primitive = CGAL::AABB_triangle_primitive<Kernel, std::vector<Triangle>::const_iterator>;
using Tree = CGAL::AABB_tree<CGAL::AABB_traits<Kernel, Primitive>>;

Kernel::Point_3 to_cgal(const Vector3& p) {
    return {p[0], p[1], p[2]};
}

} // namespace

struct SurfaceTree::Implementation {
    explicit Implementation(const SurfaceMesh& surface) {
        triangles.reserve(static_cast<std::size_t>(surface.n_triangles()));
        for (int t = 0; t < surface.n_triangles(); ++t) {
            triangles.emplace_back(to_cgal(surface.nodes.col(surface.triangles(0, t))),
                                   to_cgal(surface.nodes.col(surface.triangles(1, t))),
                                   to_cgal(surface.nodes.col(surface.triangles(2, t))));
        }
        if (triangles.empty()) return;
        tree.insert(triangles.cbegin(), triangles.cend());
        tree.build();
        tree.accelerate_distance_queries();
    }

    std::vector<Triangle> triangles;
    Tree tree;
};

SurfaceTree::SurfaceTree(const SurfaceMesh& surface)
    : implementation_(std::make_unique<Implementation>(surface)) {}
SurfaceTree::~SurfaceTree() = default;
SurfaceTree::SurfaceTree(SurfaceTree&&) noexcept = default;
SurfaceTree& SurfaceTree::operator=(SurfaceTree&&) noexcept = default;

Vector3 SurfaceTree::nearest_point(const Vector3& point) const {
    CORTICOIL_ASSERT(!implementation_->triangles.empty());
    const Kernel::Point_3 nearest = implementation_->tree.closest_point(to_cgal(point));
    return {nearest.x(), nearest.y(), nearest.z()};
}

NearestOnSurface SurfaceTree::nearest(const Vector3& point, const NearestOnSurface& near) const {
    const std::vector<Triangle>& triangles = implementation_->triangles;
    CORTICOIL_ASSERT(!triangles.empty());
    const auto found = near.triangle < 0
                           ? implementation_->tree.closest_point_and_primitive(to_cgal(point))
                           : implementation_->tree.closest_point_and_primitive(
                                 to_cgal(point), {to_cgal(near.point), triangles.cbegin() + near.triangle});
    return {{found.first.x(), found.first.y(), found.first.z()},
            static_cast<int>(found.second - triangles.cbegin())};
}

double SurfaceTree::distance(const Vector3& point) const {
    if (implementation_->triangles.empty()) return std::numeric_limits<double>::infinity();
    return (point - nearest_point(point)).norm();
}

double SurfaceTree::distance(const SurfaceMesh& other) const {
    double least = std::numeric_limits<double>::infinity();
    for (int n = 0; n < other.n_nodes(); ++n) least = std::min(least, distance(Vector3(other.nodes.col(n))));
    return least;
}

} // namespace corticoil::planning
