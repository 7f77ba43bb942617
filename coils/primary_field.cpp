#include "coils/primary_field.h"

#include "coils/sampled_potential.h"
#include "coils/segments.h"
#include "coils/vector_clones.h"
#include "core/constants.h"

#include <Eigen/Geometry>

#include <cmath>
#include <cstdint>
#include <vector>

namespace corticoil::coils {

namespace {

constexpr double mu0_over_4pi = vacuum_permeability / (4 * pi);

/// Room for one point's intermediate values, one per vertex.
struct Workspace {
    explicit Workspace(std::size_t size) : distance(size + 1), value(size) {}
    std::vector<double> distance;
    std::vector<double> value;
};

/// ln((ra + rb + L)/(ra + rb − L)) = 2 artanh(u) with u = L/(ra + rb): beyond a few segment lengths u is
/// small and the series u (1 + u²/3 + u⁴/5 + …) is exact to rounding after nine terms; nearer, the logarithm.
constexpr double largest_for_series = 0.12;

CORTICOIL_VECTOR_CLONES
void half_logarithms(const Segments& segments, double px, double py, double pz, Workspace& work) {
    const std::size_t n = segments.size();
    double* const distance = work.distance.data();
    double* const value = work.value.data();
    const double* const x = segments.x.data();
    const double* const y = segments.y.data();
    const double* const z = segments.z.data();
    const double* const length = segments.length.data();
    for (std::size_t i = 0; i < n; ++i) {
        const double dx = px - x[i];
        const double dy = py - y[i];
        const double dz = pz - z[i];
        distance[i] = std::sqrt(dx * dx + dy * dy + dz * dz);
    }
    distance[n] = 1; // After the last wire's end: no segment starts there.
    std::int64_t n_near = 0;
    for (std::size_t i = 0; i < n; ++i) {
        const double u = length[i] / (distance[i] + distance[i + 1]);
        const double s = u * u;
        value[i] =
            u *
            (1 + s * (1.0 / 3 +
                      s * (1.0 / 5 +
                           s * (1.0 / 7 +
                                s * (1.0 / 9 +
                                     s * (1.0 / 11 + s * (1.0 / 13 + s * (1.0 / 15 + s * (1.0 / 17)))))))));
        n_near += u <= largest_for_series ? 0 : 1; // Also what is not a number.
    }
    if (n_near == 0) return;
    for (std::size_t i = 0; i < n; ++i) {
        const double distances = distance[i] + distance[i + 1];
        if (!(length[i] <= largest_for_series * distances))
            value[i] = 0.5 * std::log((distances + length[i]) / (distances - length[i]));
    }
}

Vector3 potential_of_segments(const Segments& segments, const Vector3& point, Workspace& work) {
    if (segments.size() == 0) return Vector3::Zero();
    half_logarithms(segments, point.x(), point.y(), point.z(), work);
    const auto n = static_cast<Eigen::Index>(segments.size());
    using Values = Eigen::Map<const Eigen::VectorXd>;
    const Values value(work.value.data(), n);
    return {value.dot(Values(segments.wx.data(), n)), value.dot(Values(segments.wy.data(), n)),
            value.dot(Values(segments.wz.data(), n))};
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
    const Segments segments(coil.wires);
    VectorField potential(3, points.cols());
#pragma omp parallel
    {
        Workspace work(segments.size());
#pragma omp for schedule(static)
        for (Eigen::Index i = 0; i < points.cols(); ++i) {
            const Vector3 point = points.col(i);
            potential.col(i) =
                potential_of_segments(segments, point, work) + potential_of_dipoles(coil.dipoles, point);
        }
    }
    if (!coil.grids.empty()) potential += potential_of_grids(coil, points);
    return potential;
}

VectorField rate_of_vector_potential(const PlacedCoil& placed, const Eigen::Ref<const Points>& points) {
    const VectorField per_ampere =
        vector_potential(placed.coil, placed.head_from_coil.inverse().apply_to_points(points));
    return placed.didt * placed.head_from_coil.apply_to_vectors(per_ampere);
}

} // namespace corticoil::coils
