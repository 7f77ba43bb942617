#include "planning/surface_side.h"

#include <Eigen/Geometry>

#include <cmath>

namespace corticoil::planning {

SurfaceSide::SurfaceSide(const SurfaceMesh& surface)
    : surface_(surface), normals_(area_vectors(surface).colwise().normalized()),
      node_normals_(VectorField::Zero(3, surface.n_nodes())),
      node_start_(static_cast<std::size_t>(surface.n_nodes()) + 1, 0),
      node_triangles_(3 * static_cast<std::size_t>(surface.n_triangles())) {
    for (int t = 0; t < surface.n_triangles(); ++t) {
        for (int corner = 0; corner < 3; ++corner) {
            const int node = surface.triangles(corner, t);
            ++node_start_[static_cast<std::size_t>(node) + 1];
            const Vector3 at = surface.nodes.col(node);
            const Vector3 one = Vector3(surface.nodes.col(surface.triangles((corner + 1) % 3, t))) - at;
            const Vector3 other = Vector3(surface.nodes.col(surface.triangles((corner + 2) % 3, t))) - at;
            node_normals_.col(node) += std::atan2(one.cross(other).norm(), one.dot(other)) * normals_.col(t);
        }
    }
    for (std::size_t node = 1; node < node_start_.size(); ++node) node_start_[node] += node_start_[node - 1];
    std::vector<int> next(node_start_.begin(), node_start_.end() - 1);
    for (int t = 0; t < surface.n_triangles(); ++t) {
        for (int corner = 0; corner < 3; ++corner) {
            int& at = next[static_cast<std::size_t>(surface.triangles(corner, t))];
            node_triangles_[static_cast<std::size_t>(at++)] = t;
        }
    }
}

Vector3 SurfaceSide::edge_normal(int a, int b) const {
    Vector3 sum = Vector3::Zero();
    const auto first = static_cast<std::size_t>(node_start_[static_cast<std::size_t>(a)]);
    const auto last = static_cast<std::size_t>(node_start_[static_cast<std::size_t>(a) + 1]);
    for (std::size_t i = first; i < last; ++i) {
        const int t = node_triangles_[i];
        if ((surface_.triangles.col(t).array() == b).any()) sum += normals_.col(t);
    }
    return sum;
}

bool SurfaceSide::is_outside(const Vector3& point, const NearestOnSurface& nearest) const {
    const Eigen::Vector3i nodes = surface_.triangles.col(nearest.triangle);
    const Vector3 normal = normals_.col(nearest.triangle);
    const Vector3 towards = point - nearest.point;
    // The nearest point's distance from each edge, as a share of the triangle's height over it.
    constexpr double on_edge = 1e-6;
    Eigen::Array3d share;
    for (int corner = 0; corner < 3; ++corner) {
        const Vector3 a = surface_.nodes.col(nodes[(corner + 1) % 3]);
        const Vector3 edge = Vector3(surface_.nodes.col(nodes[(corner + 2) % 3])) - a;
        const Vector3 inwards = normal.cross(edge);
        share[corner] =
            (nearest.point - a).dot(inwards) / (Vector3(surface_.nodes.col(nodes[corner])) - a).dot(inwards);
    }
    const int n_edges = static_cast<int>((share < on_edge).count());
    if (n_edges == 0) return towards.dot(normal) >= 0;
    int corner = 0;
    if (n_edges == 1) {
        share.minCoeff(&corner);
        return towards.dot(edge_normal(nodes[(corner + 1) % 3], nodes[(corner + 2) % 3])) >= 0;
    }
    share.maxCoeff(&corner);
    return towards.dot(node_normals_.col(nodes[corner])) >= 0;
}

} // namespace corticoil::planning
