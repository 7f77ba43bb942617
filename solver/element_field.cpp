#include "solver/element_field.h"

#include "core/describe_point.h"
#include "core/error.h"

#include <fmt/format.h>

namespace corticoil::solver {

namespace {

/// Row q: what the value at quadrature point q adds to the polynomial's coefficients. Degree 0: the mean.
/// Degree 1: with ∫ λ_i λ_j = V/20 (1 + δ_ij), whose inverse is 20/V (δ_ij − 1/5), the value at corner i is
/// 20 Σ_q w_q (λ_i(q) − 1/5) f(q).
Eigen::MatrixXd projection_weights(const QuadratureRule& rule, int degree) {
    if (degree == 0) return rule.weights;
    return 20 * (rule.weights.asDiagonal() * (rule.barycentric.array() - 0.2).matrix().transpose());
}

} // namespace

VectorField ElementField::means() const {
    if (degree == 0) return values;
    VectorField result(3, n_tetrahedra());
    for (int t = 0; t < n_tetrahedra(); ++t) result.col(t) = mean(t);
    return result;
}

ElementField projected(const ElementSpace& space, const FieldFunction& field, Quadrature quadrature) {
    const TetMesh& mesh = space.mesh();
    const QuadratureRule rule = quadrature_rule(quadrature);
    const Eigen::MatrixXd weights = projection_weights(rule, space.order() - 1);
    const Eigen::Index n_values = weights.cols();
    ElementField result(space.order() - 1, VectorField::Zero(3, n_values * mesh.n_tetrahedra()));
    Points points(3, mesh.n_tetrahedra());
    for (Eigen::Index q = 0; q < rule.weights.size(); ++q) {
#pragma omp parallel for schedule(static)
        for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
            points.col(t).setZero();
            for (int corner = 0; corner < 4; ++corner) {
                points.col(t) += rule.barycentric(corner, q) * mesh.nodes.col(mesh.tetrahedra(corner, t));
            }
        }
        const VectorField at_points = field(points);
        for (Eigen::Index i = 0; i < n_values; ++i) {
#pragma omp parallel for schedule(static)
            for (int t = 0; t < mesh.n_tetrahedra(); ++t)
                result.values.col(n_values * t + i) += weights(q, i) * at_points.col(t);
        }
    }
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        if (result.values.middleCols(n_values * t, n_values).allFinite()) continue;
        throw Error(fmt::format("source field: not a finite number in tetrahedron {} near {}; does "
                                "the coil touch the head there?",
                                t, describe_point(mesh.nodes.col(mesh.tetrahedra(0, t)))));
    }
    return result;
}

Eigen::MatrixXd nodal_projection(const ElementSpace& space) {
    // Degree 4 is exact for a quadratic times a linear function.
    const QuadratureRule rule = quadrature_rule(Quadrature::degree_4);
    const Eigen::MatrixXd of_points = projection_weights(rule, space.order() - 1);
    Eigen::MatrixXd of_unknowns = Eigen::MatrixXd::Zero(space.n_local(), of_points.cols());
    for (Eigen::Index q = 0; q < rule.weights.size(); ++q)
        of_unknowns += space.shape_values(rule.barycentric.col(q)) * of_points.row(q);
    return of_unknowns;
}

ElementField projected_nodal(const ElementSpace& space, const VectorField& at_unknowns) {
    CORTICOIL_ASSERT(at_unknowns.cols() == space.n_unknowns());
    const Eigen::MatrixXd of_unknowns = nodal_projection(space);
    const int n_tetrahedra = space.mesh().n_tetrahedra();
    const Eigen::Index n_values = of_unknowns.cols();
    ElementField result(space.order() - 1, VectorField(3, n_values * n_tetrahedra));
#pragma omp parallel for schedule(static)
    for (int t = 0; t < n_tetrahedra; ++t) {
        Eigen::Matrix<double, 3, Eigen::Dynamic, 0, 3, ElementSpace::most_local> local(3, space.n_local());
        for (int i = 0; i < space.n_local(); ++i) local.col(i) = at_unknowns.col(space.unknown(t, i));
        result.values.middleCols(n_values * t, n_values).noalias() = local * of_unknowns;
    }
    return result;
}

} // namespace corticoil::solver
