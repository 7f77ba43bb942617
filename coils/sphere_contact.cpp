#include "coils/sphere_contact.h"

#include "core/constants.h"
#include "core/error.h"

#include <Eigen/Geometry>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace corticoil::coils {

namespace {

// A sphere around (0, 0, c) that touches the point p from the side of greater z has
// c(p) = p_z + sqrt(R² − p_x² − p_y²). c is concave on any plane, so that its maximum over a triangle lies
// where the sphere touches the plane, if that is inside, or else on an edge: where the sphere touches the
// line, if that is inside, or else at a node.

constexpr double never = -std::numeric_limits<double>::infinity();

/// A unit vector of a smaller component counts as along (edges) or across (normals) the axis: the sphere then
/// touches the line or plane only where it leaves the cylinder around the axis, and rounding decides there.
constexpr double smallest_tilt = 1e-9;

double centre_at_node(const Vector3& p, double radius) {
    const double squared = radius * radius - p.head<2>().squaredNorm();
    return squared >= 0 ? p.z() + std::sqrt(squared) : never;
}

double centre_at_edge(const Vector3& a, const Vector3& b, double radius) {
    // |(c e_z − a)⊥| = R, ⊥ across the edge: (u_x² + u_y²) c² − 2 (a_z − (a·u) u_z) c + |a × u|² − R² = 0.
    const double length = (b - a).norm();
    if (length == 0) return never;
    const Vector3 u = (b - a) / length;
    const double quadratic = u.head<2>().squaredNorm();
    const double half_linear = quadratic * a.z() - u.z() * u.head<2>().dot(a.head<2>());
    const double constant = a.cross(u).squaredNorm() - radius * radius;
    const double discriminant = half_linear * half_linear - quadratic * constant;
    if (quadratic < smallest_tilt * smallest_tilt || discriminant < 0) return never;
    const double centre = (half_linear + std::sqrt(discriminant)) / quadratic;
    const double along = centre * u.z() - a.dot(u);
    return along >= 0 && along <= length ? centre : never;
}

double centre_at_face(const Vector3& a, const Vector3& b, const Vector3& c, double radius) {
    const Vector3 doubled_area = (b - a).cross(c - a);
    if (!(std::abs(doubled_area.z()) > smallest_tilt * doubled_area.norm())) return never;
    // The normal towards the sphere, which comes from greater z.
    const Vector3 normal = std::copysign(1.0, doubled_area.z()) * doubled_area.normalized();
    const Vector3 centre(0, 0, (normal.dot(a) + radius) / normal.z());
    const Vector3 touched = centre - radius * normal;
    const std::array<Vector3, 3> corners{a, b, c};
    for (std::size_t i = 0; i < 3; ++i) {
        const Vector3& from = corners[i];
        const Vector3& to = corners[(i + 1) % 3];
        if ((to - from).cross(touched - from).dot(doubled_area) < 0) return never;
    }
    return centre.z();
}

/// Without a casing: the plane z = 0, and what reaches beyond it.
double centre_without_casing(const Coil& coil, double radius) {
    double centre = radius;
    for (Eigen::Index i = 0; i < coil.dipoles.positions.cols(); ++i) {
        centre = std::max(centre, centre_at_node(coil.dipoles.positions.col(i), radius));
    }
    for (const WirePath& wire : coil.wires) {
        const Eigen::Index n = wire.vertices.cols();
        for (Eigen::Index i = 0; i < n; ++i) {
            centre = std::max(centre, centre_at_node(wire.vertices.col(i), radius));
            if (i + 1 == n && !wire.is_closed) continue;
            centre = std::max(centre,
                              centre_at_edge(wire.vertices.col(i), wire.vertices.col((i + 1) % n), radius));
        }
    }
    return centre;
}

} // namespace

std::optional<double> touching_centre(const SurfaceMesh& surface, double radius) {
    double centre = never;
    for (int t = 0; t < surface.n_triangles(); ++t) {
        const Vector3 a = surface.nodes.col(surface.triangles(0, t));
        const Vector3 b = surface.nodes.col(surface.triangles(1, t));
        const Vector3 c = surface.nodes.col(surface.triangles(2, t));
        centre = std::max({centre, centre_at_face(a, b, c, radius), centre_at_edge(a, b, radius),
                           centre_at_edge(b, c, radius), centre_at_edge(c, a, radius),
                           centre_at_node(a, radius), centre_at_node(b, radius), centre_at_node(c, radius)});
    }
    if (centre == never) return std::nullopt;
    return centre;
}

double lift_above_sphere(const Coil& coil, double radius) {
    if (!(radius > 0) || !std::isfinite(radius)) {
        throw Error(fmt::format("coil {}: a sphere of {} m has no surface to touch", coil.name, radius));
    }
    if (!coil.casing) return centre_without_casing(coil, radius) - radius;
    const std::optional<double> centre = touching_centre(*coil.casing, radius);
    if (!centre) {
        throw Error(
            fmt::format("coil {}: no part of its casing is within {:.0f} mm of its z axis, so that it "
                        "never touches the sphere; check the casing's unit (mm) and frame",
                        coil.name, radius * millimetres_per_metre));
    }
    return *centre - radius;
}

} // namespace corticoil::coils
