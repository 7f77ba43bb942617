#include "solver/cost_model.h"

#include "core/error.h"

#include <algorithm>
#include <cmath>

namespace corticoil::solver {

namespace {

/// Costs of one order of elements. Measured on two cores of an AMD EPYC (AVX-512, 37 GB/s) on spheres of
/// 0.06, 0.25 and 0.69 million nodes and on Colin27 at two resolutions, P2 on the coarser one:
/// docs/decisions/0006.
struct Constants {
    // Nested dissection of a mesh in space: factor entries ∝ n^(4/3), operations ∝ n² (George & Liu 1981).
    double most_factor_entries; ///< Over n^(4/3), from above.
    double factor_entries;      ///< The same in the middle between spheres and Colin27, for the time.
    double operations;          ///< Over n², in the same middle.
    // Multigrid: time ∝ entries of the matrix.
    double setup_per_entry;  ///< [s]
    double single_per_entry; ///< [s]
    double block_per_entry;  ///< [s] per right-hand side of blocks of 16, beyond cached_entries.
};
constexpr Constants first_order{20, 11, 5.5, 8e-8, 4.4e-8, 1e-8};
constexpr Constants second_order{20, 11, 5.5, 3e-8, 3.1e-8, 7.1e-9};

constexpr double analysis_per_entry = 6.3e-7;     ///< [s] over entries of the matrix.
constexpr double operations_per_second = 5e10;    ///< Of the factorisation.
constexpr double bytes_per_second_single = 7.5e9; ///< Bytes of the factor over seconds of one solve.
constexpr double bytes_per_second_block = 4.5e10; ///< The same per right-hand side of 16 or more.
/// Beside the factor while factorising: the matrix twice, the largest update, indices.
constexpr double memory_overhead = 1.15;
constexpr double bytes_per_entry_of_matrix = 24;

/// Small systems stay in the caches: blocks take as much less as so many entries cost, but never less than a
/// share.
constexpr double cached_entries = 4e5;
constexpr double least_share = 0.6;

double block_entries(double entries) {
    return std::max(entries - cached_entries, least_share * entries);
}

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
                                               constants.block_per_entry * block_entries(entries));
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
