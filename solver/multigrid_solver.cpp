#include "solver/multigrid_solver.h"

#include "core/error.h"
#include "solver/large_array.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <span>

namespace corticoil::solver {

/// Room for the vectors of blocks, kept from one solve to the next: clean memory costs about as much as an
/// iteration.
struct MultigridSolver::Workspace {
    struct Vectors {
        LargeArray<double> x;
        LargeArray<float> r, q, p, z;
    };
    LargeArray<double> b;
    std::array<Vectors, 2> vectors; ///< The block at work, and the narrower one that replaces it.
};

namespace {

constexpr int widest = MultigridSolver::widest_block;
using Scalars = std::array<double, widest>;

/// The narrowest width that there are kernels for.
int width_for(int n_columns) {
    for (const int width : {1, 4, 8}) {
        if (n_columns <= width) return width;
    }
    return widest;
}

/// One block's vectors in a workspace: `width` values per row.
struct Block {
    Block() = default;
    Block(MultigridSolver::Workspace::Vectors& vectors, int n_rows, int of_width)
        : width(of_width), size(static_cast<std::size_t>(n_rows) * static_cast<std::size_t>(width)) {
        vectors.x.reserve(size);
        for (LargeArray<float>* vector : {&vectors.r, &vectors.q, &vectors.p, &vectors.z})
            vector->reserve(size);
        x = vectors.x.data();
        r = vectors.r.data();
        q = vectors.q.data();
        p = vectors.p.data();
        z = vectors.z.data();
    }
    int width = 0;
    std::size_t size = 0;
    double* x = nullptr;
    float* r = nullptr;
    float* q = nullptr;
    float* p = nullptr;
    float* z = nullptr;
};

/// Conjugate gradients for up to 16 columns.
class BlockIteration {
  public:
    BlockIteration(const SparseMatrix& matrix, const Multigrid& multigrid,
                   MultigridSolver::Workspace& workspace, const SolveOptions& options)
        : multigrid_(multigrid), workspace_(workspace), options_(options),
          n_(static_cast<int>(matrix.rows())),
          chunks_(n_), rows_{matrix.outerIndexPtr(), matrix.innerIndexPtr(), matrix.valuePtr()},
          partial_(static_cast<std::size_t>(chunks_.count()) * widest) {}

    void solve(const Eigen::Ref<const Eigen::MatrixXd>& loads, Eigen::Ref<Eigen::MatrixXd> solutions,
               std::span<ColumnReport> reports, const std::function<void(double)>& report_progress) {
        const auto n_columns = static_cast<int>(loads.cols());
        norms_.resize(static_cast<std::size_t>(n_columns));
        halvings_.assign(static_cast<std::size_t>(n_columns), {});
        std::vector<int> active;
        for (int c = 0; c < n_columns; ++c) {
            norms_[static_cast<std::size_t>(c)] = loads.col(c).norm();
            if (norms_[static_cast<std::size_t>(c)] == 0) {
                solutions.col(c).setZero();
                reports[static_cast<std::size_t>(c)] = {.converged = true};
            } else {
                active.push_back(c);
            }
        }
        // Each pass starts from the true residual: what the one before has lost to rounding comes back.
        solutions.setZero();
        constexpr int most_passes = 8;
        for (int pass = 0; pass < most_passes && !active.empty(); ++pass) {
            iterate(active, loads, solutions, reports, report_progress);
            active = check(active, loads, solutions, reports);
        }
        for (int c = 0; c < n_columns; ++c) solutions.col(c).array() -= solutions.col(c).mean();
    }

  private:
    /// The last residual that was at most half of the one noted before, and when it came.
    struct Halving {
        double residual = std::numeric_limits<double>::infinity();
        int iteration = 0;
    };

