#include "solver/direct_solver.h"

#include "core/error.h"
#include "solver/available_memory.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <omp.h>
#include <suitesparse/cholmod.h>

#include <algorithm>
#include <chrono>
#include <cmath>

namespace corticoil::solver {

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Threads of BLAS while factorising: fixed, because OpenBLAS' sums depend on it.
constexpr int factor_threads = 2;

/// Right-hand sides that one thread solves at once. Wider groups read the factor less often and leave fewer
/// threads at work.
constexpr Eigen::Index narrow_group = 8;
constexpr Eigen::Index wide_group = 16;
constexpr Eigen::Index widened_from = 32; ///< Right-hand sides from which groups are wide.

/// Sets the number of OpenBLAS' threads while it lives; does nothing with another BLAS.
class BlasThreads {
  public:
    explicit BlasThreads(int n_threads) : openmp_before_(omp_get_max_threads()) {
        // Looked up at run time: Debian lets the user exchange the BLAS under a program.
        set_ = reinterpret_cast<void (*)(int)>(dlsym(RTLD_DEFAULT, "openblas_set_num_threads"));
        const auto get = reinterpret_cast<int (*)()>(dlsym(RTLD_DEFAULT, "openblas_get_num_threads"));
        if (set_ == nullptr || get == nullptr) return;
        before_ = get();
        set(n_threads);
    }
    ~BlasThreads() {
        if (before_ > 0) set(before_);
    }
    BlasThreads(const BlasThreads&) = delete;
    BlasThreads& operator=(const BlasThreads&) = delete;

  private:
    void set(int n_threads) const {
        set_(n_threads);
        omp_set_num_threads(openmp_before_); // OpenBLAS built with OpenMP changes it.
    }
    void (*set_)(int) = nullptr;
    int before_ = 0;
    int openmp_before_;
};

/// CHOLMOD's parameters and workspace; one per thread.
struct Common : cholmod_common {
    Common() {
        cholmod_l_start(this);
        print = 0; // Problems come back as a status.
        supernodal = CHOLMOD_SUPERNODAL;
        nmethods = 1;
        method[0].ordering = CHOLMOD_METIS;
        postorder = 1;
    }
    ~Common() { cholmod_l_finish(this); }
    Common(const Common&) = delete;
    Common& operator=(const Common&) = delete;
};

Error too_large(double bytes, double limit) {
    return Error(
        fmt::format("direct solver: the factor needs {:.1f} GB of memory and {:.1f} GB may be used; use the "
                    "multigrid solver (--solver multigrid)",
                    bytes * 1e-9, limit * 1e-9));
}

/// \throws the error that CHOLMOD's status stands for, if any.
void check(const Common& common, double bytes_needed) {
    if (common.status >= CHOLMOD_OK && common.status != CHOLMOD_NOT_POSDEF) return;
    if (common.status == CHOLMOD_OUT_OF_MEMORY || common.status == CHOLMOD_TOO_LARGE)
        throw too_large(bytes_needed, available_memory());
    if (common.status == CHOLMOD_NOT_POSDEF)
        throw ComputationError(
            "direct solver: the matrix is not positive definite; the mesh may hold degenerate "
            "tetrahedra or parts that do not touch");
    throw ComputationError(fmt::format("direct solver: CHOLMOD failed with status {}", common.status));
}

/// A block with rows side by side, so that one pass over the matrix serves all columns.
using RowBlock = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// B − K X.
Eigen::MatrixXd residuals(const SparseMatrix& matrix, const Eigen::Ref<const Eigen::MatrixXd>& loads,
                          const Eigen::MatrixXd& solutions) {
    const RowBlock x = solutions;
    RowBlock r = loads;
#pragma omp parallel for schedule(static)
    for (Eigen::Index i = 0; i < matrix.rows(); ++i) {
        for (SparseMatrix::InnerIterator entry(matrix, i); entry; ++entry)
            r.row(i).noalias() -= entry.value() * x.row(entry.col());
    }
    return r;
}

} // namespace

