#pragma once

#include "solver/stiffness.h"

#include <memory>

namespace corticoil::solver {

class Multigrid;

/// Our multigrid cycle as a preconditioner of Eigen's iterative solvers, for stiffness matrices:
/// `Eigen::ConjugateGradient<SparseMatrix, Eigen::Lower | Eigen::Upper, MultigridPreconditioner>`.
/// Right-hand sides must sum to zero. PotentialSolver is faster: it solves blocks.
class MultigridPreconditioner {
  public:
    using StorageIndex = int;
    enum { ColsAtCompileTime = Eigen::Dynamic, MaxColsAtCompileTime = Eigen::Dynamic };

    /// Builds the hierarchy: once, whether or not the matrix had this pattern before.
    MultigridPreconditioner& compute(const Eigen::Ref<const SparseMatrix>& matrix);
    MultigridPreconditioner& analyzePattern(const Eigen::Ref<const SparseMatrix>& /*matrix*/) {
        return *this;
    }
    MultigridPreconditioner& factorize(const Eigen::Ref<const SparseMatrix>& matrix) {
        return compute(matrix);
    }

    /// M⁻¹ r. Not from two threads at once.
    [[nodiscard]] Eigen::VectorXd solve(const Eigen::Ref<const Eigen::VectorXd>& r) const;

    [[nodiscard]] Eigen::ComputationInfo info() const { return Eigen::Success; }
    [[nodiscard]] Eigen::Index rows() const { return n_; }
    [[nodiscard]] Eigen::Index cols() const { return n_; }

  private:
    Eigen::Index n_ = 0;
    std::shared_ptr<const Multigrid> multigrid_;
};

} // namespace corticoil::solver
