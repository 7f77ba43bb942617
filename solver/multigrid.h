#pragma once

#include "solver/aggregation.h"
#include "solver/block_kernels.h"
#include "solver/stiffness.h"

#include <memory>
#include <vector>

namespace corticoil::solver {

/// Settings of the hierarchy; the defaults were chosen by measurement (docs/decisions/0005).
struct MultigridOptions {
    AggregationOptions aggregation;
    int coarsest_size = 300; ///< At most that many unknowns are left to a dense inverse.
};

/// A symmetric V-cycle in float as a preconditioner for a singular, positive semi-definite matrix
/// whose null space are the constants: smoothed aggregation with one Gauss–Seidel sweep down and one up, each
/// within fixed chunks of rows, so that results do not depend on the number of threads.
class Multigrid {
  public:
    /// Hierarchy of `matrix` alone.
    explicit Multigrid(const SparseMatrix& matrix, const MultigridOptions& options = {});
    /// The same below a finer matrix: `prolongation` maps unknowns of `coarse` to those of `fine`.
    Multigrid(const SparseMatrix& fine, const SparseMatrix& prolongation, const SparseMatrix& coarse,
              const MultigridOptions& options = {});
    ~Multigrid();
    Multigrid(const Multigrid&) = delete;
    Multigrid& operator=(const Multigrid&) = delete;
    Multigrid(Multigrid&&) = delete;
    Multigrid& operator=(Multigrid&&) = delete;

    /// z = M⁻¹ r for blocks of `width` values per row (1, 4, 8, 16). Not from two threads at once.
    void apply(int width, const float* r, float* z) const;

    [[nodiscard]] int n_levels() const;
    /// Entries of all levels over those of the finest.
    [[nodiscard]] double operator_complexity() const;
    /// Bytes of matrix entries that one cycle reads: all its sweeps, residuals and transfers.
    [[nodiscard]] double bytes_per_cycle() const;

  private:
    struct Level;
    void build_below(const SparseMatrix& matrix, const MultigridOptions& options);
    void cycle(std::size_t level, const BlockKernels& kernels, const float* b, float* x) const;

    std::vector<std::unique_ptr<Level>> levels_;
    Eigen::MatrixXf coarsest_inverse_;
};

/// Rows in contiguous chunks of about equal size, as many whatever the number of threads: the unit of
/// Gauss–Seidel sweeps and of sums.
class RowChunks {
  public:
    RowChunks() = default;
    explicit RowChunks(int n_rows);
    [[nodiscard]] int count() const { return count_; }
    [[nodiscard]] int first(int chunk) const {
        return static_cast<int>(static_cast<std::int64_t>(n_rows_) * chunk / count_);
    }
    [[nodiscard]] int last(int chunk) const { return first(chunk + 1); }

  private:
    int n_rows_ = 0;
    int count_ = 1;
};

} // namespace corticoil::solver
