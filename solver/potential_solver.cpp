#include "solver/potential_solver.h"

#include "core/error.h"
#include "solver/conductor_check.h"

#include <Eigen/IterativeLinearSolvers>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

namespace corticoil::solver {

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Net current over total current that a load's quadrature may leave; more means a source that is not
/// divergence-free or does not balance over the boundary.
constexpr double most_unbalanced_share = 1e-3;

/// Jacobi's preconditioner that also tells how far the iteration has come, since Eigen's loop has no such
/// hook.
class ReportingDiagonal : public Eigen::DiagonalPreconditioner<double> {
  public:
    using Base = Eigen::DiagonalPreconditioner<double>;

    template <typename Matrix>
    ReportingDiagonal& compute(const Matrix& matrix) {
        Base::compute(matrix);
        return *this;
    }
    void watch(const Progress* progress, double first_norm, double tolerance) {
        progress_ = progress;
        n_calls_ = 0;
        largest_reduction_ = 0;
        first_norm_ = first_norm;
        log_tolerance_ = std::log(tolerance);
    }
    template <typename Vector>
    Eigen::VectorXd solve(const Vector& residual) const {
        constexpr int report_every = 20;
        if (progress_ != nullptr && ++n_calls_ % report_every == 0) {
            // The residual of conjugate gradients goes up and down; progress only goes up.
            const double reduction =
                std::log(std::max(residual.norm() / first_norm_, 1e-300)) / log_tolerance_;
            largest_reduction_ = std::max(largest_reduction_, std::min(reduction, 1.0));
            report(*progress_, largest_reduction_, "solving");
        }
        return Base::solve(residual);
    }

  private:
    const Progress* progress_ = nullptr;
    double first_norm_ = 1;
    double log_tolerance_ = -1;
    mutable int n_calls_ = 0;
    mutable double largest_reduction_ = 0;
};

using ConjugateGradient =
    Eigen::ConjugateGradient<SparseMatrix, Eigen::Lower | Eigen::Upper, ReportingDiagonal>;

/// b without its net current. \throws Error when there is more of it than quadrature explains.
Eigen::VectorXd balanced(const Eigen::VectorXd& load) {
    if (!load.allFinite()) throw Error("source: the load holds a value that is not a finite number");
    const double net = load.sum();
    const double total = load.cwiseAbs().sum();
    if (std::abs(net) > most_unbalanced_share * total) {
        throw Error(fmt::format(
            "source: {:.2g} of the current does not balance; the current into an insulated head must "
            "sum to zero",
            std::abs(net) / total));
    }
    return load.array() - net / static_cast<double>(load.size());
}

} // namespace

struct PotentialSolver::Implementation {
    const TetMesh* mesh = nullptr;
    SparseMatrix stiffness;
    ConjugateGradient gradient;
    double setup_seconds = 0;
};

PotentialSolver::PotentialSolver(const TetMesh& mesh, const Eigen::VectorXd& conductivity)
    : implementation_(std::make_unique<Implementation>()) {
    check_conductor(mesh, conductivity);
    const Clock::time_point start = Clock::now();
    implementation_->mesh = &mesh;
    implementation_->stiffness = assemble_stiffness(mesh, conductivity);
    implementation_->gradient.compute(implementation_->stiffness);
    implementation_->setup_seconds = seconds_since(start);
}

PotentialSolver::~PotentialSolver() = default;
PotentialSolver::PotentialSolver(PotentialSolver&&) noexcept = default;
PotentialSolver& PotentialSolver::operator=(PotentialSolver&&) noexcept = default;

const SparseMatrix& PotentialSolver::stiffness() const {
    return implementation_->stiffness;
}

Potential PotentialSolver::solve(const Eigen::VectorXd& load, const SolveOptions& options) const {
    Implementation& state = *implementation_;
    CORTICOIL_ASSERT(load.size() == state.stiffness.rows());
    const Clock::time_point start = Clock::now();
    const Eigen::VectorXd b = balanced(load);
    const double norm = b.norm();
    Potential result;
    result.report.unknowns = static_cast<int>(b.size());
    result.report.tetrahedra = state.mesh->n_tetrahedra();
    result.report.setup_seconds = state.setup_seconds;
    if (norm == 0) {
        result.values = Eigen::VectorXd::Zero(b.size());
        result.report.converged = true;
        return result;
    }
    state.gradient.setTolerance(options.tolerance);
    state.gradient.setMaxIterations(options.most_iterations);
    state.gradient.preconditioner().watch(&options.progress, norm, options.tolerance);
    result.values = state.gradient.solve(b);
    state.gradient.preconditioner().watch(nullptr, 1, options.tolerance);
    result.values.array() -= result.values.mean();
    result.report.iterations = static_cast<int>(state.gradient.iterations());
    result.report.relative_residual = (b - state.stiffness * result.values).norm() / norm;
    // The recomputed residual differs from the iteration's by rounding, which ill-shaped elements amplify.
    constexpr double rounding_allowance = 2;
    result.report.converged = state.gradient.info() == Eigen::Success && result.values.allFinite() &&
                              result.report.relative_residual <= rounding_allowance * options.tolerance;
    result.report.solve_seconds = seconds_since(start);
    return result;
}

} // namespace corticoil::solver
