#pragma once

#include "core/progress.h"
#include "solver/stiffness.h"

#include <memory>
#include <vector>

namespace corticoil::solver {

/// How far a solve goes.
struct SolveOptions {
    double tolerance = 1e-6; ///< On the relative residual ‖b − Kφ‖/‖b‖.
    int most_iterations = 20000;
    Progress progress = {};
};

/// How the solve of one right-hand side ended.
struct ColumnReport {
    bool converged = false;
    int iterations = 0;           ///< 0 for a direct solver.
    double relative_residual = 0; ///< Recomputed ‖b − Kx‖/‖b‖, not the iteration's own estimate.
};

/// Solves K X = B, one column per right-hand side, for a symmetric positive semi-definite K whose null space
/// are the constants. The columns of B must sum to zero.
class LinearSolver {
  public:
    LinearSolver() = default;
    virtual ~LinearSolver() = default;
    LinearSolver(const LinearSolver&) = delete;
    LinearSolver& operator=(const LinearSolver&) = delete;
    LinearSolver(LinearSolver&&) = delete;
    LinearSolver& operator=(LinearSolver&&) = delete;

    /// X (resized, each column of zero mean) and one report per column. Not from two threads at once.
    [[nodiscard]] virtual std::vector<ColumnReport>
    solve(const Eigen::MatrixXd& loads, Eigen::MatrixXd& solutions, const SolveOptions& options) const = 0;
    /// "multigrid", "direct".
    [[nodiscard]] virtual const char* name() const = 0;
};

} // namespace corticoil::solver