struct DirectSolver::Implementation {
    explicit Implementation(const SparseMatrix& system) : matrix(system) {}
    ~Implementation() { cholmod_l_free_factor(&factor, &common); }
    Implementation(const Implementation&) = delete;
    Implementation& operator=(const Implementation&) = delete;

    const SparseMatrix& matrix;
    Common common;
    cholmod_factor* factor = nullptr;
    FactorReport report;

    void factorise(const DirectSolverOptions& options);
    [[nodiscard]] Eigen::MatrixXd back_substitute(const Eigen::MatrixXd& loads) const;
};

void DirectSolver::Implementation::factorise(const DirectSolverOptions& options) {
    // Rows hold both triangles: the upper part of row j is the lower part of column j. Without the last one.
    const Eigen::Index n = matrix.rows() - 1;
    std::vector<SuiteSparse_long> start{0};
    std::vector<SuiteSparse_long> rows;
    std::vector<double> values;
    start.reserve(static_cast<std::size_t>(n) + 1);
    rows.reserve(static_cast<std::size_t>(matrix.nonZeros() / 2 + n));
    values.reserve(rows.capacity());
    for (Eigen::Index j = 0; j < n; ++j) {
        for (SparseMatrix::InnerIterator entry(matrix, j); entry; ++entry) {
            if (entry.col() < j || entry.col() >= n) continue;
            rows.push_back(entry.col());
            values.push_back(entry.value());
        }
        start.push_back(static_cast<SuiteSparse_long>(rows.size()));
    }
    cholmod_sparse lower{};
    lower.nrow = lower.ncol = static_cast<std::size_t>(n);
    lower.nzmax = rows.size();
    lower.p = start.data();
    lower.i = rows.data();
    lower.x = values.data();
    lower.stype = -1;
    lower.itype = CHOLMOD_LONG;
    lower.xtype = CHOLMOD_REAL;
    lower.dtype = CHOLMOD_DOUBLE;
    lower.sorted = lower.packed = 1;

    const Clock::time_point analysis_start = Clock::now();
    const double matrix_bytes =
        static_cast<double>(rows.size()) * (sizeof(double) + sizeof(SuiteSparse_long));
    factor = cholmod_l_analyze(&lower, &common);
    check(common, matrix_bytes);
    report.analysis_seconds = seconds_since(analysis_start);
    report.operations = common.fl;
    report.factor_bytes = static_cast<double>(factor->xsize) * sizeof(double) +
                          static_cast<double>(factor->ssize + factor->n) * sizeof(SuiteSparse_long);
    // Beside the factor: a permuted copy of the matrix, and the update of the largest supernode.
    const double peak =
        report.factor_bytes + matrix_bytes + static_cast<double>(factor->maxcsize) * sizeof(double);
    const double limit = std::min(options.memory_limit, available_memory());
    if (peak > limit) throw too_large(peak, limit);

    const Clock::time_point factor_start = Clock::now();
    const BlasThreads threads(factor_threads);
    cholmod_l_factorize(&lower, factor, &common);
    check(common, peak);
    report.factor_seconds = seconds_since(factor_start);
}