    template <typename Call>
    Scalars sums(int width, const Call& call) {
#pragma omp parallel for schedule(static) if (chunks_.count() > 1)
        for (int chunk = 0; chunk < chunks_.count(); ++chunk)
            call(chunks_.first(chunk), chunks_.last(chunk),
                 partial_.data() + static_cast<std::size_t>(chunk) * widest);
        Scalars total{};
        for (int chunk = 0; chunk < chunks_.count(); ++chunk) {
            for (int w = 0; w < width; ++w)
                total[static_cast<std::size_t>(w)] += partial_[static_cast<std::size_t>(chunk * widest + w)];
        }
        return total;
    }

    /// Loads and solutions of columns, scaled, into b and x of a block, the residual into r, its squares
    /// returned: slot w holds column columns[w], the rest zeros.
    Scalars load_block(Block& block, const std::vector<int>& columns,
                       const Eigen::Ref<const Eigen::MatrixXd>& loads,
                       const Eigen::Ref<const Eigen::MatrixXd>& solutions) {
        workspace_.b.reserve(block.size);
        double* const b = workspace_.b.data();
#pragma omp parallel for schedule(static)
        for (int i = 0; i < n_; ++i) {
            const std::size_t at = static_cast<std::size_t>(i) * static_cast<std::size_t>(block.width);
            for (std::size_t w = 0; w < static_cast<std::size_t>(block.width); ++w) {
                const bool is_used = w < columns.size();
                const double scale = is_used ? 1 / norms_[static_cast<std::size_t>(columns[w])] : 0;
                b[at + w] = is_used ? loads(i, columns[w]) * scale : 0;
                block.x[at + w] = is_used ? solutions(i, columns[w]) * scale : 0;
            }
        }
        const BlockKernels& kernels = block_kernels(block.width);
        return sums(block.width, [&](int first, int last, double* partial) {
            kernels.residual(rows_, b, block.x, block.r, partial, first, last);
        });
    }

    /// The solutions in some slots of a block: one pass over it for all of them.
    void store(const Block& block, const std::vector<int>& slots, const std::vector<int>& columns,
               Eigen::Ref<Eigen::MatrixXd> solutions) const {
#pragma omp parallel for schedule(static)
        for (int i = 0; i < n_; ++i) {
            const double* const row =
                block.x + static_cast<std::size_t>(i) * static_cast<std::size_t>(block.width);
            for (std::size_t k = 0; k < slots.size(); ++k)
                solutions(i, columns[k]) = norms_[static_cast<std::size_t>(columns[k])] * row[slots[k]];
        }
    }

    /// A running iteration: slot w of the block solves column columns[w], or none any more (−1).
    struct Running {
        Block block;
        std::vector<int> columns;
        std::size_t vectors = 0; ///< Of the workspace.
        Scalars rz{};            ///< r·z of the step before; 0 before the first.
        Scalars goals{};         ///< The residuals at which the columns are done for this pass.
    };

    [[nodiscard]] Running start(const std::vector<int>& columns,
                                const Eigen::Ref<const Eigen::MatrixXd>& loads,
                                const Eigen::Ref<const Eigen::MatrixXd>& solutions) {
        Running running{Block(workspace_.vectors[0], n_, width_for(static_cast<int>(columns.size()))),
                        columns};
        const Scalars squares = load_block(running.block, columns, loads, solutions);
        // Residuals live in float: beyond this reduction they would no longer be those of x.
        constexpr double most_reduction = 1e-6;
        // And may be off by a little, which must not cost another pass.
        constexpr double margin = 0.97;
        for (std::size_t w = 0; w < columns.size(); ++w)
            running.goals[w] = std::max(margin * options_.tolerance, most_reduction * std::sqrt(squares[w]));
#pragma omp parallel for schedule(static)
        for (std::size_t i = 0; i < running.block.size; ++i) running.block.p[i] = 0;
        return running;
    }

