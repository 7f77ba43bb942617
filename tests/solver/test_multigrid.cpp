#include "layered_box.h"
#include "solver/multigrid_preconditioner.h"
#include "solver/multigrid_solver.h"
#include "solver/potential_solver.h"

#include <Eigen/IterativeLinearSolvers>
#include <gtest/gtest.h>
#include <omp.h>

namespace corticoil::solver {
namespace {

using test_systems::LayeredBox;

constexpr double tolerance = 1e-8;

int iterations_of(const LayeredBox& box) {
    Eigen::MatrixXd x;
    const std::vector<ColumnReport> reports =
        MultigridSolver(box.matrix).solve(box.loads(1), x, {.tolerance = tolerance});
    EXPECT_TRUE(reports[0].converged);
    const Eigen::VectorXd residual = box.loads(1).col(0) - box.matrix * x.col(0);
    EXPECT_NEAR(residual.norm() / box.loads(1).norm(), reports[0].relative_residual, 1e-2 * tolerance);
    return reports[0].iterations;
}

int iterations_without_multigrid(const LayeredBox& box) {
    Eigen::ConjugateGradient<SparseMatrix, Eigen::Lower | Eigen::Upper> diagonal(box.matrix);
    diagonal.setTolerance(tolerance);
    const Eigen::VectorXd x = diagonal.solve(box.loads(1).col(0));
    EXPECT_TRUE(x.allFinite());
    return static_cast<int>(diagonal.iterations());
}

TEST(Multigrid, FewIterationsWhateverTheContrast) {
    for (const double contrast : {1.0, 200.0, 1e4}) {
        const LayeredBox box({.n = 24, .contrast = contrast});
        const int iterations = iterations_of(box);
        EXPECT_LE(iterations, 16) << contrast;
        EXPECT_GT(iterations_without_multigrid(box), 5 * iterations) << contrast;
    }
}

TEST(Multigrid, FewIterationsWhateverTheNumberOfUnknowns) {
    const int on_small = iterations_of(LayeredBox({.n = 10}));
    const int on_large = iterations_of(LayeredBox({.n = 40}));
    EXPECT_LE(on_large, on_small + 4);
}

TEST(Multigrid, BearsSlivers) {
    const LayeredBox box({.n = 20, .has_slivers = true});
    const int iterations = iterations_of(box);
    EXPECT_LE(iterations, 40);
    EXPECT_GT(iterations_without_multigrid(box), 5 * iterations);
}

TEST(Multigrid, LevelsShrink) {
    const LayeredBox box({.n = 24});
    const Multigrid hierarchy(box.matrix);
    EXPECT_GE(hierarchy.n_levels(), 3);
    EXPECT_GT(hierarchy.operator_complexity(), 1);
    EXPECT_LT(hierarchy.operator_complexity(), 1.6);
    EXPECT_GT(hierarchy.bytes_per_cycle(), 8.0 * static_cast<double>(box.matrix.nonZeros()));
}

/// |⟨Mx, y⟩ − ⟨x, My⟩| over √(⟨Mx, x⟩⟨My, y⟩) for a preconditioner M.
template <typename Preconditioner>
double asymmetry(const Preconditioner& apply, const Eigen::MatrixXd& pair) {
    const Eigen::VectorXd x = pair.col(0);
    const Eigen::VectorXd y = pair.col(1);
    const Eigen::VectorXd mx = apply(x);
    const Eigen::VectorXd my = apply(y);
    EXPECT_GT(mx.dot(x), 0);
    EXPECT_GT(my.dot(y), 0);
    return std::abs(mx.dot(y) - x.dot(my)) / std::sqrt(mx.dot(x) * my.dot(y));
}

TEST(Multigrid, TheCycleIsSymmetricAndPositive) {
    const LayeredBox box({.n = 20, .has_slivers = true});
    MultigridPreconditioner multigrid;
    multigrid.compute(box.matrix);
    const Eigen::MatrixXd pair = box.loads(2);
    EXPECT_LT(asymmetry([&](const Eigen::VectorXd& r) { return multigrid.solve(r); }, pair), 1e-5);
    // One sweep more in one direction is none any longer.
    const auto with_extra_sweep = [&](const Eigen::VectorXd& r) {
        const Eigen::VectorXd z = multigrid.solve(r);
        const Eigen::VectorXd left = r - box.matrix * z;
        return Eigen::VectorXd(z + box.matrix.triangularView<Eigen::Lower>().solve(left));
    };
    EXPECT_GT(asymmetry(with_extra_sweep, pair), 1e-4);
}

TEST(Multigrid, ColumnsOfABlockEqualSingleSolves) {
    const LayeredBox box({});
    const MultigridSolver solver(box.matrix);
    const Eigen::MatrixXd loads = box.loads(19);
    for (const int n_columns : {2, 4, 7, 16, 19}) {
        Eigen::MatrixXd block;
        const auto reports = solver.solve(loads.leftCols(n_columns), block, {.tolerance = tolerance});
        ASSERT_EQ(static_cast<int>(reports.size()), n_columns);
        for (int column = 0; column < n_columns; ++column) {
            Eigen::MatrixXd one;
            const auto single = solver.solve(loads.col(column), one, {.tolerance = tolerance});
            EXPECT_TRUE(reports[static_cast<std::size_t>(column)].converged);
            EXPECT_NEAR(reports[static_cast<std::size_t>(column)].iterations, single[0].iterations, 1);
            EXPECT_LT((block.col(column) - one.col(0)).norm(), 100 * tolerance * one.norm()) << column;
        }
    }
}

TEST(Multigrid, ColumnsThatHaveConvergedStop) {
    const LayeredBox box({.n = 16});
    Eigen::MatrixXd loads = box.loads(3);
    loads.col(1).setZero();
    // The load of a potential that differs from zero at one node: what smoothing is best at.
    loads.col(2) = box.matrix.col(box.matrix.cols() / 2);
    Eigen::MatrixXd x;
    const auto reports = MultigridSolver(box.matrix).solve(loads, x, {.tolerance = tolerance});
    for (const ColumnReport& report : reports) EXPECT_TRUE(report.converged);
    EXPECT_GT(reports[0].iterations, 4);
    EXPECT_EQ(reports[1].iterations, 0);
    EXPECT_EQ(x.col(1).norm(), 0);
    EXPECT_LT(reports[2].iterations, reports[0].iterations);
}

TEST(Multigrid, ResultsAreBitwiseEqualForAnyNumberOfThreads) {
    const LayeredBox box({.n = 24});
    const Eigen::MatrixXd loads = box.loads(5);
    Eigen::MatrixXd first;
    const int before = omp_get_max_threads();
    for (const int n_threads : {1, 2, 4}) {
        omp_set_num_threads(n_threads);
        Eigen::MatrixXd x;
        (void)MultigridSolver(box.matrix).solve(loads, x, {.tolerance = tolerance});
        if (n_threads == 1) first = x;
        EXPECT_EQ(x, first) << n_threads;
    }
    omp_set_num_threads(before);
}

TEST(Multigrid, PreconditionsEigensConjugateGradients) {
    const LayeredBox box({.n = 20});
    Eigen::ConjugateGradient<SparseMatrix, Eigen::Lower | Eigen::Upper, MultigridPreconditioner> eigen;
    eigen.compute(box.matrix);
    eigen.setTolerance(tolerance);
    const Eigen::VectorXd load = box.loads(1).col(0);
    const Eigen::VectorXd x = eigen.solve(load);
    EXPECT_EQ(eigen.info(), Eigen::Success);
    EXPECT_LE((load - box.matrix * x).norm(), 1.01 * tolerance * load.norm());
    EXPECT_NEAR(static_cast<double>(eigen.iterations()), iterations_of(box), 1);
}

TEST(Multigrid, ASolveThatCannotConvergeSaysSo) {
    const LayeredBox box({.n = 6});
    const MultigridSolver solver(box.matrix);
    Eigen::MatrixXd x;
    const auto too_few = solver.solve(box.loads(3), x, {.tolerance = tolerance, .most_iterations = 3});
    for (const ColumnReport& report : too_few) {
        EXPECT_FALSE(report.converged);
        EXPECT_EQ(report.iterations, 3);
        EXPECT_GT(report.relative_residual, tolerance);
    }
    // Beyond what double precision holds.
    const auto beyond = solver.solve(box.loads(1), x, {.tolerance = 1e-30, .most_iterations = 5000});
    EXPECT_FALSE(beyond[0].converged);
    EXPECT_LE(beyond[0].iterations, 5000);
    EXPECT_LT(beyond[0].relative_residual, 1e-9);
}

TEST(Multigrid, SolvesSecondOrderOverTheFirst) {
    const LayeredBox box({.n = 12, .order = 2});
    const PotentialSolver solver(box.mesh, box.conductivity, {.order = 2, .choice = SolverChoice::multigrid});
    const Potential potential = solver.solve(box.loads(1).col(0), {.tolerance = tolerance});
    EXPECT_TRUE(potential.report.converged);
    EXPECT_LE(potential.report.iterations, 24);
}

} // namespace
} // namespace corticoil::solver
