#include "verification/wires_in_sphere.h"

#include "core/constants.h"
#include "core/error.h"

#include <Eigen/Eigenvalues>
#include <Eigen/Geometry>

#include <cmath>
#include <vector>

namespace corticoil::test {

namespace {

constexpr int n_abscissae = 12;

/// A closed wire in the head frame, its first vertex repeated at the end.
struct Loop {
    Points vertices;
    double current;
};

std::vector<Loop> loops_of(const coils::PlacedCoil& placed) {
    CORTICOIL_ASSERT(placed.coil.dipoles.positions.cols() == 0);
    std::vector<Loop> loops;
    for (const coils::WirePath& wire : placed.coil.wires) {
        CORTICOIL_ASSERT(wire.is_closed);
        Points vertices(3, wire.vertices.cols() + 1);
        vertices << placed.head_from_coil.apply_to_points(wire.vertices),
            placed.head_from_coil.apply_to_points(wire.vertices.leftCols<1>());
        loops.push_back({vertices, wire.current});
    }
    return loops;
}

/// 4π/µ0 B of a loop per ampere: Σ (a × b)(|a| + |b|)/(|a||b|(|a||b| + a·b)), a and b from a segment's ends
/// to the point.
Vector3 biot_savart(const Loop& loop, const Vector3& point) {
    Vector3 sum = Vector3::Zero();
    Vector3 a = point - loop.vertices.col(0);
    double a_norm = a.norm();
    for (Eigen::Index i = 1; i < loop.vertices.cols(); ++i) {
        const Vector3 b = point - loop.vertices.col(i);
        const double b_norm = b.norm();
        const double product = a_norm * b_norm;
        sum += a.cross(b) * ((a_norm + b_norm) / (product * (product + a.dot(b))));
        a = b;
        a_norm = b_norm;
    }
    return loop.current * sum;
}

/// Abscissae and weights of Gauss and Legendre on [0, 1]: eigenvalues of the Jacobi matrix (Golub and Welsch
/// 1969).
struct GaussRule {
    Eigen::VectorXd s;
    Eigen::VectorXd weights;
};

GaussRule gauss_rule() {
    Eigen::MatrixXd jacobi = Eigen::MatrixXd::Zero(n_abscissae, n_abscissae);
    for (int k = 1; k < n_abscissae; ++k)
        jacobi(k, k - 1) = jacobi(k - 1, k) = k / std::sqrt(4.0 * k * k - 1);
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> system(jacobi);
    return {(system.eigenvalues().array() + 1) / 2, system.eigenvectors().row(0).array().square()};
}

} // namespace

VectorField electric_field_in_sphere_of_wires(const coils::PlacedCoil& placed, const Points& points) {
    const std::vector<Loop> loops = loops_of(placed);
    const GaussRule rule = gauss_rule();
    VectorField field(3, points.cols());
#pragma omp parallel for schedule(static)
    for (Eigen::Index i = 0; i < points.cols(); ++i) {
        const Vector3 point = points.col(i);
        Vector3 integral = Vector3::Zero();
        for (int k = 0; k < n_abscissae; ++k) {
            for (const Loop& loop : loops)
                integral += rule.weights[k] * rule.s[k] * biot_savart(loop, rule.s[k] * point);
        }
        field.col(i) = vacuum_permeability / (4 * pi) * placed.didt * point.cross(integral);
    }
    return field;
}

} // namespace corticoil::test
