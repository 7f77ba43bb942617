#include "coils/sphere_field.h"

#include "coils/vector_clones.h"
#include "core/constants.h"
#include "core/error.h"

#include <Eigen/Geometry>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace corticoil::coils {

namespace {

/// Points per vector loop.
constexpr int width = 8;

/// `width` vectors by components.
struct Lanes {
    std::array<double, width> x{}, y{}, z{};
};

/// A dipole outside the sphere: position r0 and moment from the centre.
struct DipoleSource {
    double x, y, z;       ///< r0 [m].
    double mx, my, mz;    ///< m.
    double radius;        ///< |r0|.
    double radial_moment; ///< r0·m.
};

/// A short piece of wire outside the sphere: where it lies, and v = dl × r̂0.
struct WireSource {
    double x, y, z;    ///< r0 [m].
    double ux, uy, uz; ///< r̂0.
    double vx, vy, vz;
    double inverse_radius;
};

/// Adds to w what gives E = r × w, up to the factor µ0/4π · dI/dt.
CORTICOIL_VECTOR_CLONES
void add_dipoles(const DipoleSource* sources, std::size_t n, const Lanes& r, Lanes& w) {
    for (std::size_t k = 0; k < n; ++k) {
        const DipoleSource& s = sources[k];
        const double R = s.radius;
        for (int i = 0; i < width; ++i) {
            // F = a (R a + R² − r·r0), ∇F = (a²/R + a·r0/a + 2a + 2R) r0 − (a + 2R + a·r0/a) r
            const double ax = s.x - r.x[i];
            const double ay = s.y - r.y[i];
            const double az = s.z - r.z[i];
            const double a = std::sqrt(ax * ax + ay * ay + az * az);
            const double r_r0 = r.x[i] * s.x + r.y[i] * s.y + r.z[i] * s.z;
            const double inverse_f = 1 / (a * (R * a + R * R - r_r0));
            const double ar = (ax * s.x + ay * s.y + az * s.z) / a;
            const double rm = r.x[i] * s.mx + r.y[i] * s.my + r.z[i] * s.mz;
            const double gradient =
                (a * a / R + ar + 2 * a + 2 * R) * s.radial_moment - (a + 2 * R + ar) * rm;
            const double along = gradient * inverse_f * inverse_f;
            w.x[i] += along * s.x - inverse_f * s.mx;
            w.y[i] += along * s.y - inverse_f * s.my;
            w.z[i] += along * s.z - inverse_f * s.mz;
        }
    }
}

CORTICOIL_VECTOR_CLONES
void add_wires(const WireSource* sources, std::size_t n, const Lanes& r, Lanes& w) {
    for (std::size_t k = 0; k < n; ++k) {
        const WireSource& s = sources[k];
        for (int i = 0; i < width; ++i) {
            const double ax = s.x - r.x[i];
            const double ay = s.y - r.y[i];
            const double az = s.z - r.z[i];
            const double a = std::sqrt(ax * ax + ay * ay + az * az);
            // R − r·r̂0 = a·r̂0
            const double inverse_d = 1 / (a + ax * s.ux + ay * s.uy + az * s.uz);
            const double rv = r.x[i] * s.vx + r.y[i] * s.vy + r.z[i] * s.vz;
            const double across = -s.inverse_radius * inverse_d;
            const double along = -rv * (1 / a + s.inverse_radius) * inverse_d * inverse_d;
            w.x[i] += across * s.vx + along * s.ux;
            w.y[i] += across * s.vy + along * s.uy;
            w.z[i] += across * s.vz + along * s.uz;
        }
    }
}

std::vector<DipoleSource> dipole_sources(const MagneticDipoles& dipoles, const Vector3& centre) {
    std::vector<DipoleSource> sources;
    sources.reserve(static_cast<std::size_t>(dipoles.positions.cols()));
    for (Eigen::Index k = 0; k < dipoles.positions.cols(); ++k) {
        const Vector3 r0 = dipoles.positions.col(k) - centre;
        const Vector3 m = dipoles.moments.col(k);
        sources.push_back({r0.x(), r0.y(), r0.z(), m.x(), m.y(), m.z(), r0.norm(), r0.dot(m)});
    }
    return sources;
}

/// The nearest that the segment from a to b comes to the origin.
double distance_from_origin(const Vector3& a, const Vector3& b) {
    const Vector3 step = b - a;
    const double length_squared = step.squaredNorm();
    const double t = length_squared > 0 ? std::clamp(-a.dot(step) / length_squared, 0.0, 1.0) : 0.0;
    return (a + t * step).norm();
}

[[noreturn]] void fail_inside(double distance, double radius) {
    throw Error(fmt::format("coil in a sphere: a source lies {:.1f} mm from the centre, inside the sphere of "
                            "{:.1f} mm that holds the "
                            "points; move the coil away",
                            distance * millimetres_per_metre, radius * millimetres_per_metre));
}

/// Wires cut into pieces of at most `largest_share` of their distance from the sphere of `radius`, each by
/// Gauss' rule of three points.
std::vector<WireSource> wire_sources(const std::vector<WirePath>& wires, const Vector3& centre,
                                     double radius) {
    constexpr double largest_share = 0.5;
    constexpr double most_pieces = 10000; // For a wire that all but touches the sphere.
    const std::array<double, 3> abscissae{0.5 - std::sqrt(0.15), 0.5, 0.5 + std::sqrt(0.15)};
    constexpr std::array<double, 3> weights{5.0 / 18, 8.0 / 18, 5.0 / 18};
    std::vector<WireSource> sources;
    for (const WirePath& wire : wires) {
        const Eigen::Index n = wire.vertices.cols();
        for (Eigen::Index i = 0; i < (wire.is_closed ? n : n - 1); ++i) {
            const Vector3 start = wire.vertices.col(i) - centre;
            const Vector3 step = wire.vertices.col((i + 1) % n) - wire.vertices.col(i);
            const double nearest = distance_from_origin(start, start + step);
            if (!(nearest > radius)) fail_inside(nearest, radius);
            const double n_pieces =
                std::clamp(std::ceil(step.norm() / (largest_share * (nearest - radius))), 1.0, most_pieces);
            for (int piece = 0; piece < static_cast<int>(n_pieces); ++piece) {
                for (std::size_t g = 0; g < abscissae.size(); ++g) {
                    const Vector3 r0 = start + (piece + abscissae[g]) / n_pieces * step;
                    const Vector3 unit = r0.normalized();
                    const Vector3 v = wire.current * weights[g] / n_pieces * step.cross(unit);
                    sources.push_back({r0.x(), r0.y(), r0.z(), unit.x(), unit.y(), unit.z(), v.x(), v.y(),
                                       v.z(), 1 / r0.norm()});
                }
            }
        }
    }
    return sources;
}

VectorField field_of(const std::vector<DipoleSource>& dipoles, const std::vector<WireSource>& wires,
                     double didt, const Vector3& centre, const Eigen::Ref<const Points>& points) {
    VectorField field(3, points.cols());
    const Eigen::Index n_blocks = (points.cols() + width - 1) / width;
#pragma omp parallel for schedule(static)
    for (Eigen::Index block = 0; block < n_blocks; ++block) {
        Lanes r;
        Lanes w;
        const Eigen::Index first = block * width;
        const auto n = static_cast<std::size_t>(std::min<Eigen::Index>(width, points.cols() - first));
        for (std::size_t i = 0; i < width; ++i) {
            const Vector3 point = points.col(first + static_cast<Eigen::Index>(std::min(i, n - 1))) - centre;
            r.x[i] = point.x();
            r.y[i] = point.y();
            r.z[i] = point.z();
        }
        add_dipoles(dipoles.data(), dipoles.size(), r, w);
        add_wires(wires.data(), wires.size(), r, w);
        for (std::size_t i = 0; i < n; ++i) {
            field.col(first + static_cast<Eigen::Index>(i)) =
                vacuum_permeability / (4 * pi) * didt *
                Vector3(r.x[i], r.y[i], r.z[i]).cross(Vector3(w.x[i], w.y[i], w.z[i]));
        }
    }
    return field;
}

} // namespace

