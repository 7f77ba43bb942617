#include "solver/cost_model.h"

#include "core/error.h"

#include <algorithm>
#include <cmath>

namespace corticoil::solver {

namespace {

/// Costs of one order of elements. Measured on two cores of an AMD EPYC (family 26, model 2) by
/// `scripts/benchmark solver --cases multigrid,direct`; the record that each comes from is named.
struct Constants {
    // Nested dissection of a mesh in space: factor entries ∝ n^(4/3), operations ∝ n² (George & Liu 1981).
    double most_factor_entries; ///< Over n^(4/3), from above: direct_setup, factor_bytes, uniform spheres.
    double factor_entries;      ///< The same in the middle between uniform spheres and Colin27, for the time.
    double operations;          ///< Over n², direct_setup, operations; in the same middle.
    // Multigrid: time ∝ entries of the matrix.
    double setup_per_entry;  ///< [s] ours_p1_setup, ours_p2_setup.
    double single_per_entry; ///< [s] ours_p1_single, ours_p2_single.
    double block_per_entry;  ///< [s] per right-hand side, ours_p1_block; blocks of 16.
};
constexpr Constants first_order{20, 11, 5, 7e-8, 5e-8, 1.2e-8};
constexpr Constants second_order{30, 18, 9, 7e-8, 6e-8, 1.6e-8};

constexpr double analysis_per_entry =
    8.3e-7; ///< [s] direct_setup, analysis_seconds over entries of the matrix.
constexpr double operations_per_second = 3e10;     ///< direct_setup, operations over factor_seconds.
constexpr double bytes_per_second_single = 1.1e10; ///< direct_single: bytes of the factor over seconds.
constexpr double bytes_per_second_block = 6e10;    ///< direct_block: the same per right-hand side.
/// Beside the factor while factorising: the matrix twice, the largest update, indices.
constexpr double memory_overhead = 1.15;
constexpr double bytes_per_entry_of_matrix = 24;

/// Seconds for all right-hand sides: the first at one's price, each more at a block's.
double solve_seconds(int right_hand_sides, double single, double block) {
    return single + (right_hand_sides - 1) * block;
}

} // namespace

CostEstimate estimate_costs(const SolverTask& task) {
    CORTICOIL_ASSERT(task.unknowns > 0 && task.entries > 0 && task.right_hand_sides > 0);
    const Constants& constants = task.order == 1 ? first_order : second_order;
    const auto n = static_cast<double>(task.unknowns);
    const auto entries = static_cast<double>(task.entries);
    const double n_to_four_thirds = n * std::cbrt(n);
    const double factor_bytes = sizeof(double) * constants.factor_entries * n_to_four_thirds;
    CostEstimate estimate;
    estimate.multigrid_seconds = constants.setup_per_entry * entries +
                                 solve_seconds(task.right_hand_sides, constants.single_per_entry * entries,
                                               constants.block_per_entry * entries);
    estimate.direct_seconds = analysis_per_entry * entries +
                              constants.operations * n * n / operations_per_second +
                              solve_seconds(task.right_hand_sides, factor_bytes / bytes_per_second_single,
                                            factor_bytes / bytes_per_second_block);
    estimate.direct_bytes =
        memory_overhead * sizeof(double) * constants.most_factor_entries * n_to_four_thirds +
        bytes_per_entry_of_matrix * entries;
    return estimate;
}

SolverChoice choose_solver(const SolverTask& task) {
    const CostEstimate estimate = estimate_costs(task);
    const bool fits = estimate.direct_bytes <= task.memory_limit;
    return fits && estimate.direct_seconds < estimate.multigrid_seconds ? SolverChoice::direct
                                                                        : SolverChoice::multigrid;
}

} // namespace corticoil::solver
