#include "viz/coil_bodies.h"

#include "core/error.h"
#include "viz/solid_shapes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace corticoil::viz {

namespace {

constexpr double field_depth = 0.020;  ///< [m] E is read 20 mm under the centre (docs/architecture.md).
constexpr double wire_radius = 0.0007; ///< [m] drawn; conductors are thicker and would hide each other.

/// Half of the coil's greatest extent: marks are sized by it.
double half_extent(const CoilScene& scene) {
    double largest = 0;
    const auto grow = [&](const Points& points) {
        if (points.cols() > 0) largest = std::max(largest, points.cwiseAbs().maxCoeff());
    };
    for (const Points& wire : scene.wires) grow(wire);
    grow(scene.dipole_positions);
    return largest;
}

/// Arrows along the current on at most a dozen of the wires, half of them a third of the way along and half
/// two thirds.
SurfaceMesh current_arrows(const CoilScene& scene) {
    constexpr std::size_t most_wires = 12;
    const double length = 0.13 * half_extent(scene);
    const std::size_t step = (scene.wires.size() + most_wires - 1) / most_wires;
    std::vector<SurfaceMesh> arrows;
    for (std::size_t i = 0; i < scene.wires.size(); i += step) {
        const Points& wire = scene.wires[i];
        if (wire.cols() < 2) continue;
        const Eigen::Index n_segments = wire.cols() - 1;
        const Eigen::Index segment = (i / step) % 2 == 0 ? n_segments / 3 : 2 * n_segments / 3;
        const Vector3 direction = wire.col(segment + 1) - wire.col(segment);
        if (!(direction.norm() > 0)) continue;
        const Vector3 middle = (wire.col(segment + 1) + wire.col(segment)) / 2;
        const Vector3 half = length / 2 * direction.normalized();
        arrows.push_back(arrow(middle - half, middle + half, 0.12 * length));
    }
    return joined(arrows);
}

/// Arrows along the moments, their length and colour by magnitude.
Body dipole_body(const CoilScene& scene) {
    Body body;
    const double longest = 0.12 * half_extent(scene);
    const double largest = scene.dipole_moments.colwise().norm().maxCoeff();
    // Weaker ones than this would be specks.
    constexpr double smallest_share = 0.02;
    std::vector<SurfaceMesh> arrows;
    for (Eigen::Index i = 0; i < scene.dipole_moments.cols(); ++i) {
        const double share = scene.dipole_moments.col(i).norm() / largest;
        if (!(share > smallest_share)) continue;
        const Vector3 half = longest / 2 * std::sqrt(share) * scene.dipole_moments.col(i).normalized();
        const Vector3 at = scene.dipole_positions.col(i);
        arrows.push_back(arrow(at - half, at + half, 0.07 * longest));
        body.node_colours.insert(body.node_colours.end(), static_cast<std::size_t>(arrows.back().n_nodes()),
                                 field_colour(share));
    }
    body.surface = joined(arrows);
    return body;
}

} // namespace

void check(const CoilScene& scene) {
    if (scene.wires.empty() && scene.dipole_positions.cols() == 0)
        throw Error(fmt::format("coil {}: has neither wires nor dipoles to draw", scene.title));
    CORTICOIL_ASSERT(scene.dipole_positions.cols() == scene.dipole_moments.cols());
    bool is_finite = scene.dipole_positions.allFinite() && scene.dipole_moments.allFinite();
    for (const Points& wire : scene.wires) is_finite = is_finite && wire.allFinite();
    if (scene.casing) is_finite = is_finite && scene.casing->nodes.allFinite();
    if (!is_finite) throw Error(fmt::format("coil {}: a coordinate is not a finite number", scene.title));
    if (!(half_extent(scene) > 0))
        throw Error(fmt::format("coil {}: has no extent, so there is nothing to draw", scene.title));
    if (!scene.casing || scene.casing->n_triangles() == 0) return;
    if (scene.casing->triangles.minCoeff() < 0 ||
        scene.casing->triangles.maxCoeff() >= scene.casing->n_nodes()) {
        throw Error(
            fmt::format("coil {}: a triangle of the casing names a node that does not exist", scene.title));
    }
}

std::array<Vector3, 3> axis_tips(const CoilScene& scene) {
    const double length = 0.75 * half_extent(scene);
    return {length * Vector3::UnitX(), length * Vector3::UnitY(), length * Vector3::UnitZ()};
}

std::optional<Vector3> induced_tip(const CoilScene& scene) {
    if (!scene.induced_direction) return std::nullopt;
    return Vector3(field_depth * Vector3::UnitZ() +
                   0.5 * half_extent(scene) * scene.induced_direction->normalized());
}

Points coil_extent(const CoilScene& scene) {
    std::vector<Vector3> points;
    const auto add = [&](const Points& more) {
        for (Eigen::Index i = 0; i < more.cols(); ++i) points.emplace_back(more.col(i));
    };
    for (const Points& wire : scene.wires) add(wire);
    add(scene.dipole_positions);
    if (scene.casing) add(scene.casing->nodes);
    for (const Vector3& tip : axis_tips(scene)) points.push_back(tip);
    if (const std::optional<Vector3> tip = induced_tip(scene)) points.push_back(*tip);
    Points result(3, static_cast<Eigen::Index>(points.size()));
    for (std::size_t i = 0; i < points.size(); ++i) result.col(static_cast<Eigen::Index>(i)) = points[i];
    return result;
}

std::vector<Body> coil_bodies(const CoilScene& scene) {
    std::vector<Body> bodies;
    if (!scene.wires.empty()) {
        std::vector<SurfaceMesh> tubes;
        for (const Points& wire : scene.wires) tubes.push_back(tube(wire, wire_radius));
        bodies.push_back({joined(tubes), {wire_colour}, Light::studio});
        bodies.push_back({current_arrows(scene), {current_colour}, Light::studio});
    }
    if (scene.dipole_positions.cols() > 0) bodies.push_back(dipole_body(scene));
    const double mark_radius = 0.008 * half_extent(scene);
    std::vector<SurfaceMesh> axes;
    for (const Vector3& tip : axis_tips(scene)) axes.push_back(arrow(Vector3::Zero(), tip, mark_radius));
    bodies.push_back({joined(axes), {axis_colour}, Light::studio});
    if (const std::optional<Vector3> tip = induced_tip(scene)) {
        bodies.push_back({arrow(field_depth * Vector3::UnitZ(), *tip, 2 * mark_radius),
                          {coil_field_colour},
                          Light::studio});
    }
    return bodies;
}

} // namespace corticoil::viz