    /// One step of conjugate gradients; the new squared residuals.
    Scalars step(Running& running) {
        Block& block = running.block;
        const BlockKernels& kernels = block_kernels(block.width);
        multigrid_.apply(block.width, block.r, block.z);
        const Scalars rz = sums(block.width, [&](int first, int last, double* partial) {
            kernels.dot(block.r, block.z, partial, first, last);
        });
        Scalars beta{};
        for (std::size_t w = 0; w < widest; ++w) beta[w] = running.rz[w] > 0 ? rz[w] / running.rz[w] : 0;
        running.rz = rz;
        for_each_chunk(
            [&](int first, int last) { kernels.direction(beta.data(), block.z, block.p, first, last); });
        const Scalars pq = sums(block.width, [&](int first, int last, double* partial) {
            kernels.product(rows_, block.p, block.q, partial, first, last);
        });
        // A slot whose column is done stands still: its residual would fall into the slow range of tiny
        // floats.
        Scalars alpha{};
        for (std::size_t w = 0; w < running.columns.size(); ++w)
            alpha[w] = running.columns[w] >= 0 && pq[w] > 0 ? rz[w] / pq[w] : 0;
        return sums(block.width, [&](int first, int last, double* partial) {
            kernels.step(alpha.data(), block.p, block.q, block.x, block.r, partial, first, last);
        });
    }

    /// Whether a column goes on after a step that left this residual.
    [[nodiscard]] bool goes_on(int column, double residual, double goal, const ColumnReport& report) {
        // Multigrid halves the residual within a few steps; a column that does not within so many never will.
        constexpr int most_steps_to_halve = 200;
        Halving& halving = halvings_[static_cast<std::size_t>(column)];
        if (residual <= halving.residual / 2) halving = {residual, report.iterations};
        return residual > goal && std::isfinite(residual) && report.iterations < options_.most_iterations &&
               report.iterations - halving.iteration < most_steps_to_halve;
    }

    /// The slots `kept` of an iteration as a narrower one.
    [[nodiscard]] Running narrowed(const Running& running, const std::vector<int>& kept) const {
        const Block& block = running.block;
        const std::size_t other = running.vectors == 0 ? 1 : 0;
        Running result{
            Block(workspace_.vectors[other], n_, width_for(static_cast<int>(kept.size()))), {}, other};
        const auto from_width = static_cast<std::size_t>(block.width);
        const auto to_width = static_cast<std::size_t>(result.block.width);
#pragma omp parallel for schedule(static)
        for (int i = 0; i < n_; ++i) {
            for (std::size_t w = 0; w < to_width; ++w) {
                const std::size_t to = static_cast<std::size_t>(i) * to_width + w;
                const bool is_used = w < kept.size();
                const std::size_t from = static_cast<std::size_t>(i) * from_width +
                                         (is_used ? static_cast<std::size_t>(kept[w]) : 0);
                result.block.x[to] = is_used ? block.x[from] : 0;
                result.block.r[to] = is_used ? block.r[from] : 0;
                result.block.p[to] = is_used ? block.p[from] : 0;
            }
        }
        for (std::size_t w = 0; w < kept.size(); ++w) {
            const auto slot = static_cast<std::size_t>(kept[w]);
            result.columns.push_back(running.columns[slot]);
            result.rz[w] = running.rz[slot];
            result.goals[w] = running.goals[slot];
        }
        return result;
    }

    void iterate(const std::vector<int>& columns, const Eigen::Ref<const Eigen::MatrixXd>& loads,
                 Eigen::Ref<Eigen::MatrixXd> solutions, std::span<ColumnReport> reports,
                 const std::function<void(double)>& report_progress) {
        for (Running running = start(columns, loads, solutions);;) {
            const Scalars squares = step(running);
            std::vector<int> kept;
            std::vector<int> done_slots;
            std::vector<int> done_columns;
            double worst = 0;
            for (std::size_t w = 0; w < running.columns.size(); ++w) {
                int& column = running.columns[w];
                if (column < 0) continue;
                ColumnReport& report = reports[static_cast<std::size_t>(column)];
                ++report.iterations;
                const double residual = std::sqrt(squares[w]);
                worst = std::max(worst, residual);
                if (goes_on(column, residual, running.goals[w], report)) {
                    kept.push_back(static_cast<int>(w));
                } else {
                    done_slots.push_back(static_cast<int>(w));
                    done_columns.push_back(column);
                    column = -1;
                }
            }
            if (!done_slots.empty()) store(running.block, done_slots, done_columns, solutions);
            report_progress(worst);
            if (kept.empty()) return;
            if (width_for(static_cast<int>(kept.size())) < running.block.width)
                running = narrowed(running, kept);
        }
    }

