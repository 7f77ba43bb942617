#include "solver/multigrid.h"

#include "core/error.h"
#include "solver/large_array.h"
#include "solver/sparse_products.h"

#include <Eigen/Cholesky>

#include <algorithm>
#include <cmath>
#include <utility>

namespace corticoil::solver {

namespace {

/// A float matrix and its storage.
struct FloatMatrix {
    int n_rows = 0;
    LargeArray<int> start;
    LargeArray<int> column;
    LargeArray<float> value;

    FloatMatrix() = default;
    explicit FloatMatrix(const SparseMatrix& matrix)
        : n_rows(static_cast<int>(matrix.rows())), start(static_cast<std::size_t>(n_rows) + 1),
          column(static_cast<std::size_t>(matrix.nonZeros())), value(column.size()) {
#pragma omp parallel for schedule(static)
        for (int row = 0; row < n_rows; ++row) {
            start[static_cast<std::size_t>(row)] = matrix.outerIndexPtr()[row];
            for (int k = matrix.outerIndexPtr()[row]; k < matrix.outerIndexPtr()[row + 1]; ++k) {
                column[static_cast<std::size_t>(k)] = matrix.innerIndexPtr()[k];
                value[static_cast<std::size_t>(k)] = static_cast<float>(matrix.valuePtr()[k]);
            }
        }
        start[static_cast<std::size_t>(n_rows)] = matrix.outerIndexPtr()[n_rows];
    }
    [[nodiscard]] FloatRows rows() const {
        return {start.data(), column.data(), value.data()};
    }
    [[nodiscard]] double bytes() const {
        return 8.0 * static_cast<double>(value.size());
    }
};

/// Storage of SweepRows.
struct SweepMatrix {
    LargeArray<int> start;
    LargeArray<int> lower_end;
    LargeArray<int> column;
    LargeArray<float> value;
    LargeArray<float> inverse_diagonal;
    std::vector<int> border;
    std::vector<int> border_start{0};
    std::vector<int> border_column;
    std::vector<float> border_value;
    std::vector<int> first_border; ///< Per chunk, and the end.

    SweepMatrix(const SparseMatrix& matrix, const RowChunks& chunks) {
        const auto n = static_cast<std::size_t>(matrix.rows());
        start = LargeArray<int>(n + 1);
        lower_end = LargeArray<int>(n);
        inverse_diagonal = LargeArray<float>(n);
        std::vector<int> n_inside(n);
        for_each_row(chunks, [&](int row, int first, int last) {
            int count = -1; // Not the diagonal.
            for (int k = matrix.outerIndexPtr()[row]; k < matrix.outerIndexPtr()[row + 1]; ++k)
                count += matrix.innerIndexPtr()[k] >= first && matrix.innerIndexPtr()[k] < last ? 1 : 0;
            n_inside[static_cast<std::size_t>(row)] = count;
        });
        start[0] = 0;
        for (std::size_t row = 0; row < n; ++row) start[row + 1] = start[row] + n_inside[row];
        column = LargeArray<int>(static_cast<std::size_t>(start[n]));
        value = LargeArray<float>(column.size());
        for_each_row(chunks, [&](int row, int first, int last) { fill_row(matrix, row, first, last); });
        for (int chunk = 0; chunk < chunks.count(); ++chunk) {
            first_border.push_back(static_cast<int>(border.size()));
            for (int row = chunks.first(chunk); row < chunks.last(chunk); ++row)
                add_border(matrix, row, chunks.first(chunk), chunks.last(chunk));
        }
        first_border.push_back(static_cast<int>(border.size()));
    }
    [[nodiscard]] SweepRows rows() const {
        return {start.data(),        lower_end.data(),        column.data(),
                value.data(),        inverse_diagonal.data(), border.data(),
                border_start.data(), border_column.data(),    border_value.data()};
    }
    [[nodiscard]] std::size_t n_entries() const { return value.size() + border_value.size(); }

