#include "solver/adjoint.h"

#include "solver/electric_field.h"
#include "solver/sources.h"
#include "support/box_mesh.h"

#include <Eigen/Geometry>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <string>
#include <vector>

namespace corticoil::solver {
namespace {

constexpr double tolerance = 1e-11; // of the linear solves
const std::array<double, 2> sigma{0.3, 1.7};

TetMesh layers() {
    return test::box_mesh(Vector3::Zero(), Vector3(0.1, 0.08, 0.09), {5, 4, 6},
                          [](const Vector3& p) { return p.z() < 0.045 ? 1 : 2; });
}

Conductivity conductivity_of(const TetMesh& mesh, double factor_on_first = 1) {
    Eigen::VectorXd values(mesh.n_tetrahedra());
    for (int t = 0; t < mesh.n_tetrahedra(); ++t)
        values[t] = mesh.labels[static_cast<std::size_t>(t)] == 1 ? factor_on_first * sigma[0] : sigma[1];
    return values;
}

VectorField rate_of_a_coil(const Points& points) {
    VectorField values(3, points.cols());
    for (Eigen::Index i = 0; i < points.cols(); ++i) {
        const Vector3 p = points.col(i) - Vector3(0.03, 0.05, 0.13);
        values.col(i) = 1e-2 * Vector3(1, 2, -0.5).cross(Vector3(p)) / std::pow(p.norm(), 3);
    }
    return values;
}

/// The points of a rule in every tetrahedron with `w` times their share of the volume.
FieldFunctional over_tetrahedra(const TetMesh& mesh, const std::vector<int>& tetrahedra,
                                const VectorField& w) {
    const QuadratureRule rule = quadrature_rule(Quadrature::degree_2);
    const Eigen::Index n = rule.weights.size();
    const Eigen::VectorXd volumes = tetrahedron_volumes(mesh);
    FieldFunctional functional;
    functional.barycentric.resize(4, n * static_cast<Eigen::Index>(tetrahedra.size()));
    functional.weights.resize(3, functional.barycentric.cols());
    for (std::size_t i = 0; i < tetrahedra.size(); ++i) {
        for (Eigen::Index q = 0; q < n; ++q) {
            const Eigen::Index k = n * static_cast<Eigen::Index>(i) + q;
            functional.tetrahedra.push_back(tetrahedra[i]);
            functional.barycentric.col(k) = rule.barycentric.col(q);
            functional.weights.col(k) =
                rule.weights[q] * volumes[tetrahedra[i]] * w.col(static_cast<Eigen::Index>(i));
        }
    }
    return functional;
}

std::vector<int> all_of(const TetMesh& mesh) {
    std::vector<int> tetrahedra;
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) tetrahedra.push_back(t);
    return tetrahedra;
}

class Adjoint : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Orders, Adjoint, testing::Values(1, 2),
                         [](const auto& instance) { return "P" + std::to_string(instance.param); });

TEST(FieldFunctional, SumsWeightsTimesField) {
    VectorField corners(3, 8);
    corners << 1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 0, 1, 0, 1, 0, 1, 2, 2, 2, 2, 4, 4, 4, 4;
    FieldFunctional functional;
    functional.tetrahedra = {1, 0};
    functional.barycentric.resize(4, 2);
    functional.barycentric.col(0) << 0.5, 0.5, 0, 0;
    functional.barycentric.col(1) << 0, 0, 0.25, 0.75;
    functional.weights.resize(3, 2);
    functional.weights.col(0) << 1, 10, 0;
    functional.weights.col(1) << 0, 0, -2;
    EXPECT_DOUBLE_EQ(functional.of({1, corners}), 5.5 + 10 * 0.5 - 2 * 2);
    const VectorField constants = corners.leftCols(2);
    EXPECT_DOUBLE_EQ(functional.of(constants), 2 + 10 * 1 - 2 * 2);
}

TEST_P(Adjoint, LoadIsThatOfTheImpressedCurrent) {
    const TetMesh mesh = layers();
    const ElementSpace space(mesh, GetParam());
    const VectorField density = VectorField::Random(3, mesh.n_tetrahedra());
    ElementField current(density);
    if (space.order() == 2) {
        current = ElementField(1, VectorField(3, 4 * density.cols()));
        for (Eigen::Index t = 0; t < density.cols(); ++t)
            current.values.middleCols<4>(4 * t) = density.col(t).replicate<1, 4>();
    }
    const Eigen::VectorXd expected = load_of_impressed_current(space, current);
    FieldFunctional functional = over_tetrahedra(mesh, all_of(mesh), density);
    EXPECT_LT((load_of_functional(space, functional) - expected).norm(), 1e-13 * expected.norm());
    functional.weights.col(7) *= -1; // Wrong variant: one point's weight the other way.
    EXPECT_GT((load_of_functional(space, functional) - expected).norm(), 1e-4 * expected.norm());
}

TEST_P(Adjoint, ReciprocityGivesTheForwardSolvesValues) {
    const TetMesh mesh = layers();
    const Conductivity conductivity = conductivity_of(mesh);
    const PotentialSolver solver(mesh, conductivity, {.order = GetParam()});
    const ElementSpace& space = solver.space();
    const ElementField rate = projected(space, rate_of_a_coil, Quadrature::degree_4);
    const Eigen::VectorXd load = load_of_rate_of_vector_potential(space, conductivity, rate);
    const Potential potential = solver.solve(load, {.tolerance = tolerance});
    ASSERT_TRUE(potential.report.converged);
    const ElementField field = electric_field(space, potential.values, rate);

    // A ROI across the interface, along x, y and z.
    std::vector<int> roi;
    const Points centres = barycentres(mesh);
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        if ((centres.col(t) - Vector3(0.04, 0.04, 0.05)).norm() < 0.025) roi.push_back(t);
    }
    ASSERT_GT(roi.size(), 20U);
    std::vector<FieldFunctional> functionals;
    for (int axis = 0; axis < 3; ++axis) {
        functionals.push_back(over_tetrahedra(
            mesh, roi, Vector3::Unit(axis).replicate(1, static_cast<Eigen::Index>(roi.size()))));
    }
    const Potentials adjoint = solve_adjoint(solver, functionals, {.tolerance = tolerance});
    ASSERT_EQ(adjoint.values.cols(), 3);
    const PotentialSolver wrong(mesh, conductivity_of(mesh, 2), {.order = GetParam()});
    const Potentials wrong_adjoint = solve_adjoint(wrong, functionals, {.tolerance = tolerance});
    double size = 0;
    for (const FieldFunctional& functional : functionals) size += std::abs(functional.of(field));
    double wrong_difference = 0;
    for (std::size_t i = 0; i < 3; ++i) {
        const auto column = static_cast<Eigen::Index>(i);
        EXPECT_TRUE(adjoint.reports[i].converged);
        const double expected = functionals[i].of(field);
        EXPECT_NEAR(value_by_reciprocity(functionals[i], adjoint.values.col(column), load, rate), expected,
                    1e-8 * size);
        wrong_difference += std::abs(
            value_by_reciprocity(functionals[i], wrong_adjoint.values.col(column), load, rate) - expected);
    }
    EXPECT_GT(wrong_difference, 1e-2 * size) << "σ of one layer doubled in the adjoint";
}

} // namespace
} // namespace corticoil::solver
