#include "solver/multigrid_preconditioner.h"

#include "core/error.h"
#include "solver/multigrid.h"

namespace corticoil::solver {

MultigridPreconditioner& MultigridPreconditioner::compute(const Eigen::Ref<const SparseMatrix>& matrix) {
    n_ = matrix.rows();
    multigrid_ = std::make_shared<Multigrid>(SparseMatrix(matrix));
    return *this;
}

Eigen::VectorXd MultigridPreconditioner::solve(const Eigen::Ref<const Eigen::VectorXd>& r) const {
    CORTICOIL_ASSERT(multigrid_ && r.size() == n_);
    // Scaled, so that small residuals stay within the range of a float.
    const double scale = r.lpNorm<Eigen::Infinity>();
    if (!(scale > 0)) return r;
    const Eigen::VectorXf r_float = (r / scale).cast<float>();
    Eigen::VectorXf z(n_);
    multigrid_->apply(1, r_float.data(), z.data());
    return scale * z.cast<double>();
}

} // namespace corticoil::solver