VectorField electric_field_in_sphere(const MagneticDipoles& dipoles, double didt, const Vector3& centre,
                                     const Eigen::Ref<const Points>& points) {
    return field_of(dipole_sources(dipoles, centre), {}, didt, centre, points);
}

VectorField electric_field_in_sphere(const Coil& coil, double didt, const Vector3& centre,
                                     const Eigen::Ref<const Points>& points) {
    const double radius = points.cols() > 0 ? (points.colwise() - centre).colwise().norm().maxCoeff() : 0.0;
    std::vector<DipoleSource> dipoles = dipole_sources(coil.dipoles, centre);
    for (const SampledPotential& grid : coil.grids) {
        if (!grid.continuation) {
            throw Error(fmt::format(
                "coil {}: its sampled vector potential has no closed form in a sphere, as dipoles do "
                "not reproduce it; use a file with its windings or dipoles",
                coil.name));
        }
        const std::vector<DipoleSource> more = dipole_sources(grid.continuation->dipoles, centre);
        dipoles.insert(dipoles.end(), more.begin(), more.end());
    }
    for (const DipoleSource& dipole : dipoles) {
        if (!(dipole.radius > radius)) fail_inside(dipole.radius, radius);
    }
    return field_of(dipoles, wire_sources(coil.wires, centre, radius), didt, centre, points);
}

} // namespace corticoil::coils
