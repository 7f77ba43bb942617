#pragma once

#include "benchmarks/system_file.h"
#include "core/head_model.h"

#include <filesystem>
#include <string>

namespace corticoil::benchmarks {

/// What a process of the solver benchmark measures on.
struct SolverSetting {
    std::string mesh; ///< Name of the table, or of `mesh_file`.
    std::filesystem::path mesh_file;
    std::string contrast = "1:165";
    double tolerance = 1e-6;           ///< On the true residual.
    std::filesystem::path system_file; ///< Written by the case `head`, read by the solvers.
    int repetitions = 3;
};

/// Registers with Google Benchmark what a case measures:
/// - `head`, `head_p2`: source, right-hand sides, assembly; with order 1 writes the system file for all
/// others.
/// - `system`: assembly and the system file alone.
/// - `multigrid`, `direct`, `eigen_cg_diagonal`, `eigen_cg_incomplete_cholesky`: one solver on the system
/// file.
/// - `p1_head`, `p2_head`: the whole way from the mesh to potentials, with its peak memory.
/// \throws Error for another case.
void register_solver_case(const std::string& name, const SolverSetting& setting);

/// The cases' names.
[[nodiscard]] std::vector<std::string> solver_case_names();

} // namespace corticoil::benchmarks
