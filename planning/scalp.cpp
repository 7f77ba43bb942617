#include "planning/scalp.h"

#include "core/error.h"

#include <CGAL/AABB_traits.h>
#include <CGAL/AABB_tree.h>
#include <CGAL/AABB_triangle_primitive.h>
#include <CGAL/Simple_cartesian.h>

#include <Eigen/Geometry>

#include <cmath>
#include <numeric>
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
Vector3 from_cgal(const Kernel::Point_3& p) {
    return {p.x(), p.y(), p.z()};
}

int find_root(std::vector<int>& parent, int i) {
    while (parent[static_cast<std::size_t>(i)] != i) {
        int& up = parent[static_cast<std::size_t>(i)];
        up = parent[static_cast<std::size_t>(up)];
        i = up;
    }
    return i;
}

/// The outermost part of a surface, connected through nodes: the one that holds the node furthest to the
/// right.
SurfaceMesh outermost_part(const SurfaceMesh& surface) {
    std::vector<int> parent(static_cast<std::size_t>(surface.n_nodes()));
    std::iota(parent.begin(), parent.end(), 0);
    for (int t = 0; t < surface.n_triangles(); ++t) {
        const int root = find_root(parent, surface.triangles(0, t));
        for (int corner = 1; corner < 3; ++corner) {
            parent[static_cast<std::size_t>(find_root(parent, surface.triangles(corner, t)))] = root;
        }
    }
    Eigen::Index extreme = 0;
    surface.nodes.row(0).maxCoeff(&extreme);
    const int wanted = find_root(parent, static_cast<int>(extreme));
    std::vector<int> new_node(static_cast<std::size_t>(surface.n_nodes()), -1);
    std::vector<int> kept_nodes;
    for (int node = 0; node < surface.n_nodes(); ++node) {
        if (find_root(parent, node) != wanted) continue;
        new_node[static_cast<std::size_t>(node)] = static_cast<int>(kept_nodes.size());
        kept_nodes.push_back(node);
    }
    std::vector<int> kept_triangles;
    for (int t = 0; t < surface.n_triangles(); ++t) {
        if (new_node[static_cast<std::size_t>(surface.triangles(0, t))] >= 0) kept_triangles.push_back(t);
    }
    SurfaceMesh part;
    part.nodes = surface.nodes(Eigen::all, kept_nodes);
    part.triangles.resize(3, static_cast<Eigen::Index>(kept_triangles.size()));
    for (std::size_t i = 0; i < kept_triangles.size(); ++i) {
        for (int corner = 0; corner < 3; ++corner) {
            const int node = surface.triangles(corner, kept_triangles[i]);
            part.triangles(corner, static_cast<Eigen::Index>(i)) = new_node[static_cast<std::size_t>(node)];
        }
    }
    return part;
}

} // namespace

struct Scalp::Implementation {
    explicit Implementation(const TetMesh& mesh)
        : surface(outermost_part(outer_boundary(mesh).surface)), locator(mesh) {
        triangles.reserve(static_cast<std::size_t>(surface.n_triangles()));
        for (int t = 0; t < surface.n_triangles(); ++t) {
            triangles.emplace_back(to_cgal(surface.nodes.col(surface.triangles(0, t))),
                                   to_cgal(surface.nodes.col(surface.triangles(1, t))),
                                   to_cgal(surface.nodes.col(surface.triangles(2, t))));
        }
        tree.insert(triangles.cbegin(), triangles.cend());
        tree.build();
        tree.accelerate_distance_queries();
    }

    SurfaceMesh surface;
    PointLocator locator;
    std::vector<Triangle> triangles;
    Tree tree;
};

Scalp::Scalp(const TetMesh& mesh) : implementation_(std::make_unique<Implementation>(mesh)) {}
Scalp::~Scalp() = default;
Scalp::Scalp(Scalp&&) noexcept = default;
Scalp& Scalp::operator=(Scalp&&) noexcept = default;

const SurfaceMesh& Scalp::surface() const {
    return implementation_->surface;
}

bool Scalp::is_inside(const Vector3& point) const {
    return implementation_->locator.find(point).has_value();
}

Vector3 Scalp::nearest_point(const Vector3& point) const {
    return from_cgal(implementation_->tree.closest_point(to_cgal(point)));
}

double Scalp::signed_distance(const Vector3& point) const {
    const double distance = (point - nearest_point(point)).norm();
    return is_inside(point) ? -distance : distance;
}

Vector3 Scalp::smoothed_normal(const Vector3& point, double smoothing) const {
    CORTICOIL_ASSERT(smoothing > 0);
    const SurfaceMesh& scalp = implementation_->surface;
    const VectorField areas = area_vectors(scalp);
    Vector3 sum = Vector3::Zero();
    for (int t = 0; t < scalp.n_triangles(); ++t) {
        const Vector3 centre =
            (scalp.nodes.col(scalp.triangles(0, t)) + scalp.nodes.col(scalp.triangles(1, t)) +
             scalp.nodes.col(scalp.triangles(2, t))) /
            3;
        sum += std::exp(-(centre - point).squaredNorm() / (2 * smoothing * smoothing)) * areas.col(t);
    }
    return sum.normalized();
}

} // namespace corticoil::planning