/// Solutions of zero mean, by groups of right-hand sides that depend on their number alone.
Eigen::MatrixXd DirectSolver::Implementation::back_substitute(const Eigen::MatrixXd& loads) const {
    const Eigen::Index n = matrix.rows() - 1;
    const Eigen::Index width = loads.cols() >= widened_from ? wide_group : narrow_group;
    const Eigen::Index n_groups = (loads.cols() + width - 1) / width;
    Eigen::MatrixXd solutions = Eigen::MatrixXd::Zero(loads.rows(), loads.cols());
    int worst_status = CHOLMOD_OK;
    const BlasThreads one_each(1);
#pragma omp parallel reduction(min : worst_status)
    {
        Common own;
        cholmod_dense* x = nullptr;
        cholmod_dense* first_workspace = nullptr;
        cholmod_dense* second_workspace = nullptr;
#pragma omp for schedule(dynamic)
        for (Eigen::Index group = 0; group < n_groups; ++group) {
            const Eigen::Index first = group * width;
            const Eigen::Index count = std::min(width, loads.cols() - first);
            cholmod_dense b{};
            b.nrow = static_cast<std::size_t>(n);
            b.ncol = static_cast<std::size_t>(count);
            b.d = static_cast<std::size_t>(loads.rows());
            b.nzmax = b.d * b.ncol;
            b.x = const_cast<double*>(loads.col(first).data()); // CHOLMOD takes no const; it only reads.
            b.xtype = CHOLMOD_REAL;
            b.dtype = CHOLMOD_DOUBLE;
            cholmod_l_solve2(CHOLMOD_A, factor, &b, nullptr, &x, nullptr, &first_workspace, &second_workspace,
                             &own);
            worst_status = std::min(worst_status, own.status);
            if (own.status < CHOLMOD_OK) continue;
            const Eigen::Map<const Eigen::MatrixXd> grounded(static_cast<const double*>(x->x), n, count);
            for (Eigen::Index i = 0; i < count; ++i) {
                solutions.col(first + i).head(n) = grounded.col(i);
                solutions.col(first + i).array() -= solutions.col(first + i).mean();
            }
        }
        cholmod_l_free_dense(&x, &own);
        cholmod_l_free_dense(&first_workspace, &own);
        cholmod_l_free_dense(&second_workspace, &own);
    }
    if (worst_status < CHOLMOD_OK)
        throw ComputationError("direct solver: no memory left for the right-hand sides; solve fewer at once");
    return solutions;
}

DirectSolver::DirectSolver(const SparseMatrix& matrix, const DirectSolverOptions& options)
    : implementation_(std::make_unique<Implementation>(matrix)) {
    CORTICOIL_ASSERT(matrix.rows() == matrix.cols() && matrix.rows() > 1 && matrix.isCompressed());
    implementation_->factorise(options);
}

DirectSolver::~DirectSolver() = default;

const FactorReport& DirectSolver::report() const {
    return implementation_->report;
}

std::vector<ColumnReport> DirectSolver::solve(const Eigen::MatrixXd& loads, Eigen::MatrixXd& solutions,
                                              const SolveOptions& options) const {
    const SparseMatrix& matrix = implementation_->matrix;
    CORTICOIL_ASSERT(loads.rows() == matrix.rows());
    // Pieces bound the memory for residuals, and let progress be seen.
    constexpr Eigen::Index piece = 64;
    solutions.resize(loads.rows(), loads.cols());
    std::vector<ColumnReport> reports(static_cast<std::size_t>(loads.cols()));
    for (Eigen::Index first = 0; first < loads.cols(); first += piece) {
        const Eigen::Index count = std::min(piece, loads.cols() - first);
        const Eigen::MatrixXd b = loads.middleCols(first, count);
        const Eigen::VectorXd norms = b.colwise().norm();
        Eigen::MatrixXd x = implementation_->back_substitute(b);
        Eigen::MatrixXd r = residuals(matrix, b, x);
        if ((r.colwise().norm().transpose().array() > options.tolerance * norms.array()).any()) {
            // Iterative refinement: the residual, solved for, is what the solution lacks; beyond what double
            // precision holds it can lack more afterwards, so each column keeps the better of the two.
            const Eigen::MatrixXd refined = x + implementation_->back_substitute(r);
            const Eigen::MatrixXd left = residuals(matrix, b, refined);
            for (Eigen::Index i = 0; i < count; ++i) {
                if (!(left.col(i).squaredNorm() < r.col(i).squaredNorm())) continue;
                x.col(i) = refined.col(i);
                r.col(i) = left.col(i);
            }
        }
        for (Eigen::Index i = 0; i < count; ++i) {
            ColumnReport& column = reports[static_cast<std::size_t>(first + i)];
            column.relative_residual = norms[i] > 0 ? r.col(i).norm() / norms[i] : 0;
            column.converged = column.relative_residual <= options.tolerance && x.col(i).allFinite();
        }
        solutions.middleCols(first, count) = x;
        corticoil::report(options.progress,
                          static_cast<double>(first + count) / static_cast<double>(loads.cols()), "solving");
    }
    return reports;
}

} // namespace corticoil::solver
