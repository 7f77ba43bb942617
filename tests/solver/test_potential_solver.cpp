#include "solver/potential_solver.h"

#include "solver/electric_field.h"
#include "solver/sources.h"
#include "support/box_mesh.h"
#include "support/error_of.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

namespace corticoil::solver {
namespace {

using ::testing::HasSubstr;

TetMesh box() {
    return test::box_mesh(Vector3(0, 0, 0), Vector3(0.1, 0.1, 0.1), {6, 6, 6},
                          [](const Vector3&) { return 1; });
}

Eigen::VectorXd random_load(const TetMesh& mesh) {
    return load_of_impressed_current(ElementSpace(mesh, 1), VectorField(VectorField::Random(3, mesh.n_tetrahedra())));
}

TEST(PotentialSolver, ReportsATrueResidualBelowTheTolerance) {
    const TetMesh mesh = box();
    const Eigen::VectorXd conductivity = Eigen::VectorXd::Constant(mesh.n_tetrahedra(), 0.33);
    const PotentialSolver solver(mesh, conductivity, {.choice = SolverChoice::multigrid});
    const Eigen::VectorXd load = random_load(mesh);
    const Potential potential = solver.solve(load, {.tolerance = 1e-10});
    EXPECT_TRUE(potential.report.converged);
    EXPECT_LE(potential.report.relative_residual, 2e-10);
    EXPECT_GT(potential.report.iterations, 0);
    EXPECT_NEAR((load - assemble_stiffness(solver.space(), conductivity) * potential.values).norm() / load.norm(),
                potential.report.relative_residual, 1e-12);
    EXPECT_LT(std::abs(potential.values.mean()), 1e-12 * potential.values.norm());
}

TEST(PotentialSolver, TooFewIterationsAreReportedAsNotConverged) {
    const TetMesh mesh = box();
    const PotentialSolver solver(mesh, Eigen::VectorXd(Eigen::VectorXd::Ones(mesh.n_tetrahedra())),
                                 {.choice = SolverChoice::multigrid});
    const Potential potential = solver.solve(random_load(mesh), {.tolerance = 1e-10, .most_iterations = 2});
    EXPECT_FALSE(potential.report.converged);
    EXPECT_GT(potential.report.relative_residual, 1e-3);
}

TEST(PotentialSolver, UnbalancedAndNonFiniteLoadsAreRefused) {
    const TetMesh mesh = box();
    const PotentialSolver solver(mesh, Eigen::VectorXd(Eigen::VectorXd::Ones(mesh.n_tetrahedra())));
    Eigen::VectorXd load = Eigen::VectorXd::Ones(mesh.n_nodes());
    EXPECT_THAT(test::error_of([&] { (void)solver.solve(load); }), HasSubstr("does not balance"));
    load[3] = std::numeric_limits<double>::infinity();
    EXPECT_THAT(test::error_of([&] { (void)solver.solve(load); }), HasSubstr("not a finite number"));
}

TEST(PotentialSolver, ProgressReachesTheEndInOrder) {
    const TetMesh mesh = box();
    const PotentialSolver solver(mesh, Eigen::VectorXd(Eigen::VectorXd::Ones(mesh.n_tetrahedra())),
                                 {.choice = SolverChoice::multigrid});
    std::vector<double> fractions;
    SolveOptions options{.tolerance = 1e-14};
    options.progress = [&](double fraction, std::string_view) { fractions.push_back(fraction); };
    (void)solver.solve(random_load(mesh), options);
    ASSERT_FALSE(fractions.empty());
    EXPECT_TRUE(std::is_sorted(fractions.begin(), fractions.end()));
    EXPECT_GE(fractions.front(), 0);
    EXPECT_GT(fractions.back(), 0.6);
    EXPECT_LE(fractions.back(), 1);
}

TEST(ElectricField, OfALinearPotentialIsItsGradient) {
    const TetMesh mesh = box();
    const Vector3 slope(1, -2, 0.5);
    const VectorField field = electric_field(ElementSpace(mesh, 1), mesh.nodes.transpose() * slope, std::nullopt).values;
    EXPECT_LT((field + slope.replicate(1, field.cols())).cwiseAbs().maxCoeff(), 1e-12);
}

} // namespace
} // namespace corticoil::solver
