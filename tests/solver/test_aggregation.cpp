#include "layered_box.h"
#include "solver/aggregation.h"

#include <gtest/gtest.h>

namespace corticoil::solver {
namespace {

using test_systems::LayeredBox;

void expect_a_prolongation(const SparseMatrix& prolongation, const SparseMatrix& matrix) {
    ASSERT_EQ(prolongation.rows(), matrix.rows());
    const Eigen::VectorXd ones = Eigen::VectorXd::Ones(prolongation.cols());
    EXPECT_LT((prolongation * ones - Eigen::VectorXd::Ones(prolongation.rows())).cwiseAbs().maxCoeff(),
              1e-12);
    for (Eigen::Index row = 0; row < prolongation.rows(); ++row)
        ASSERT_GT(prolongation.outerIndexPtr()[row + 1], prolongation.outerIndexPtr()[row]) << row;
    Eigen::VectorXi used = Eigen::VectorXi::Zero(prolongation.cols());
    for (Eigen::Index k = 0; k < prolongation.nonZeros(); ++k) used[prolongation.innerIndexPtr()[k]] = 1;
    EXPECT_EQ(used.sum(), prolongation.cols());
}

TEST(Aggregation, RowsSumToOneAndCoverEveryNode) {
    for (const bool has_slivers : {false, true}) {
        for (const double contrast : {1.0, 200.0}) {
            const LayeredBox box({.n = 14, .contrast = contrast, .has_slivers = has_slivers});
            const SparseMatrix prolongation = smoothed_prolongation(box.matrix, {});
            expect_a_prolongation(prolongation, box.matrix);
            EXPECT_LT(prolongation.cols(), prolongation.rows() / 5);
        }
    }
}

TEST(Aggregation, ANodeWithoutStrongEntriesIsCoveredToo) {
    // A chain whose last node hangs on by a thread.
    constexpr int n = 9;
    std::vector<Eigen::Triplet<double>> entries;
    const auto tie = [&](int a, int b, double conductance) {
        entries.emplace_back(a, a, conductance);
        entries.emplace_back(b, b, conductance);
        entries.emplace_back(a, b, -conductance);
        entries.emplace_back(b, a, -conductance);
    };
    for (int i = 0; i + 2 < n; ++i) tie(i, i + 1, 1);
    tie(n - 2, n - 1, 1e-6);
    SparseMatrix matrix(n, n);
    matrix.setFromTriplets(entries.begin(), entries.end());
    expect_a_prolongation(smoothed_prolongation(matrix, {}), matrix);
}

TEST(Aggregation, DoesNotDependOnTheScaleOfTheMatrix) {
    const LayeredBox box({});
    const SparseMatrix prolongation = smoothed_prolongation(box.matrix, {});
    constexpr double power_of_two = 1.0 / (1 << 20);
    const SparseMatrix scaled = smoothed_prolongation(box.matrix * power_of_two, {});
    EXPECT_EQ((prolongation - scaled).norm(), 0);
}

} // namespace
} // namespace corticoil::solver
