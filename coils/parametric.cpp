#include "coils/parametric.h"

#include "core/constants.h"
#include "core/error.h"

#include <fmt/format.h>

#include <cmath>

namespace corticoil::coils {

namespace {

/// Plastic around the winding. Our approximation: casings of flat coils are 4 to 8 mm wider and about 20 mm
/// thick.
constexpr double casing_wall = 0.005;
constexpr double casing_thickness = 0.020;

void check(const std::string& name, const WindingOptions& winding) {
    const bool is_sound = winding.inner_radius > 0 && winding.outer_radius > winding.inner_radius &&
                          winding.n_turns > 0 && winding.conductor_height > 0 &&
                          winding.face_to_conductor >= 0 && winding.n_segments >= 3;
    if (is_sound) return;
    throw Error(fmt::format(
        "coil {}: a winding needs 0 < inner radius < outer radius, at least one turn, a conductor "
        "height above 0 and at least 3 segments; got radii {:.1f} and {:.1f} mm, {} turns, height "
        "{:.1f} mm, {} segments",
        name, winding.inner_radius * millimetres_per_metre, winding.outer_radius * millimetres_per_metre,
        winding.n_turns, winding.conductor_height * millimetres_per_metre, winding.n_segments));
}

/// One turn as a regular polygon with the area of the circle; clockwise seen from +z if `is_clockwise`.
WirePath turn(const WindingOptions& winding, const Vector3& centre, double radius, bool is_clockwise) {
    const double step = 2 * pi / winding.n_segments;
    const double polygon_radius = radius * std::sqrt(step / std::sin(step));
    WirePath path;
    path.vertices.resize(3, winding.n_segments);
    for (int i = 0; i < winding.n_segments; ++i) {
        const double angle = (is_clockwise ? -1 : 1) * step * i;
        path.vertices.col(i) = centre + polygon_radius * Vector3(std::cos(angle), std::sin(angle), 0);
    }
    return path;
}

/// All turns of a wing. A conductor of height h is two filaments at the Gauss points ±h/(2√3) of its height,
/// each with half of the current: exact to third order in h over the distance.
std::vector<WirePath> wing(const WindingOptions& winding, double centre_x, bool is_clockwise) {
    std::vector<WirePath> turns;
    const double pitch = (winding.outer_radius - winding.inner_radius) / winding.n_turns;
    const double middle = -(winding.face_to_conductor + winding.conductor_height / 2);
    const double offset = winding.conductor_height / (2 * std::sqrt(3.0));
    for (const double z : {middle - offset, middle + offset}) {
        for (int i = 0; i < winding.n_turns; ++i) {
            const double radius = winding.inner_radius + (i + 0.5) * pitch;
            turns.push_back(turn(winding, Vector3(centre_x, 0, z), radius, is_clockwise));
            turns.back().current = 0.5;
        }
    }
    return turns;
}

/// Closed discs with their head-side faces at z = 0, one around each centre.
SurfaceMesh discs(const std::vector<double>& centres_x, double radius) {
    constexpr int n_around = 48;
    const int per_disc = 2 * n_around + 2;
    SurfaceMesh mesh;
    mesh.nodes.resize(3, per_disc * static_cast<int>(centres_x.size()));
    mesh.triangles.resize(3, 4 * n_around * static_cast<int>(centres_x.size()));
    int t = 0;
    for (std::size_t d = 0; d < centres_x.size(); ++d) {
        const int first = per_disc * static_cast<int>(d);
        const Vector3 centre(centres_x[d], 0, 0);
        const Vector3 back(0, 0, -casing_thickness);
        const int face_centre = first + 2 * n_around;
        mesh.nodes.col(face_centre) = centre;
        mesh.nodes.col(face_centre + 1) = centre + back;
        for (int i = 0; i < n_around; ++i) {
            const double angle = 2 * pi * i / n_around;
            const Vector3 rim(radius * std::cos(angle), radius * std::sin(angle), 0);
            mesh.nodes.col(first + i) = centre + rim;
            mesh.nodes.col(first + n_around + i) = centre + rim + back;
            const int next = (i + 1) % n_around;
            mesh.triangles.col(t++) = Eigen::Vector3i(face_centre, first + i, first + next);
            mesh.triangles.col(t++) =
                Eigen::Vector3i(face_centre + 1, first + n_around + next, first + n_around + i);
            mesh.triangles.col(t++) =
                Eigen::Vector3i(first + i, first + n_around + i, first + n_around + next);
            mesh.triangles.col(t++) = Eigen::Vector3i(first + i, first + n_around + next, first + next);
        }
    }
    return mesh;
}

} // namespace

Coil round_coil(const std::string& name, const WindingOptions& winding) {
    check(name, winding);
    Coil coil;
    coil.name = name;
    coil.wires = wing(winding, 0, false);
    coil.casing = discs({0}, winding.outer_radius + casing_wall);
    coil.induced_direction = find_induced_direction(coil);
    return coil;
}

Coil figure_of_eight_coil(const std::string& name, const WindingOptions& winding, double wing_centre) {
    check(name, winding);
    if (!(wing_centre > 0)) {
        throw Error(
            fmt::format("coil {}: the wings' centres must lie at x = ± a positive distance; got {:.1f} mm",
                        name, wing_centre * millimetres_per_metre));
    }
    Coil coil;
    coil.name = name;
    // Counter-clockwise at +x: the inner side of that wing runs towards −y, so that E = −∂A/∂t points to +y.
    coil.wires = wing(winding, wing_centre, false);
    for (WirePath& path : wing(winding, -wing_centre, true)) coil.wires.push_back(std::move(path));
    coil.casing = discs({-wing_centre, wing_centre}, winding.outer_radius + casing_wall);
    coil.induced_direction = find_induced_direction(coil);
    return coil;
}

} // namespace corticoil::coils
