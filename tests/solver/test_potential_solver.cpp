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

Eigen::VectorXd random_load(const TetMesh& mesh, int order = 1) {
    const ElementField random(order - 1, VectorField::Random(3, (order == 1 ? 1 : 4) * mesh.n_tetrahedra()));
    return load_of_impressed_current(ElementSpace(mesh, order), random);
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
    EXPECT_NEAR((load - assemble_stiffness(solver.space(), conductivity) * potential.values).norm() /
                    load.norm(),
                potential.report.relative_residual, 1e-12);
    EXPECT_LT(std::abs(potential.values.mean()), 1e-12 * potential.values.norm());
}

TEST(PotentialSolver, MultigridOfBothOrdersConvergesAcrossJumpsOfConductivity) {
    // Large enough that Gauss–Seidel sweeps many chunks of rows: with P2's edges numbered after all nodes
    // they would be coupled across chunks alone, and the cycle would not converge.
    const TetMesh mesh = test::box_mesh(Vector3(0, 0, 0), Vector3(0.1, 0.1, 0.1), {10, 10, 10},
                                        [](const Vector3& p) { return p[0] < 0.05 ? 1 : 2; });
    Eigen::VectorXd conductivity(mesh.n_tetrahedra());
    for (int t = 0; t < mesh.n_tetrahedra(); ++t)
        conductivity[t] = mesh.labels[static_cast<std::size_t>(t)] == 1 ? 0.01 : 1.654;
    for (const int order : {1, 2}) {
        const PotentialSolver solver(mesh, conductivity, {.order = order, .choice = SolverChoice::multigrid});
        const Eigen::VectorXd load = random_load(mesh, order);
        const Potential potential = solver.solve(load, {.tolerance = 1e-6});
        EXPECT_TRUE(potential.report.converged) << order;
        EXPECT_LE(potential.report.iterations, 25) << order;
        const PotentialSolver direct(mesh, conductivity, {.order = order, .choice = SolverChoice::direct});
        const Eigen::VectorXd reference = direct.solve(load, {.tolerance = 1e-10}).values;
        EXPECT_LT((potential.values - reference).norm(), 1e-4 * reference.norm()) << order;
    }
}

TEST(PotentialSolver, TooFewIterationsAreReportedAsNotConverged) {
    const TetMesh mesh = box();
    for (const int order : {1, 2}) {
        const PotentialSolver solver(mesh, Eigen::VectorXd(Eigen::VectorXd::Ones(mesh.n_tetrahedra())),
                                     {.order = order, .choice = SolverChoice::multigrid});
        const Eigen::VectorXd load = random_load(mesh, order);
        const Potential potential = solver.solve(load, {.tolerance = 1e-10, .most_iterations = 2});
        EXPECT_FALSE(potential.report.converged) << order;
        EXPECT_GT(potential.report.relative_residual, 1e-3) << order;
        EXPECT_EQ(potential.report.iterations, 2) << order;
        EXPECT_TRUE(solver.solve(load, {.tolerance = 1e-10}).report.converged) << order;
        // Each column of a block has its own report: one of zeros needs no iteration.
        Eigen::MatrixXd loads = Eigen::MatrixXd::Zero(load.size(), 3);
        loads.col(0) = load;
        loads.col(2) = -2 * load;
        const Potentials block = solver.solve_block(loads, {.tolerance = 1e-10, .most_iterations = 2});
        EXPECT_FALSE(block.reports[0].converged) << order;
        EXPECT_TRUE(block.reports[1].converged) << order;
        EXPECT_FALSE(block.reports[2].converged) << order;
    }
}

TEST(PotentialSolver, AToleranceBeyondRoundingIsReportedAsNotReached) {
    const TetMesh mesh = box();
    for (const SolverChoice choice : {SolverChoice::multigrid, SolverChoice::direct}) {
        for (const int order : {1, 2}) {
            const PotentialSolver solver(mesh, Eigen::VectorXd(Eigen::VectorXd::Ones(mesh.n_tetrahedra())),
                                         {.order = order, .choice = choice});
            const Potential potential = solver.solve(random_load(mesh, order), {.tolerance = 1e-19});
            EXPECT_FALSE(potential.report.converged) << order;
            EXPECT_GT(potential.report.relative_residual, 1e-19) << order;
        }
    }
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
    for (const int order : {1, 2}) {
        const ElementSpace space(mesh, order);
        const ElementField field = electric_field(space, space.positions().transpose() * slope, std::nullopt);
        EXPECT_EQ(field.n_tetrahedra(), mesh.n_tetrahedra());
        EXPECT_LT((field.values + slope.replicate(1, field.values.cols())).cwiseAbs().maxCoeff(), 1e-12)
            << order;
    }
}

TEST(ElectricField, OfAQuadraticPotentialIsLinearWithSecondOrder) {
    // φ = x² + y z: −∇φ = −(2x, z, y), less ∂A/∂t.
    const TetMesh mesh = box();
    const ElementSpace space(mesh, 2);
    const Points positions = space.positions();
    const Eigen::VectorXd potential =
        (positions.row(0).array().square() + positions.row(1).array() * positions.row(2).array())
            .matrix()
            .transpose();
    const Vector3 rate(0.1, 0.2, -0.3);
    const ElementField field = electric_field(
        space, potential, ElementField(1, rate.replicate(1, Eigen::Index{4} * mesh.n_tetrahedra())));
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        for (int corner = 0; corner < 4; ++corner) {
            const Vector3 p = mesh.nodes.col(mesh.tetrahedra(corner, t));
            const Vector3 expected = -Vector3(2 * p.x(), p.z(), p.y()) - rate;
            EXPECT_LT((field.at(t, Eigen::Vector4d::Unit(corner)) - expected).norm(), 1e-13);
        }
    }
}

} // namespace
} // namespace corticoil::solver
