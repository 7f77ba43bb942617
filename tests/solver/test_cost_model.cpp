#include "solver/cost_model.h"

#include <gtest/gtest.h>

namespace corticoil::solver {
namespace {

SolverTask task(std::int64_t unknowns, int right_hand_sides, int order = 1) {
    return {unknowns, (order == 1 ? 15 : 27) * unknowns, order, right_hand_sides, 1e18};
}

TEST(CostModel, EveryCostGrowsWithUnknownsAndRightHandSides) {
    for (const int order : {1, 2}) {
        for (const std::int64_t n : {1000, 60000, 700000, 5000000}) {
            for (const int k : {1, 2, 3, 4, 5, 16, 1000}) {
                const CostEstimate here = estimate_costs(task(n, k, order));
                const CostEstimate larger = estimate_costs(task(n + n / 10, k, order));
                const CostEstimate more = estimate_costs(task(n, k + 1, order));
                EXPECT_GT(larger.multigrid_seconds, here.multigrid_seconds);
                EXPECT_GT(larger.direct_seconds, here.direct_seconds);
                EXPECT_GT(larger.direct_bytes, here.direct_bytes);
                EXPECT_GT(more.multigrid_seconds, here.multigrid_seconds);
                EXPECT_GT(more.direct_seconds, here.direct_seconds);
                EXPECT_EQ(more.direct_bytes, here.direct_bytes);
            }
        }
    }
}

TEST(CostModel, OnceDirectPaysItPaysForMoreRightHandSides) {
    for (const std::int64_t n : {20000, 60000, 300000}) {
        bool was_direct = false;
        for (int k = 1; k <= 100000; k *= 2) {
            const bool is_direct = choose_solver(task(n, k)) == SolverChoice::direct;
            EXPECT_TRUE(is_direct || !was_direct) << n << " " << k;
            was_direct = is_direct;
        }
        EXPECT_TRUE(was_direct) << n;
    }
}

TEST(CostModel, OneRightHandSideOnAHeadIsForMultigrid) {
    EXPECT_EQ(choose_solver(task(300000, 1)), SolverChoice::multigrid);
    EXPECT_EQ(choose_solver(task(700000, 16)), SolverChoice::multigrid);
}

TEST(CostModel, DirectIsNeverChosenBeyondTheMemoryLimit) {
    SolverTask many = task(60000, 1000000);
    ASSERT_EQ(choose_solver(many), SolverChoice::direct);
    many.memory_limit = estimate_costs(many).direct_bytes;
    EXPECT_EQ(choose_solver(many), SolverChoice::direct);
    many.memory_limit *= 0.999;
    EXPECT_EQ(choose_solver(many), SolverChoice::multigrid);
    many.memory_limit = 0;
    EXPECT_EQ(choose_solver(many), SolverChoice::multigrid);
}

TEST(CostModel, MemoryIsEstimatedFromAbove) {
    // Measured peaks while factorising (docs/decisions): Colin27 and the uniform sphere [bytes].
    EXPECT_GT(estimate_costs({288605, 4347745, 1, 1, 1e18}).direct_bytes, 1.6e9);
    EXPECT_GT(estimate_costs({683606, 10355732, 1, 1, 1e18}).direct_bytes, 8.4e9);
}

} // namespace
} // namespace corticoil::solver
