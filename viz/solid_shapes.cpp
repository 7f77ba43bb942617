#include "viz/solid_shapes.h"

#include "core/constants.h"
#include "core/error.h"

#include <Eigen/Geometry>

#include <cmath>
#include <vector>

namespace corticoil::viz {

namespace {
constexpr int n_sides = 10;
/// Points of a polyline nearer to each other than this are one point [m].
constexpr double same_point_distance = 1e-7;

/// Circles around an axis joined to a skin: a surface of rings of n_sides nodes, closed by fans at both ends.
class RingSurface {
  public:
    void add_ring(const Vector3& centre, const Vector3& u, const Vector3& v, double radius) {
        for (int side = 0; side < n_sides; ++side) {
            const double angle = 2 * pi * side / n_sides;
            nodes_.push_back(centre + radius * (std::cos(angle) * u + std::sin(angle) * v));
        }
        centres_.push_back(centre);
    }

    [[nodiscard]] SurfaceMesh surface() const {
        const int n_rings = static_cast<int>(centres_.size());
        const int n_ring_nodes = n_rings * n_sides;
        SurfaceMesh result;
        result.nodes.resize(3, n_ring_nodes + 2);
        for (int node = 0; node < n_ring_nodes; ++node) {
            result.nodes.col(node) = nodes_[static_cast<std::size_t>(node)];
        }
        result.nodes.col(n_ring_nodes) = centres_.front();
        result.nodes.col(n_ring_nodes + 1) = centres_.back();
        result.triangles.resize(3, 2 * n_sides * n_rings);
        int t = 0;
        for (int side = 0; side < n_sides; ++side) {
            const int next = (side + 1) % n_sides;
            for (int ring = 0; ring + 1 < n_rings; ++ring) {
                const int low = ring * n_sides;
                const int high = low + n_sides;
                result.triangles.col(t++) << low + side, low + next, high + next;
                result.triangles.col(t++) << low + side, high + next, high + side;
            }
            const int last = (n_rings - 1) * n_sides;
            result.triangles.col(t++) << n_ring_nodes, next, side;
            result.triangles.col(t++) << n_ring_nodes + 1, last + side, last + next;
        }
        return result;
    }

  private:
    std::vector<Vector3> nodes_;
    std::vector<Vector3> centres_;
};
} // namespace

SurfaceMesh tube(const Points& polyline, double radius) {
    std::vector<Vector3> points;
    for (Eigen::Index i = 0; i < polyline.cols(); ++i) {
        const Vector3 point = polyline.col(i);
        if (points.empty() || (point - points.back()).norm() > same_point_distance) points.push_back(point);
    }
    if (points.size() < 2) return {};
    Vector3 direction = (points[1] - points[0]).normalized();
    Vector3 u = direction.unitOrthogonal();
    RingSurface rings;
    for (std::size_t i = 0; i < points.size(); ++i) {
        const Vector3& before = points[i == 0 ? 0 : i - 1];
        const Vector3& after = points[i + 1 == points.size() ? i : i + 1];
        const Vector3 chord = after - before;
        const Vector3 tangent = chord.norm() > same_point_distance ? Vector3(chord.normalized()) : direction;
        // Parallel transport keeps the rings from twisting along the line.
        u = Eigen::Quaterniond::FromTwoVectors(direction, tangent) * u;
        u = (u - u.dot(tangent) * tangent).normalized();
        direction = tangent;
        rings.add_ring(points[i], u, tangent.cross(u), radius);
    }
    return rings.surface();
}

SurfaceMesh arrow(const Vector3& tail, const Vector3& tip, double radius) {
    constexpr double head_radius_per_radius = 2.4;
    constexpr double head_length_per_radius = 6.5;
    const double length = (tip - tail).norm();
    CORTICOIL_ASSERT(length > 0);
    const Vector3 direction = (tip - tail) / length;
    const Vector3 u = direction.unitOrthogonal();
    const Vector3 v = direction.cross(u);
    const Vector3 neck = tip - std::min(head_length_per_radius * radius, 0.6 * length) * direction;
    RingSurface rings;
    rings.add_ring(tail, u, v, radius);
    rings.add_ring(neck, u, v, radius);
    rings.add_ring(neck, u, v, head_radius_per_radius * radius);
    rings.add_ring(tip, u, v, 0.0);
    return rings.surface();
}

SurfaceMesh joined(std::span<const SurfaceMesh> parts) {
    int n_nodes = 0;
    int n_triangles = 0;
    for (const SurfaceMesh& part : parts) {
        n_nodes += part.n_nodes();
        n_triangles += part.n_triangles();
    }
    SurfaceMesh whole;
    whole.nodes.resize(3, n_nodes);
    whole.triangles.resize(3, n_triangles);
    int first_node = 0;
    int first_triangle = 0;
    for (const SurfaceMesh& part : parts) {
        whole.nodes.middleCols(first_node, part.n_nodes()) = part.nodes;
        whole.triangles.middleCols(first_triangle, part.n_triangles()) = part.triangles.array() + first_node;
        first_node += part.n_nodes();
        first_triangle += part.n_triangles();
    }
    return whole;
}

} // namespace corticoil::viz
