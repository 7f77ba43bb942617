#include "coils/primary_field.h"

#include "core/constants.h"

#include <Eigen/Geometry>

#include <cmath>

namespace corticoil::coils {

namespace {

constexpr double mu0_over_4pi = vacuum_permeability / (4 * pi);

/// A straight segment: its ends, and its unit direction times µ0/4π times the current that it carries.
struct Segment {
    Vector3 start;
    Vector3 end;
    Vector3 weighted_direction;
    double length;
};

std::vector<Segment> segments_of(const std::vector<WirePath>& wires) {
    std::vector<Segment> segments;
    for (const WirePath& wire : wires) {
        const Eigen::Index n = wire.vertices.cols();
        for (Eigen::Index i = 0; i < (wire.is_closed ? n : n - 1); ++i) {
            const Vector3 start = wire.vertices.col(i);
            const Vector3 end = wire.vertices.col((i + 1) % n);
            const double length = (end - start).norm();
            if (length > 0) {
                segments.push_back(
                    {start, end, mu0_over_4pi * wire.current * (end - start) / length, length});
            }
        }
    }
    return segments;
}

Vector3 potential_of_segments(const std::vector<Segment>& segments, const Vector3& point) {
    Vector3 sum = Vector3::Zero();
    for (const Segment& segment : segments) {
        const double distances = (point - segment.start).norm() + (point - segment.end).norm();
        sum += segment.weighted_direction *
               std::log((distances + segment.length) / (distances - segment.length));
    }
    return sum;
}

Vector3 potential_of_dipoles(const MagneticDipoles& dipoles, const Vector3& point) {
    Vector3 sum = Vector3::Zero();
    for (Eigen::Index i = 0; i < dipoles.positions.cols(); ++i) {
        const Vector3 difference = point - dipoles.positions.col(i);
        const double distance_squared = difference.squaredNorm();
        const Vector3 moment = dipoles.moments.col(i);
        sum += moment.cross(difference) / (distance_squared * std::sqrt(distance_squared));
    }
    return mu0_over_4pi * sum;
}

} // namespace

VectorField vector_potential(const Coil& coil, const Eigen::Ref<const Points>& points) {
    const std::vector<Segment> segments = segments_of(coil.wires);
    VectorField potential(3, points.cols());
#pragma omp parallel for schedule(static)
    for (Eigen::Index i = 0; i < points.cols(); ++i) {
        const Vector3 point = points.col(i);
        potential.col(i) = potential_of_segments(segments, point) + potential_of_dipoles(coil.dipoles, point);
    }
    return potential;
}

VectorField rate_of_vector_potential(const PlacedCoil& placed, const Eigen::Ref<const Points>& points) {
    const VectorField per_ampere =
        vector_potential(placed.coil, placed.head_from_coil.inverse().apply_to_points(points));
    return placed.didt * placed.head_from_coil.apply_to_vectors(per_ampere);
}

} // namespace corticoil::coils
