#include "coils/parametric.h"

#include "coils/casing.h"
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

/// Thickness of the ring around a conical wing: that of the measured double cone's casing (docs/coils.md).
constexpr double ring_thickness = 0.0165;

/// Where a wing lies: its axis meets the plane of the middle turn's centreline at `centre`.
struct Wing {
    Vector3 centre = Vector3::Zero();
    double tilt = 0;           ///< Of the wing's plane about y [rad]; positive lifts +x towards the head.
    double cone_angle = 0;     ///< Of the turns' cone against the wing's plane [rad].
    bool is_clockwise = false; ///< Seen from the head's side.

    [[nodiscard]] Vector3 outward() const { return {std::cos(tilt), 0, std::sin(tilt)}; }
    [[nodiscard]] Vector3 headward() const { return {-std::sin(tilt), 0, std::cos(tilt)}; }
    [[nodiscard]] CasingAxis axis() const { return {centre, outward(), Vector3::UnitY(), headward()}; }
};

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

void check(const std::string& name, const WingPlacement& placement) {
    if (!(placement.wing_centre > 0)) {
        throw Error(
            fmt::format("coil {}: the wings' centres must lie at x = ± a positive distance; got {:.1f} mm",
                        name, placement.wing_centre * millimetres_per_metre));
    }
    if (placement.angle_between_wings > pi / 2 && placement.angle_between_wings <= pi) return;
    throw Error(fmt::format(
        "coil {}: the angle between the wings must be above 90° and at most 180° (flat); got {:.1f}°", name,
        placement.angle_between_wings * degrees_per_radian));
}

/// One turn as a regular polygon with the area of the circle, `height` nearer to the head than the wing's
/// centre.
WirePath turn(const WindingOptions& winding, const Wing& wing, double radius, double height) {
    const double step = 2 * pi / winding.n_segments;
    const double polygon_radius = radius * std::sqrt(step / std::sin(step));
    const Vector3 centre = wing.centre + height * wing.headward();
    WirePath path;
    path.vertices.resize(3, winding.n_segments);
    for (int i = 0; i < winding.n_segments; ++i) {
        const double angle = (wing.is_clockwise ? -1 : 1) * step * i;
        path.vertices.col(i) =
            centre + polygon_radius * (std::cos(angle) * wing.outward() + std::sin(angle) * Vector3::UnitY());
    }
    return path;
}

double middle_radius(const WindingOptions& winding) {
    return (winding.inner_radius + winding.outer_radius) / 2;
}

/// Appends all turns of a wing. A conductor of height h is two filaments at the Gauss points ±h/(2√3) of its
/// height, each with half of the current: exact to third order in h over the distance.
void add_turns(std::vector<WirePath>& wires, const WindingOptions& winding, const Wing& wing) {
    const double pitch = (winding.outer_radius - winding.inner_radius) / winding.n_turns;
    const double gauss_point = winding.conductor_height / (2 * std::sqrt(3.0));
    for (const double offset : {-gauss_point, gauss_point}) {
        for (int i = 0; i < winding.n_turns; ++i) {
            const double radius = winding.inner_radius + (i + 0.5) * pitch;
            const double height = (radius - middle_radius(winding)) * std::tan(wing.cone_angle);
            wires.push_back(turn(winding, wing, radius - offset * std::sin(wing.cone_angle),
                                 height + offset * std::cos(wing.cone_angle)));
            wires.back().current = 0.5;
        }
    }
}

/// From the head-side face to the middle of the conductor.
double depth_of_conductor(const WindingOptions& winding) {
    return winding.face_to_conductor + winding.conductor_height / 2;
}

/// A closed disc around a flat wing with its head-side face in front of the conductor.
SurfaceMesh disc_casing(const WindingOptions& winding, const Wing& wing) {
    const double radius = winding.outer_radius + casing_wall;
    const double front = depth_of_conductor(winding);
    const double back = front - casing_thickness;
    return turned_casing(wing.axis(), {{0, back}, {radius, back}, {radius, front}, {0, front}});
}

/// A closed conical ring around the turns of a cone with its head-side face in front of the conductor.
SurfaceMesh ring_casing(const WindingOptions& winding, const Wing& wing) {
    const double half_width =
        (winding.outer_radius - winding.inner_radius) / (2 * std::cos(wing.cone_angle)) + casing_wall;
    const double front = depth_of_conductor(winding);
    const double back = front - ring_thickness;
    std::vector<ProfilePoint> profile;
    for (const auto& [u, v] : {std::pair(-half_width, back), std::pair(half_width, back),
                               std::pair(half_width, front), std::pair(-half_width, front)}) {
        profile.push_back(
            {middle_radius(winding) + u * std::cos(wing.cone_angle) - v * std::sin(wing.cone_angle),
             u * std::sin(wing.cone_angle) + v * std::cos(wing.cone_angle)});
    }
    return turned_casing(wing.axis(), profile);
}

/// The wing at −x of a coil whose wing at +x is `right`: its mirror image, with the current's image reversed.
Wing mirrored(Wing right) {
    // Turned by 180° about z the wing keeps its shape; `outward` then points to +x in both, so the tilt
    // changes its sign, and opposed currents mean the other sense of rotation.
    right.centre.x() *= -1;
    right.tilt *= -1;
    right.is_clockwise = !right.is_clockwise;
    return right;
}

Coil two_wings(const std::string& name, const WindingOptions& winding, const Wing& right) {
    Coil coil;
    coil.name = name;
    add_turns(coil.wires, winding, right);
    add_turns(coil.wires, winding, mirrored(right));
    const auto casing = right.cone_angle == 0 ? disc_casing : ring_casing;
    coil.casing = joined_casing({casing(winding, right), casing(winding, mirrored(right))});
    coil.induced_direction = find_induced_direction(coil);
    return coil;
}

} // namespace

Coil round_coil(const std::string& name, const WindingOptions& winding) {
    check(name, winding);
    const Wing wing{.centre = Vector3(0, 0, -depth_of_conductor(winding))};
    Coil coil;
    coil.name = name;
    add_turns(coil.wires, winding, wing);
    coil.casing = disc_casing(winding, wing);
    coil.induced_direction = find_induced_direction(coil);
    return coil;
}

Coil figure_of_eight_coil(const std::string& name, const WindingOptions& winding, double wing_centre) {
    return bent_figure_of_eight_coil(name, winding, {.wing_centre = wing_centre});
}

Coil bent_figure_of_eight_coil(const std::string& name, const WindingOptions& winding,
                               const WingPlacement& placement) {
    check(name, winding);
    check(name, placement);
    // Counter-clockwise at +x: the inner side of that wing runs towards −y, so that E = −∂A/∂t points to +y.
    Wing right{.tilt = (pi - placement.angle_between_wings) / 2};
    right.centre = placement.wing_centre * right.outward() - depth_of_conductor(winding) * right.headward();
    return two_wings(name, winding, right);
}

Coil double_cone_coil(const std::string& name, const WindingOptions& winding,
                      const WingPlacement& placement) {
    check(name, winding);
    check(name, placement);
    Wing right{.tilt = (pi - placement.angle_between_wings) / 2};
    right.cone_angle = right.tilt;
    // In the middle of the coil the cone's side is parallel to z = 0, behind the face by the conductor's
    // depth.
    right.centre = Vector3(placement.wing_centre, 0,
                           middle_radius(winding) * std::sin(right.tilt) - depth_of_conductor(winding));
    return two_wings(name, winding, right);
}

} // namespace corticoil::coils
