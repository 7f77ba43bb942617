#pragma once

#include "solver/potential_solver.h"

#include <cstdint>

namespace corticoil::solver {

/// What the choice between multigrid and the direct solver is made from.
struct SolverTask {
    std::int64_t unknowns = 0;
    std::int64_t entries = 0; ///< Of the stiffness matrix, both triangles.
    int order = 1;
    int right_hand_sides = 1;
    double memory_limit = 0; ///< For the direct solver [bytes].
};

/// What the two solvers are expected to take on a processor like the one that was measured: on another the
/// seconds shift together, which the choice does not see.
struct CostEstimate {
    double multigrid_seconds = 0; ///< Set-up and all solves.
    double direct_seconds = 0;    ///< Analysis, factorisation and all solves.
    double direct_bytes = 0;      ///< Peak while factorising, from above on all measured heads.
};
[[nodiscard]] CostEstimate estimate_costs(const SolverTask& task);

/// Multigrid or direct: the one expected to be faster, and never direct beyond the memory limit.
[[nodiscard]] SolverChoice choose_solver(const SolverTask& task);

} // namespace corticoil::solver
