#include "coils/coil.h"

#include "coils/primary_field.h"
#include "coils/sampled_potential.h"
#include "core/constants.h"
#include "core/error.h"

#include <Eigen/Geometry>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace corticoil::coils {

std::optional<Vector3> find_induced_direction(const Coil& coil) {
    constexpr double depth = 0.020; // [m] docs/architecture.md, Sign: read 20 mm under the centre.
    constexpr double comparison_radius =
        0.045;                          // [m] under the turns of a round coil, where its |A| is largest.
    constexpr double least_share = 0.2; // A round coil has 0 at the centre, a figure-of-eight about 1.
    constexpr int n_around = 16;
    Points points(3, 1 + n_around);
    points.col(0) = Vector3(0, 0, depth);
    for (int i = 0; i < n_around; ++i) {
        const double angle = 2 * pi * i / n_around;
        points.col(1 + i) =
            Vector3(comparison_radius * std::cos(angle), comparison_radius * std::sin(angle), depth);
    }
    VectorField potential;
    try {
        potential = vector_potential(coil, points);
    } catch (const Error&) {
        // Only a sampled potential that ends above these points: what it drives there is not known.
        return std::nullopt;
    }
    if (!potential.allFinite()) return std::nullopt; // A source lies at one of the points.
    Vector3 direction = -potential.col(0);
    direction.z() = 0;
    if (direction.norm() <= least_share * potential.colwise().norm().maxCoeff()) return std::nullopt;
    return direction.normalized();
}

Points contact_points(const Coil& coil) {
    if (coil.casing) return coil.casing->nodes;
    std::vector<const Points*> parts{&coil.dipoles.positions};
    for (const WirePath& wire : coil.wires) parts.push_back(&wire.vertices);
    for (const SampledPotential& grid : coil.grids) {
        if (grid.continuation) parts.push_back(&grid.continuation->dipoles.positions);
    }
    Eigen::Index n = 0;
    for (const Points* part : parts) n += part->cols();
    if (n == 0) return Vector3::Zero();
    Points points(3, n);
    Eigen::Index filled = 0;
    for (const Points* part : parts) {
        points.middleCols(filled, part->cols()) = *part;
        filled += part->cols();
    }
    points.row(2) = points.row(2).cwiseMax(0);
    return points;
}

MagneticDipoles equivalent_dipoles(const Coil& coil, int n_rings) {
    constexpr int most_rings = 64;
    if (n_rings < 1 || n_rings > most_rings) {
        throw Error(
            fmt::format("coil {}: {} rings of dipoles; give 1 to {}", coil.name, n_rings, most_rings));
    }
    std::vector<Vector3> positions;
    std::vector<Vector3> moments;
    for (Eigen::Index i = 0; i < coil.dipoles.positions.cols(); ++i) {
        positions.emplace_back(coil.dipoles.positions.col(i));
        moments.emplace_back(coil.dipoles.moments.col(i));
    }
    for (const WirePath& wire : coil.wires) {
        if (!wire.is_closed) {
            throw Error(
                fmt::format("coil {}: a wire is not closed, so it has no equivalent dipoles", coil.name));
        }
        const Vector3 centre = wire.vertices.rowwise().mean();
        const Eigen::Index n = wire.vertices.cols();
        for (Eigen::Index i = 0; i < n; ++i) {
            // The triangle centre–a–b is cut into equal wedges about as wide as a ring is deep, and those
            // into trapezoids between the rings; a trapezoid's moment is current × area vector.
            const Vector3 a = wire.vertices.col(i) - centre;
            const Vector3 b = wire.vertices.col((i + 1) % n) - centre;
            const double distances = a.norm() + b.norm();
            if (distances == 0) continue;
            const int n_wedges =
                std::max(1, static_cast<int>(std::ceil(2 * n_rings * (b - a).norm() / distances)));
            const Vector3 wedge_area = 0.5 * a.cross(b) / n_wedges;
            for (int ring = 0; ring < n_rings; ++ring) {
                const double inner = static_cast<double>(ring) / n_rings;
                const double outer = static_cast<double>(ring + 1) / n_rings;
                const double share = outer * outer - inner * inner;
                // Centroid of the trapezoid: the moments of the outer triangle less those of the inner one.
                const double centroid = 2.0 / 3.0 * (std::pow(outer, 3) - std::pow(inner, 3)) / share;
                for (int wedge = 0; wedge < n_wedges; ++wedge) {
                    const Vector3 middle = a + (wedge + 0.5) / n_wedges * (b - a);
                    positions.emplace_back(centre + centroid * middle);
                    moments.emplace_back(wire.current * share * wedge_area);
                }
            }
        }
    }
    for (const SampledPotential& grid : coil.grids) {
        if (!grid.continuation) {
            throw Error(
                fmt::format("coil {}: dipoles do not reproduce its sampled vector potential to {:.0f} %, so "
                            "it has no equivalent dipoles; use a file with its windings or dipoles",
                            coil.name, 100 * largest_continuation_residual));
        }
        const MagneticDipoles& dipoles = grid.continuation->dipoles;
        for (Eigen::Index i = 0; i < dipoles.positions.cols(); ++i) {
            positions.emplace_back(dipoles.positions.col(i));
            moments.emplace_back(dipoles.moments.col(i));
        }
    }
    MagneticDipoles result;
    result.positions.resize(3, static_cast<Eigen::Index>(positions.size()));
    result.moments.resize(3, static_cast<Eigen::Index>(moments.size()));
    for (std::size_t i = 0; i < positions.size(); ++i) {
        result.positions.col(static_cast<Eigen::Index>(i)) = positions[i];
        result.moments.col(static_cast<Eigen::Index>(i)) = moments[i];
    }
    return result;
}

} // namespace corticoil::coils
