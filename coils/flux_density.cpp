#include "coils/flux_density.h"

#include "coils/sampled_potential.h"
#include "core/constants.h"

#include <Eigen/Geometry>

namespace corticoil::coils {

namespace {

constexpr double mu0_over_4pi = vacuum_permeability / (4 * pi);

Vector3 of_dipoles(const MagneticDipoles& dipoles, const Vector3& point) {
    Vector3 sum = Vector3::Zero();
    for (Eigen::Index i = 0; i < dipoles.positions.cols(); ++i) {
        const Vector3 r = point - dipoles.positions.col(i);
        const double distance = r.norm();
        const Vector3 moment = dipoles.moments.col(i);
        sum += (3 * moment.dot(r) / (distance * distance) * r - moment) / (distance * distance * distance);
    }
    return mu0_over_4pi * sum;
}

Vector3 of_segment(const Vector3& start, const Vector3& end, const Vector3& point) {
    const Vector3 a = point - start;
    const Vector3 b = point - end;
    const double product = a.norm() * b.norm();
    return mu0_over_4pi * a.cross(b) * (a.norm() + b.norm()) / (product * (product + a.dot(b)));
}

Vector3 of_wire(const WirePath& wire, const Vector3& point) {
    Vector3 sum = Vector3::Zero();
    const Eigen::Index n = wire.vertices.cols();
    const Eigen::Index n_segments = wire.is_closed ? n : n - 1;
    for (Eigen::Index i = 0; i < n_segments; ++i) {
        const Vector3 start = wire.vertices.col(i);
        const Vector3 end = wire.vertices.col((i + 1) % n);
        if (start != end) sum += of_segment(start, end, point);
    }
    return wire.current * sum;
}

/// curl A by central differences of the sampled potentials.
VectorField of_grids(const Coil& coil, const Eigen::Ref<const Points>& points) {
    constexpr double step = 0.001;          // [m] Grids are sampled at 1 mm or coarser.
    std::array<VectorField, 3> derivatives; // ∂A/∂x, ∂A/∂y, ∂A/∂z.
    for (int axis = 0; axis < 3; ++axis) {
        const Vector3 offset = step * Vector3::Unit(axis);
        derivatives[static_cast<std::size_t>(axis)] = (potential_of_grids(coil, points.colwise() + offset) -
                                                       potential_of_grids(coil, points.colwise() - offset)) /
                                                      (2 * step);
    }
    const auto& [dx, dy, dz] = derivatives;
    VectorField curl(3, points.cols());
    curl.row(0) = dy.row(2) - dz.row(1);
    curl.row(1) = dz.row(0) - dx.row(2);
    curl.row(2) = dx.row(1) - dy.row(0);
    return curl;
}

} // namespace

VectorField flux_density(const Coil& coil, const Eigen::Ref<const Points>& points) {
    VectorField result =
        coil.grids.empty() ? VectorField::Zero(3, points.cols()).eval() : of_grids(coil, points);
    for (Eigen::Index i = 0; i < points.cols(); ++i) {
        const Vector3 point = points.col(i);
        result.col(i) += of_dipoles(coil.dipoles, point);
        for (const WirePath& wire : coil.wires) result.col(i) += of_wire(wire, point);
    }
    return result;
}

} // namespace corticoil::coils
