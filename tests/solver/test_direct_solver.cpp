#include "solver/direct_solver.h"

#include "solver/element_space.h"
#include "solver/sources.h"
#include "support/box_mesh.h"
#include "support/error_of.h"

#include <Eigen/IterativeLinearSolvers>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <omp.h>

namespace corticoil::solver {
namespace {

using ::testing::HasSubstr;

/// A box in two layers of very different conductivity.
struct System {
    explicit System(int order = 1, int n_columns = 1) {
        const TetMesh mesh = test::box_mesh(Vector3(0, 0, 0), Vector3(0.1, 0.1, 0.1), {9, 9, 9},
                                            [](const Vector3& centre) { return centre.z() < 0.05 ? 1 : 2; });
        Eigen::VectorXd conductivity(mesh.n_tetrahedra());
        for (int t = 0; t < mesh.n_tetrahedra(); ++t)
            conductivity[t] = mesh.labels[static_cast<std::size_t>(t)] == 1 ? 1.654 : 0.01;
        matrix = assemble_stiffness(ElementSpace(mesh, order), conductivity);
        loads = Eigen::MatrixXd::Random(matrix.rows(), n_columns);
        loads.rowwise() -= loads.colwise().mean();
    }
    SparseMatrix matrix;
    Eigen::MatrixXd loads;
};

class DirectSolverOfOrder : public ::testing::TestWithParam<int> {};

TEST_P(DirectSolverOfOrder, AgreesWithConjugateGradients) {
    const System system(GetParam());
    const DirectSolver solver(system.matrix);
    Eigen::MatrixXd x;
    const std::vector<ColumnReport> reports = solver.solve(system.loads, x, {.tolerance = 1e-10});
    Eigen::ConjugateGradient<SparseMatrix, Eigen::Lower | Eigen::Upper> iterative(system.matrix);
    iterative.setTolerance(1e-13);
    Eigen::VectorXd expected = iterative.solve(system.loads.col(0));
    expected.array() -= expected.mean();
    EXPECT_LT((x.col(0) - expected).norm(), 1e-8 * expected.norm());
    ASSERT_EQ(reports.size(), 1U);
    EXPECT_TRUE(reports[0].converged);
    EXPECT_EQ(reports[0].iterations, 0);
    EXPECT_LT(std::abs(x.mean()), 1e-12 * x.norm());
    EXPECT_NEAR(reports[0].relative_residual, (system.loads - system.matrix * x).norm() / system.loads.norm(),
                1e-14);
}

INSTANTIATE_TEST_SUITE_P(Orders, DirectSolverOfOrder, ::testing::Values(1, 2));

TEST(DirectSolver, BlocksOfAnyWidthSolveEachColumn) {
    const System system(1, 70);
    const DirectSolver solver(system.matrix);
    Eigen::MatrixXd all;
    for (const ColumnReport& report : solver.solve(system.loads, all, {})) EXPECT_TRUE(report.converged);
    for (const int column : {0, 7, 8, 63, 64, 69}) {
        Eigen::MatrixXd one;
        (void)solver.solve(system.loads.col(column), one, {});
        EXPECT_LT((all.col(column) - one).norm(), 1e-10 * one.norm()) << column;
    }
}

TEST(DirectSolver, ResultsAreBitwiseEqualForAnyNumberOfThreads) {
    const System system(1, 20);
    Eigen::MatrixXd first;
    const int before = omp_get_max_threads();
    for (const int n_threads : {1, 2, 4}) {
        omp_set_num_threads(n_threads);
        Eigen::MatrixXd x;
        (void)DirectSolver(system.matrix).solve(system.loads, x, {});
        EXPECT_EQ(omp_get_max_threads(), n_threads);
        if (n_threads == 1) first = x;
        EXPECT_EQ(x, first) << n_threads;
    }
    omp_set_num_threads(before);
}

TEST(DirectSolver, RefinementReachesATightTolerance) {
    // One tiny conductance among large ones: rounding alone leaves more than the tolerance.
    System system;
    const DirectSolver solver(system.matrix);
    Eigen::MatrixXd x;
    const std::vector<ColumnReport> loose = solver.solve(system.loads, x, {.tolerance = 1e-6});
    const std::vector<ColumnReport> tight = solver.solve(system.loads, x, {.tolerance = 1e-17});
    EXPECT_TRUE(loose[0].converged);
    EXPECT_FALSE(tight[0].converged); // Beyond what double precision holds, and said so.
    EXPECT_LE(tight[0].relative_residual, loose[0].relative_residual);
}

TEST(DirectSolver, AZeroLoadHasAZeroSolution) {
    System system(1, 2);
    system.loads.col(1).setZero();
    Eigen::MatrixXd x;
    const std::vector<ColumnReport> reports = DirectSolver(system.matrix).solve(system.loads, x, {});
    EXPECT_TRUE(reports[1].converged);
    EXPECT_EQ(x.col(1).norm(), 0);
}

TEST(DirectSolver, TooLittleMemoryIsAnErrorWithAdvice) {
    const System system;
    EXPECT_THAT(test::error_of([&] { const DirectSolver solver(system.matrix, {.memory_limit = 1e5}); }),
                HasSubstr("multigrid"));
}

TEST(DirectSolver, AnIndefiniteMatrixIsRefused) {
    System system;
    system.matrix = -system.matrix;
    EXPECT_THROW(const DirectSolver solver(system.matrix), ComputationError);
}

TEST(DirectSolver, TellsWhatTheFactorTook) {
    const System system;
    const DirectSolver solver(system.matrix);
    EXPECT_GT(solver.report().factor_bytes, 8.0 * static_cast<double>(system.matrix.nonZeros()) / 2);
    EXPECT_GT(solver.report().operations, static_cast<double>(system.matrix.nonZeros()));
    EXPECT_GT(solver.report().analysis_seconds, 0);
    EXPECT_GT(solver.report().factor_seconds, 0);
}

} // namespace
} // namespace corticoil::solver
