#include "coils/casing.h"
#include "coils/parametric.h"
#include "core/error.h"

#include <fmt/format.h>

#include <cmath>

namespace corticoil::coils {

namespace {

/// Plastic around the strands [m]. Our approximation.
constexpr double casing_wall = 0.006;

void check(const std::string& name, const StrandOptions& strands) {
    const bool is_sound = strands.n_strands > 0 && strands.strand_spacing > 0 && strands.half_length > 0 &&
                          strands.head_radius > 0 && strands.face_to_conductor > 0 &&
                          strands.return_height > strands.face_to_conductor && strands.n_segments >= 2;
    if (!is_sound) {
        throw Error(
            fmt::format("coil {}: an array of strands needs at least one strand, positive lengths and "
                        "return strands farther back than the strands along the head",
                        name));
    }
    const double half_width = (strands.n_strands - 1) / 2.0 * strands.strand_spacing + casing_wall;
    const double reach = std::hypot(half_width, strands.half_length + casing_wall);
    if (reach < strands.head_radius) return;
    throw Error(fmt::format(
        "coil {}: strands that reach {:.1f} mm from the centre do not fit on a sphere of radius {:.1f} mm",
        name, reach * millimetres_per_metre, strands.head_radius * millimetres_per_metre));
}

/// z of a sphere that touches z = 0 at the origin from the head's side.
double sphere_height(double radius, double x, double y) {
    return radius - std::sqrt(radius * radius - x * x - y * y);
}

WirePath strand(const StrandOptions& options, double x) {
    const int n = options.n_segments;
    const double back = -options.return_height;
    WirePath path;
    path.vertices.resize(3, n + 3);
    // Along the head the current runs towards −y, so that E = −∂A/∂t points to +y.
    for (int i = 0; i <= n; ++i) {
        const double y = options.half_length * (1 - 2.0 * i / n);
        path.vertices.col(i) =
            Vector3(x, y, sphere_height(options.head_radius, x, y) - options.face_to_conductor);
    }
    path.vertices.col(n + 1) = Vector3(x, -options.half_length, back);
    path.vertices.col(n + 2) = Vector3(x, options.half_length, back);
    return path;
}

} // namespace

Coil h_type_coil(const std::string& name, const StrandOptions& strands) {
    check(name, strands);
    Coil coil;
    coil.name = name;
    const double half_width = (strands.n_strands - 1) / 2.0 * strands.strand_spacing;
    for (int i = 0; i < strands.n_strands; ++i)
        coil.wires.push_back(strand(strands, i * strands.strand_spacing - half_width));
    coil.casing =
        box_casing({.half_width = half_width + casing_wall,
                    .half_length = strands.half_length + casing_wall,
                    .back = -strands.return_height - casing_wall,
                    .face = [&](double x, double y) { return sphere_height(strands.head_radius, x, y); }});
    coil.induced_direction = find_induced_direction(coil);
    return coil;
}

} // namespace corticoil::coils
