#include "solver/sparse_products.h"

#include "core/error.h"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

namespace corticoil::solver {

SparseMatrix transposed(const SparseMatrix& matrix) {
    const auto n_rows = static_cast<int>(matrix.rows());
    const auto n_columns = static_cast<int>(matrix.cols());
    SparseMatrix result(n_columns, n_rows);
    result.resizeNonZeros(matrix.nonZeros());
    int* const start = result.outerIndexPtr();
    std::fill_n(start, n_columns + 1, 0);
    for (Eigen::Index k = 0; k < matrix.nonZeros(); ++k) ++start[matrix.innerIndexPtr()[k] + 1];
    std::partial_sum(start, start + n_columns + 1, start);
    std::vector<int> next(start, start + n_columns);
    for (int row = 0; row < n_rows; ++row) {
        for (int k = matrix.outerIndexPtr()[row]; k < matrix.outerIndexPtr()[row + 1]; ++k) {
            const int slot = next[static_cast<std::size_t>(matrix.innerIndexPtr()[k])]++;
            result.innerIndexPtr()[slot] = row;
            result.valuePtr()[slot] = matrix.valuePtr()[k];
        }
    }
    return result;
}

SparseMatrix product(const SparseMatrix& a, const SparseMatrix& b, bool sorted) {
    CORTICOIL_ASSERT(a.cols() == b.rows());
    const auto n_rows = static_cast<int>(a.rows());
    const auto n_columns = static_cast<std::size_t>(b.cols());
    SparseMatrix result(a.rows(), b.cols());
    int* const start = result.outerIndexPtr();
    start[0] = 0;
    const auto for_each_product = [&](int row, const auto& visit) {
        for (int k = a.outerIndexPtr()[row]; k < a.outerIndexPtr()[row + 1]; ++k) {
            const int middle = a.innerIndexPtr()[k];
            const double factor = a.valuePtr()[k];
            for (int l = b.outerIndexPtr()[middle]; l < b.outerIndexPtr()[middle + 1]; ++l)
                visit(b.innerIndexPtr()[l], factor * b.valuePtr()[l]);
        }
    };
#pragma omp parallel
    {
        std::vector<int> seen_in(n_columns, -1);
#pragma omp for schedule(static)
        for (int row = 0; row < n_rows; ++row) {
            int n_entries = 0;
            for_each_product(row, [&](int column, double) {
                int& seen = seen_in[static_cast<std::size_t>(column)];
                if (seen == row) return;
                seen = row;
                ++n_entries;
            });
            start[row + 1] = n_entries;
        }
    }
    std::partial_sum(start, start + n_rows + 1, start);
    result.resizeNonZeros(start[n_rows]);
#pragma omp parallel
    {
        std::vector<int> slot_of(n_columns, -1);
        std::vector<std::pair<int, double>> row_entries;
#pragma omp for schedule(static)
        for (int row = 0; row < n_rows; ++row) {
            const int first = start[row];
            int next = first;
            for_each_product(row, [&](int column, double value) {
                int& slot = slot_of[static_cast<std::size_t>(column)];
                if (slot >= first) {
                    result.valuePtr()[slot] += value;
                    return;
                }
                slot = next++;
                result.innerIndexPtr()[slot] = column;
                result.valuePtr()[slot] = value;
            });
            for (int slot = first; slot < next; ++slot)
                slot_of[static_cast<std::size_t>(result.innerIndexPtr()[slot])] = -1;
            if (!sorted) continue;
            row_entries.clear();
            for (int slot = first; slot < next; ++slot)
                row_entries.emplace_back(result.innerIndexPtr()[slot], result.valuePtr()[slot]);
            std::sort(row_entries.begin(), row_entries.end(),
                      [](const auto& x, const auto& y) { return x.first < y.first; });
            for (int slot = first; slot < next; ++slot) {
                const auto& [column, value] = row_entries[static_cast<std::size_t>(slot - first)];
                result.innerIndexPtr()[slot] = column;
                result.valuePtr()[slot] = value;
            }
        }
    }
    return result;
}

} // namespace corticoil::solver
