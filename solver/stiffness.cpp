#include "solver/stiffness.h"

#include "core/error.h"
#include "solver/gradients.h"
#include "solver/node_tetrahedra.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <numeric>
#include <vector>

namespace corticoil::solver {

namespace {

/// V ∇λ_i·σ∇λ_j of one tetrahedron, from which the element matrices of both orders follow.
Eigen::Matrix4d gradient_products(const TetMesh& mesh, const Conductivity& conductivity, int t) {
    const TetrahedronGradients element = gradients_of(mesh, t);
    if (conductivity.is_isotropic()) {
        return conductivity[t] * element.volume * (element.gradients.transpose() * element.gradients);
    }
    return element.volume * (element.gradients.transpose() * conductivity.tensor(t) * element.gradients);
}

/// Mean of λ_i λ_j over a tetrahedron.
double mean_product(int i, int j) {
    return i == j ? 0.1 : 0.05;
}

/// One entry of the element matrix of order 1 or 2; local unknowns 4 … 9 belong to edge_corners.
/// With ∇N_i = (4λ_i − 1)∇λ_i at corners and 4(λ_j∇λ_i + λ_i∇λ_j) at midpoints, integrated exactly.
double element_entry(const Eigen::Matrix4d& g, int order, int a, int b) {
    if (order == 1) return g(a, b);
    if (a < 4 && b < 4) return a == b ? 0.6 * g(a, a) : -0.2 * g(a, b);
    if (a > b) std::swap(a, b);
    const auto [k, l] = edge_corners[static_cast<std::size_t>(b - 4)];
    if (a < 4) {
        return 4 * (g(a, k) * (4 * mean_product(a, l) - 0.25) + g(a, l) * (4 * mean_product(a, k) - 0.25));
    }
    const auto [i, j] = edge_corners[static_cast<std::size_t>(a - 4)];
    return 16 * (mean_product(j, l) * g(i, k) + mean_product(j, k) * g(i, l) + mean_product(i, l) * g(j, k) +
                 mean_product(i, k) * g(j, l));
}

/// The tetrahedra around each unknown.
NodeTetrahedra tetrahedra_around_unknowns(const ElementSpace& space) {
    if (space.order() == 1) return tetrahedra_around_nodes(space.mesh());
    const int n_tetrahedra = space.mesh().n_tetrahedra();
    NodeTetrahedra result;
    result.start.assign(static_cast<std::size_t>(space.n_unknowns()) + 1, 0);
    for (int t = 0; t < n_tetrahedra; ++t) {
        for (int i = 0; i < space.n_local(); ++i)
            ++result.start[static_cast<std::size_t>(space.unknown(t, i)) + 1];
    }
    std::partial_sum(result.start.begin(), result.start.end(), result.start.begin());
    result.tetrahedra.resize(static_cast<std::size_t>(result.start.back()));
    std::vector<int> next(result.start.begin(), result.start.end() - 1);
    for (int t = 0; t < n_tetrahedra; ++t) {
        for (int i = 0; i < space.n_local(); ++i) {
            int& slot = next[static_cast<std::size_t>(space.unknown(t, i))];
            result.tetrahedra[static_cast<std::size_t>(slot++)] = t;
        }
    }
    return result;
}

/// The columns of one row, ascending, and where each lies; one per thread.
class RowPattern {
  public:
    explicit RowPattern(const ElementSpace& space)
        : space_(space), position_(static_cast<std::size_t>(space.n_unknowns()), -1) {}

    const std::vector<int>& columns_of(std::span<const int> tetrahedra) {
        columns_.clear();
        for (const int t : tetrahedra) {
            for (int i = 0; i < space_.n_local(); ++i) {
                int& seen = position_[static_cast<std::size_t>(space_.unknown(t, i))];
                if (seen >= 0) continue;
                seen = 0;
                columns_.push_back(space_.unknown(t, i));
            }
        }
        std::sort(columns_.begin(), columns_.end());
        for (std::size_t k = 0; k < columns_.size(); ++k)
            position_[static_cast<std::size_t>(columns_[k])] = static_cast<int>(k);
        return columns_;
    }
    [[nodiscard]] int position(int column) const { return position_[static_cast<std::size_t>(column)]; }
    void clear() {
        for (const int column : columns_) position_[static_cast<std::size_t>(column)] = -1;
    }

  private:
    const ElementSpace& space_;
    std::vector<int> position_;
    std::vector<int> columns_;
};

} // namespace

SparseMatrix assemble_stiffness(const ElementSpace& space, const Conductivity& conductivity) {
    CORTICOIL_ASSERT(conductivity.size() == space.mesh().n_tetrahedra());
    const NodeTetrahedra around = tetrahedra_around_unknowns(space);
    const int n = space.n_unknowns();
    std::vector<std::int64_t> row_start(static_cast<std::size_t>(n) + 1, 0);
#pragma omp parallel
    {
        RowPattern pattern(space);
#pragma omp for schedule(static)
        for (int row = 0; row < n; ++row) {
            row_start[static_cast<std::size_t>(row) + 1] =
                static_cast<std::int64_t>(pattern.columns_of(around.of(row)).size());
            pattern.clear();
        }
    }
    std::partial_sum(row_start.begin(), row_start.end(), row_start.begin());
    if (row_start.back() > std::numeric_limits<int>::max()) {
        throw Error(
            fmt::format("mesh: {} tetrahedra are too many for elements of order {}; use a coarser mesh",
                        space.mesh().n_tetrahedra(), space.order()));
    }

    SparseMatrix stiffness(n, n);
    stiffness.resizeNonZeros(static_cast<Eigen::Index>(row_start.back()));
    std::copy(row_start.begin(), row_start.end(), stiffness.outerIndexPtr());
#pragma omp parallel
    {
        RowPattern pattern(space);
#pragma omp for schedule(static)
        for (int row = 0; row < n; ++row) {
            const std::span<const int> tetrahedra = around.of(row);
            const std::vector<int>& columns = pattern.columns_of(tetrahedra);
            int* const row_columns = stiffness.innerIndexPtr() + stiffness.outerIndexPtr()[row];
            double* const row_values = stiffness.valuePtr() + stiffness.outerIndexPtr()[row];
            std::copy(columns.begin(), columns.end(), row_columns);
            std::fill_n(row_values, columns.size(), 0.0);
            for (const int t : tetrahedra) {
                const Eigen::Matrix4d products = gradient_products(space.mesh(), conductivity, t);
                int own = 0;
                while (space.unknown(t, own) != row) ++own;
                for (int i = 0; i < space.n_local(); ++i) {
                    row_values[pattern.position(space.unknown(t, i))] +=
                        element_entry(products, space.order(), own, i);
                }
            }
            pattern.clear();
        }
    }
    return stiffness;
}

} // namespace corticoil::solver