  private:
    template <typename Call>
    static void for_each_row(const RowChunks& chunks, const Call& call) {
#pragma omp parallel for schedule(static)
        for (int chunk = 0; chunk < chunks.count(); ++chunk) {
            const int first = chunks.first(chunk);
            const int last = chunks.last(chunk);
            for (int row = first; row < last; ++row) call(row, first, last);
        }
    }
    void fill_row(const SparseMatrix& matrix, int row, int first, int last) {
        auto slot = static_cast<std::size_t>(start[static_cast<std::size_t>(row)]);
        double diagonal = 0;
        for (int k = matrix.outerIndexPtr()[row]; k < matrix.outerIndexPtr()[row + 1]; ++k) {
            const int other = matrix.innerIndexPtr()[k];
            // Columns ascend: what lies before the diagonal is done when it comes.
            if (other == row) {
                diagonal = matrix.valuePtr()[k];
                lower_end[static_cast<std::size_t>(row)] = static_cast<int>(slot);
            } else if (other >= first && other < last) {
                column[slot] = other;
                value[slot++] = static_cast<float>(matrix.valuePtr()[k]);
            }
        }
        const double increase = diagonal_increase(matrix, row, first, last);
        inverse_diagonal[static_cast<std::size_t>(row)] = static_cast<float>(1 / (diagonal + increase));
    }
    /// Chunks do not see each other during a sweep. Where their ties outweigh the diagonal the sweep would
    /// overshoot, and the cycle be indefinite: half of their sum on the diagonal bounds it (Baker, Falgout,
    /// Kolev, Yang 2011, SIAM J Sci Comput 33:2864, section 6).
    [[nodiscard]] static double diagonal_increase(const SparseMatrix& matrix, int row, int first, int last) {
        constexpr double least_ratio = 1.5; // Section 6.2 there.
        double diagonal = 0;
        double others = 0;
        for (int k = matrix.outerIndexPtr()[row]; k < matrix.outerIndexPtr()[row + 1]; ++k) {
            const int other = matrix.innerIndexPtr()[k];
            if (other == row) diagonal = matrix.valuePtr()[k];
            if (other < first || other >= last) others += std::abs(matrix.valuePtr()[k]);
        }
        return diagonal >= least_ratio * others ? 0 : others / 2;
    }
    void add_border(const SparseMatrix& matrix, int row, int first, int last) {
        const std::size_t before = border_column.size();
        for (int k = matrix.outerIndexPtr()[row]; k < matrix.outerIndexPtr()[row + 1]; ++k) {
            const int other = matrix.innerIndexPtr()[k];
            if (other >= first && other < last) continue;
            border_column.push_back(other);
            border_value.push_back(static_cast<float>(matrix.valuePtr()[k]));
        }
        if (border_column.size() == before) return;
        // The sweeps take b − A x with the diagonal that they divide by: what it has too much is given back
        // here.
        if (const double increase = diagonal_increase(matrix, row, first, last); increase > 0) {
            border_column.push_back(row);
            border_value.push_back(static_cast<float>(-increase));
        }
        border.push_back(row);
        border_start.push_back(static_cast<int>(border_column.size()));
    }
};

/// Calls with the first and last row of each chunk, and its number.
template <typename Call>
void for_each_chunk(const RowChunks& chunks, const Call& call) {
#pragma omp parallel for schedule(static) if (chunks.count() > 1)
    for (int chunk = 0; chunk < chunks.count(); ++chunk) call(chunks.first(chunk), chunks.last(chunk), chunk);
}

} // namespace

RowChunks::RowChunks(int n_rows) : n_rows_(n_rows) {
    constexpr int least_rows = 512;
    constexpr int most_chunks = 32;
    count_ = std::clamp(n_rows / least_rows, 1, most_chunks);
}

struct Multigrid::Level {
    explicit Level(const SparseMatrix& matrix)
        : n(static_cast<int>(matrix.rows())), chunks(n), sweep(matrix, chunks) {}

