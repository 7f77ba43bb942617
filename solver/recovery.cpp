#include "solver/recovery.h"

#include "core/describe_point.h"
#include "core/error.h"
#include "solver/electric_field.h"

#include <Eigen/LU>
#include <fmt/format.h>

#include <cmath>

namespace corticoil::solver {

namespace {

using Corners = Eigen::Matrix<double, 3, 4>;

/// E with ∂A/∂t linear in each tetrahedron, where P1's own E has only its mean.
ElementField with_linear_rate(const ElementSpace& space, const Eigen::VectorXd& potential,
                              const SurplusSource& source) {
    if (space.order() == 2) {
        if (source.rate_at_unknowns == nullptr) return electric_field(space, potential, std::nullopt);
        return electric_field(space, potential, projected_nodal(space, *source.rate_at_unknowns));
    }
    const TetMesh& mesh = space.mesh();
    const ElementField constant = electric_field(space, potential, std::nullopt);
    ElementField field(1, VectorField(3, Eigen::Index{4} * mesh.n_tetrahedra()));
#pragma omp parallel for schedule(static)
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        for (int corner = 0; corner < 4; ++corner) {
            Vector3 value = constant.values.col(t);
            if (source.rate_at_unknowns != nullptr)
                value -= source.rate_at_unknowns->col(mesh.tetrahedra(corner, t));
            field.values.col(Eigen::Index{4} * t + corner) = value;
        }
    }
    return field;
}

/// Mean of |v|² over a tetrahedron for v linear with the given corner values: ∫ λ_i λ_j = V/20 (1 + δ_ij).
double mean_square(const Corners& v) {
    return (v.squaredNorm() + v.rowwise().sum().squaredNorm()) / 20;
}

} // namespace

RecoveredField FieldRecovery::recover(const Eigen::VectorXd& potential, const SurplusSource& source) const {
    RecoveredField result;
    result.surplus = surplus_.solve(potential, source);
    result.field = with_linear_rate(space_, potential, source);
    result.field.values += surplus_.field(result.surplus).values;
    const int n_tetrahedra = space_.mesh().n_tetrahedra();
    if (space_.order() == 2) {
        const Eigen::VectorXd volumes = tetrahedron_volumes(space_.mesh());
        result.error = surplus_.squared_norms(result.surplus).cwiseQuotient(volumes).cwiseMax(0).cwiseSqrt();
        return result;
    }
    // P1's E is the mean of E with a linear ∂A/∂t: what the recovered field has on top of that mean.
    const ElementField p1 =
        electric_field(space_, potential,
                       source.rate_at_unknowns == nullptr
                           ? std::nullopt
                           : std::optional(projected_nodal(space_, *source.rate_at_unknowns)));
    result.error.resize(n_tetrahedra);
#pragma omp parallel for schedule(static)
    for (int t = 0; t < n_tetrahedra; ++t) {
        const Corners difference =
            result.field.values.middleCols<4>(Eigen::Index{4} * t).colwise() - p1.values.col(t);
        result.error[t] = std::sqrt(mean_square(difference));
    }
    return result;
}

FunctionalError FieldRecovery::error_of(const FieldFunctional& functional,
                                        const Eigen::VectorXd& adjoint_potential,
                                        const RecoveredField& recovered) const {
    const Eigen::VectorXd adjoint_surplus = surplus_.solve(adjoint_potential, {.functional = &functional});
    const Eigen::VectorXd parts = surplus_.energies(recovered.surplus, adjoint_surplus);
    const double correction = -parts.sum();
    return {correction,
            interval_factor * (std::abs(correction) + share_of_absolute_parts * parts.cwiseAbs().sum()),
            functional.of(recovered.field) - surplus_.value(functional, recovered.surplus)};
}

VectorField field_at_points(const PointLocator& locator, const TetMesh& mesh, const ElementField& field,
                            const Points& points) {
    VectorField values(3, points.cols());
    for (Eigen::Index i = 0; i < points.cols(); ++i) {
        const std::optional<int> found = locator.find(points.col(i));
        if (!found) {
            throw Error(fmt::format("point {} at {}: outside the head; give points inside the mesh", i,
                                    describe_point(points.col(i))));
        }
        Eigen::Matrix4d corners;
        for (int corner = 0; corner < 4; ++corner)
            corners.col(corner) << mesh.nodes.col(mesh.tetrahedra(corner, *found)), 1;
        const Eigen::Vector4d at(points(0, i), points(1, i), points(2, i), 1);
        values.col(i) = field.at(*found, corners.partialPivLu().solve(at));
    }
    return values;
}

VectorField field_at_nodes(const TetMesh& mesh, const ElementField& field, int label) {
    CORTICOIL_ASSERT(field.n_tetrahedra() == mesh.n_tetrahedra());
    const Eigen::VectorXd volumes = tetrahedron_volumes(mesh);
    VectorField sums = VectorField::Zero(3, mesh.n_nodes());
    Eigen::VectorXd weights = Eigen::VectorXd::Zero(mesh.n_nodes());
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        if (mesh.labels[static_cast<std::size_t>(t)] != label) continue;
        for (int corner = 0; corner < 4; ++corner) {
            sums.col(mesh.tetrahedra(corner, t)) += volumes[t] * field.at(t, Eigen::Vector4d::Unit(corner));
            weights[mesh.tetrahedra(corner, t)] += volumes[t];
        }
    }
    for (int node = 0; node < mesh.n_nodes(); ++node) {
        if (weights[node] > 0) sums.col(node) /= weights[node];
    }
    return sums;
}

} // namespace corticoil::solver
