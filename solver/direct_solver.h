#pragma once

#include "solver/linear_solver.h"

#include <limits>
#include <memory>

namespace corticoil::solver {

/// What the direct solver may take.
struct DirectSolverOptions {
    /// Peak memory while factorising [bytes]; the memory that the machine has available limits it too.
    double memory_limit = std::numeric_limits<double>::infinity();
};

/// What a factorisation took.
struct FactorReport {
    double analysis_seconds = 0; ///< Ordering and symbolic factorisation.
    double factor_seconds = 0;
    double factor_bytes = 0; ///< Of the numerical factor and its indices.
    double operations = 0;   ///< Floating-point operations of the factorisation.
};

/// K = LLᵀ by CHOLMOD (Chen, Davis, Hager, Rajamanickam 2008, ACM Trans Math Softw 35:22): supernodal, nodes
/// ordered by METIS' nested dissection. The last unknown is grounded, which makes K positive definite, and
/// solutions are shifted to zero mean. One step of iterative refinement where the residual misses the
/// tolerance and the step lowers it.
///
/// The factorisation runs BLAS with a fixed number of threads, since OpenBLAS' sums depend on that number;
/// solves run it with one thread and share fixed groups of right-hand sides among OpenMP threads. Results are
/// bitwise equal for any number of OpenMP threads on one machine (another BLAS than OpenBLAS decides for
/// itself). Indices have 64 bits.
class DirectSolver : public LinearSolver {
  public:
    /// Keeps a reference to the matrix. \throws Error if the factor needs more memory than there is or
    /// `options` allows; ComputationError if the matrix is not positive semi-definite with constants alone as
    /// null space. Cost about n^2 operations and n^(4/3) memory.
    explicit DirectSolver(const SparseMatrix& matrix, const DirectSolverOptions& options = {});
    ~DirectSolver() override;
    DirectSolver(const DirectSolver&) = delete;
    DirectSolver& operator=(const DirectSolver&) = delete;
    DirectSolver(DirectSolver&&) = delete;
    DirectSolver& operator=(DirectSolver&&) = delete;

    [[nodiscard]] std::vector<ColumnReport> solve(const Eigen::MatrixXd& loads, Eigen::MatrixXd& solutions,
                                                  const SolveOptions& options) const override;
    [[nodiscard]] const char* name() const override { return "direct"; }
    [[nodiscard]] const FactorReport& report() const;

  private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

} // namespace corticoil::solver