    /// Recomputes residuals; the columns that are still above the tolerance and may go on.
    std::vector<int> check(const std::vector<int>& columns, const Eigen::Ref<const Eigen::MatrixXd>& loads,
                           const Eigen::Ref<const Eigen::MatrixXd>& solutions,
                           std::span<ColumnReport> reports) {
        Block block(workspace_.vectors[0], n_, width_for(static_cast<int>(columns.size())));
        const Scalars squares = load_block(block, columns, loads, solutions);
        std::vector<int> unfinished;
        for (std::size_t w = 0; w < columns.size(); ++w) {
            ColumnReport& report = reports[static_cast<std::size_t>(columns[w])];
            report.relative_residual = std::sqrt(squares[w]);
            report.converged = report.relative_residual <= options_.tolerance;
            if (!report.converged && report.iterations < options_.most_iterations &&
                std::isfinite(report.relative_residual))
                unfinished.push_back(columns[w]);
        }
        return unfinished;
    }

    template <typename Call>
    void for_each_chunk(const Call& call) const {
#pragma omp parallel for schedule(static) if (chunks_.count() > 1)
        for (int chunk = 0; chunk < chunks_.count(); ++chunk) call(chunks_.first(chunk), chunks_.last(chunk));
    }

    const Multigrid& multigrid_;
    MultigridSolver::Workspace& workspace_;
    const SolveOptions& options_;
    int n_;
    RowChunks chunks_;
    DoubleRows rows_;
    std::vector<double> partial_;
    std::vector<double> norms_;
    std::vector<Halving> halvings_; ///< Per column.
};

} // namespace

MultigridSolver::MultigridSolver(const SparseMatrix& matrix, const MultigridOptions& options)
    : matrix_(matrix), multigrid_(matrix, options), workspace_(std::make_unique<Workspace>()) {}

MultigridSolver::MultigridSolver(const SparseMatrix& fine, const SparseMatrix& prolongation,
                                 const SparseMatrix& coarse, const MultigridOptions& options)
    : matrix_(fine), multigrid_(fine, prolongation, coarse, options),
      workspace_(std::make_unique<Workspace>()) {}

MultigridSolver::~MultigridSolver() = default;

std::vector<ColumnReport> MultigridSolver::solve(const Eigen::MatrixXd& loads, Eigen::MatrixXd& solutions,
                                                 const SolveOptions& options) const {
    CORTICOIL_ASSERT(loads.rows() == matrix_.rows());
    const auto n_columns = static_cast<int>(loads.cols());
    solutions.resize(loads.rows(), loads.cols());
    std::vector<ColumnReport> reports(static_cast<std::size_t>(n_columns));
    BlockIteration iteration(matrix_, multigrid_, *workspace_, options);
    double shown = 0;
    for (int first = 0; first < n_columns; first += widest) {
        const int count = std::min(widest, n_columns - first);
        const auto show = [&](double residual) {
            const double share =
                std::clamp(std::log(std::max(residual, 1e-300)) / std::log(options.tolerance), 0.0, 1.0);
            shown = std::max(shown, (first + share * count) / n_columns);
            report(options.progress, shown, "solving");
        };
        iteration.solve(
            loads.middleCols(first, count), solutions.middleCols(first, count),
            std::span(reports).subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count)),
            show);
    }
    return reports;
}

} // namespace corticoil::solver
