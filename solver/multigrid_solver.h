#pragma once

#include "solver/linear_solver.h"
#include "solver/multigrid.h"

namespace corticoil::solver {

/// Conjugate gradients in double on blocks of right-hand sides, preconditioned by multigrid in float: each
/// matrix row is read once for up to 16 right-hand sides. Columns are independent; the block narrows as they
/// converge. Bitwise equal for any number of threads.
class MultigridSolver : public LinearSolver {
  public:
    static constexpr int widest_block = 16;

    /// Keeps a reference to the matrix. Unknowns should be numbered for locality (core/locality_order.h).
    explicit MultigridSolver(const SparseMatrix& matrix, const MultigridOptions& options = {});
    /// With the hierarchy of a coarser matrix below: P2 over P1.
    MultigridSolver(const SparseMatrix& fine, const SparseMatrix& prolongation, const SparseMatrix& coarse,
                    const MultigridOptions& options = {});
    ~MultigridSolver() override;
    MultigridSolver(const MultigridSolver&) = delete;
    MultigridSolver& operator=(const MultigridSolver&) = delete;
    MultigridSolver(MultigridSolver&&) = delete;
    MultigridSolver& operator=(MultigridSolver&&) = delete;

    [[nodiscard]] std::vector<ColumnReport> solve(const Eigen::MatrixXd& loads, Eigen::MatrixXd& solutions,
                                                  const SolveOptions& options) const override;
    [[nodiscard]] const char* name() const override { return "multigrid"; }
    [[nodiscard]] const Multigrid& hierarchy() const { return multigrid_; }

    struct Workspace;

  private:
    const SparseMatrix& matrix_;
    Multigrid multigrid_;
    std::unique_ptr<Workspace> workspace_;
};

} // namespace corticoil::solver
