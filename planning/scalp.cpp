#include "planning/scalp.h"

#include "core/disjoint_sets.h"
#include "core/error.h"
#include "planning/surface_tree.h"

#include <Eigen/Geometry>

#include <cmath>
#include <vector>

namespace corticoil::planning {

namespace {

/// The outermost part of a surface, connected through nodes: the one that holds the node furthest to the
/// right.
SurfaceMesh outermost_part(const SurfaceMesh& surface) {
    DisjointSets connected(surface.n_nodes());
    for (int t = 0; t < surface.n_triangles(); ++t) {
        for (int corner = 1; corner < 3; ++corner)
            connected.merge(surface.triangles(0, t), surface.triangles(corner, t));
    }
    Eigen::Index extreme = 0;
    surface.nodes.row(0).maxCoeff(&extreme);
    const int wanted = connected.root(static_cast<int>(extreme));
    std::vector<int> new_node(static_cast<std::size_t>(surface.n_nodes()), -1);
    std::vector<int> kept_nodes;
    for (int node = 0; node < surface.n_nodes(); ++node) {
        if (connected.root(node) != wanted) continue;
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
        : surface(outermost_part(outer_boundary(mesh).surface)), areas(area_vectors(surface)),
          centres(3, surface.n_triangles()), locator(mesh), tree(surface) {
        for (int t = 0; t < surface.n_triangles(); ++t) {
            centres.col(t) =
                (surface.nodes.col(surface.triangles(0, t)) + surface.nodes.col(surface.triangles(1, t)) +
                 surface.nodes.col(surface.triangles(2, t))) /
                3;
        }
    }

    SurfaceMesh surface;
    VectorField areas; ///< Of its triangles.
    Points centres;
    PointLocator locator;
    SurfaceTree tree;
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
    return implementation_->tree.nearest_point(point);
}

double Scalp::signed_distance(const Vector3& point) const {
    const double distance = (point - nearest_point(point)).norm();
    return is_inside(point) ? -distance : distance;
}

Vector3 Scalp::smoothed_normal(const Vector3& point, double smoothing) const {
    CORTICOIL_ASSERT(smoothing > 0);
    // Weights below e⁻³⁷ are lost in rounding.
    constexpr double most_exponent = 37;
    const double double_variance = 2 * smoothing * smoothing;
    Vector3 sum = Vector3::Zero();
    for (Eigen::Index t = 0; t < implementation_->areas.cols(); ++t) {
        const double exponent = (implementation_->centres.col(t) - point).squaredNorm() / double_variance;
        if (exponent < most_exponent) sum += std::exp(-exponent) * implementation_->areas.col(t);
    }
    return sum.normalized();
}

} // namespace corticoil::planning