    int n;
    RowChunks chunks;
    SweepMatrix sweep;
    FloatMatrix prolongation; ///< From the next coarser level; empty on the coarsest.
    FloatMatrix restriction;
    RowChunks coarse_chunks;
    // Room for blocks, kept from one cycle to the next.
    mutable LargeArray<float> residual;
    mutable LargeArray<float> of_other_chunks;
    mutable LargeArray<float> coarse_load;
    mutable LargeArray<float> coarse_value;
};

Multigrid::Multigrid(const SparseMatrix& matrix, const MultigridOptions& options) {
    build_below(matrix, options);
}

Multigrid::Multigrid(const SparseMatrix& fine, const SparseMatrix& prolongation, const SparseMatrix& coarse,
                     const MultigridOptions& options) {
    CORTICOIL_ASSERT(prolongation.rows() == fine.rows() && prolongation.cols() == coarse.rows());
    levels_.push_back(std::make_unique<Level>(fine));
    levels_.back()->prolongation = FloatMatrix(prolongation);
    levels_.back()->restriction = FloatMatrix(transposed(prolongation));
    levels_.back()->coarse_chunks = RowChunks(static_cast<int>(coarse.rows()));
    build_below(coarse, options);
}

Multigrid::~Multigrid() = default;

void Multigrid::build_below(const SparseMatrix& matrix, const MultigridOptions& options) {
    SparseMatrix own;
    const SparseMatrix* current = &matrix;
    while (current->rows() > options.coarsest_size) {
        const SparseMatrix prolongation = smoothed_prolongation(*current, options.aggregation);
        constexpr double least_coarsening = 0.8;
        if (static_cast<double>(prolongation.cols()) >
            least_coarsening * static_cast<double>(current->rows()))
            break;
        const SparseMatrix restriction = transposed(prolongation);
        levels_.push_back(std::make_unique<Level>(*current));
        Level& level = *levels_.back();
        level.prolongation = FloatMatrix(prolongation);
        level.restriction = FloatMatrix(restriction);
        level.coarse_chunks = RowChunks(static_cast<int>(prolongation.cols()));
        own = product(restriction, product(*current, prolongation, false), true);
        current = &own;
    }
    // The coarsest: a constant added to every entry makes it regular and leaves what sums to zero.
    Eigen::MatrixXd dense = *current;
    const auto n = static_cast<double>(dense.rows());
    dense.array() += dense.trace() / (n * n);
    coarsest_inverse_ =
        dense.llt().solve(Eigen::MatrixXd::Identity(dense.rows(), dense.cols())).cast<float>();
}

void Multigrid::apply(int width, const float* r, float* z) const {
    cycle(0, block_kernels(width), r, z);
}

void Multigrid::cycle(std::size_t level_number, const BlockKernels& kernels, const float* b, float* x) const {
    const int width = kernels.width;
    if (level_number == levels_.size()) {
        using Block = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
        const Eigen::Map<const Block> load(b, coarsest_inverse_.rows(), width);
        Eigen::Map<Block>(x, coarsest_inverse_.rows(), width).noalias() = coarsest_inverse_ * load;
        return;
    }
    const Level& level = *levels_[level_number];
    const auto size = static_cast<std::size_t>(level.n) * static_cast<std::size_t>(width);
    const auto coarse_size =
        static_cast<std::size_t>(level.restriction.n_rows) * static_cast<std::size_t>(width);
    const SweepRows a = level.sweep.rows();
    level.residual.reserve(size);
    level.of_other_chunks.reserve(level.sweep.border.size() * static_cast<std::size_t>(width));
    level.coarse_load.reserve(coarse_size);
    level.coarse_value.reserve(coarse_size);
    float* const r = level.residual.data();
    float* const g = level.of_other_chunks.data();
    float* const coarse_b = level.coarse_load.data();
    float* const coarse_x = level.coarse_value.data();
    const std::vector<int>& borders = level.sweep.first_border;
    const auto first_border = [&](int chunk) { return borders[static_cast<std::size_t>(chunk)]; };

    for_each_chunk(level.chunks,
                   [&](int first, int last, int) { kernels.forward_from_zero(a, b, x, first, last); });
    for_each_chunk(level.chunks, [&](int first, int last, int chunk) {
        kernels.residual_after_forward(a, x, r, first, last, first_border(chunk), first_border(chunk + 1));
    });
    const FloatRows restriction = level.restriction.rows();
    for_each_chunk(level.coarse_chunks, [&](int first, int last, int) {
        kernels.multiply(restriction, r, coarse_b, first, last);
    });
    cycle(level_number + 1, kernels, coarse_b, coarse_x);
    const FloatRows prolongation = level.prolongation.rows();
    for_each_chunk(level.chunks, [&](int first, int last, int) {
        kernels.multiply_add(prolongation, coarse_x, x, first, last);
    });
    for_each_chunk(level.chunks, [&](int, int, int chunk) {
        kernels.other_chunks(a, x, g, first_border(chunk), first_border(chunk + 1));
    });
    for_each_chunk(level.chunks, [&](int first, int last, int chunk) {
        kernels.backward(a, b, g, x, first, last, first_border(chunk), first_border(chunk + 1));
    });
}

int Multigrid::n_levels() const {
    return static_cast<int>(levels_.size()) + 1;
}

double Multigrid::operator_complexity() const {
    double sum = static_cast<double>(coarsest_inverse_.size());
    for (const auto& level : levels_) sum += static_cast<double>(level->sweep.n_entries()) + level->n;
    return levels_.empty()
               ? 1
               : sum / (static_cast<double>(levels_.front()->sweep.n_entries()) + levels_.front()->n);
}

double Multigrid::bytes_per_cycle() const {
    double bytes = 4.0 * static_cast<double>(coarsest_inverse_.size());
    for (const auto& level : levels_) {
        // Down: one half of the entries, then the other; up: those of other chunks, then the rest.
        bytes += 2 * 8.0 * static_cast<double>(level->sweep.n_entries());
        bytes += level->prolongation.bytes() + level->restriction.bytes();
    }
    return bytes;
}

} // namespace corticoil::solver
