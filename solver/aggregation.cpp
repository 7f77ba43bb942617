#include "solver/aggregation.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace corticoil::solver {

namespace {

/// The strong entries of each row without the diagonal, as indices into the matrix's entries.
struct StrongEntries {
    std::vector<int> start;
    std::vector<int> entry;
};

StrongEntries strong_entries(const SparseMatrix& matrix, const Eigen::VectorXd& diagonal, double strength) {
    const auto n = static_cast<int>(matrix.rows());
    const auto is_strong = [&](int row, int k) {
        const int column = matrix.innerIndexPtr()[k];
        const double value = matrix.valuePtr()[k];
        return column != row && value * value > strength * strength * diagonal[row] * diagonal[column];
    };
    StrongEntries strong;
    strong.start.assign(static_cast<std::size_t>(n) + 1, 0);
#pragma omp parallel for schedule(static)
    for (int row = 0; row < n; ++row) {
        int count = 0;
        for (int k = matrix.outerIndexPtr()[row]; k < matrix.outerIndexPtr()[row + 1]; ++k)
            count += is_strong(row, k) ? 1 : 0;
        strong.start[static_cast<std::size_t>(row) + 1] = count;
    }
    std::partial_sum(strong.start.begin(), strong.start.end(), strong.start.begin());
    strong.entry.resize(static_cast<std::size_t>(strong.start.back()));
#pragma omp parallel for schedule(static)
    for (int row = 0; row < n; ++row) {
        auto slot = static_cast<std::size_t>(strong.start[static_cast<std::size_t>(row)]);
        for (int k = matrix.outerIndexPtr()[row]; k < matrix.outerIndexPtr()[row + 1]; ++k) {
            if (is_strong(row, k)) strong.entry[slot++] = k;
        }
    }
    return strong;
}

/// The aggregate of each node, numbered in the order of their first node.
struct Aggregates {
    std::vector<int> of_node;
    int count = 0;
};

Aggregates aggregate(const SparseMatrix& matrix, const StrongEntries& strong) {
    const auto n = static_cast<int>(matrix.rows());
    constexpr int none = -1;
    std::vector<int> of_node(static_cast<std::size_t>(n), none);
    int count = 0;
    const auto neighbours = [&](int node, const auto& visit) {
        for (int s = strong.start[static_cast<std::size_t>(node)];
             s < strong.start[static_cast<std::size_t>(node) + 1]; ++s) {
            const int k = strong.entry[static_cast<std::size_t>(s)];
            if (!visit(matrix.innerIndexPtr()[k], std::abs(matrix.valuePtr()[k]))) return;
        }
    };
    // First: a node whose strong neighbours are all free founds an aggregate with them.
    for (int node = 0; node < n; ++node) {
        if (of_node[static_cast<std::size_t>(node)] != none) continue;
        bool is_free = true;
        neighbours(node, [&](int other, double) {
            return is_free = of_node[static_cast<std::size_t>(other)] == none;
        });
        if (!is_free ||
            strong.start[static_cast<std::size_t>(node)] == strong.start[static_cast<std::size_t>(node) + 1])
            continue;
        of_node[static_cast<std::size_t>(node)] = count;
        neighbours(node, [&](int other, double) {
            of_node[static_cast<std::size_t>(other)] = count;
            return true;
        });
        ++count;
    }
    // Then: the others join the aggregate that they are tied to most strongly.
    std::vector<int> joined = of_node;
    for (int node = 0; node < n; ++node) {
        if (of_node[static_cast<std::size_t>(node)] != none) continue;
        double strongest = 0;
        neighbours(node, [&](int other, double value) {
            if (of_node[static_cast<std::size_t>(other)] != none && value > strongest) {
                strongest = value;
                joined[static_cast<std::size_t>(node)] = of_node[static_cast<std::size_t>(other)];
            }
            return true;
        });
    }
    of_node = std::move(joined);
    // What is left founds aggregates with its free neighbours; a node without any strong entry follows its
    // largest one.
    for (int node = 0; node < n; ++node) {
        if (of_node[static_cast<std::size_t>(node)] != none) continue;
        if (strong.start[static_cast<std::size_t>(node)] ==
            strong.start[static_cast<std::size_t>(node) + 1]) {
            double largest = 0;
            for (int k = matrix.outerIndexPtr()[node]; k < matrix.outerIndexPtr()[node + 1]; ++k) {
                const int other = matrix.innerIndexPtr()[k];
                const double value = std::abs(matrix.valuePtr()[k]);
                if (other == node || of_node[static_cast<std::size_t>(other)] == none || value <= largest)
                    continue;
                largest = value;
                of_node[static_cast<std::size_t>(node)] = of_node[static_cast<std::size_t>(other)];
            }
            if (of_node[static_cast<std::size_t>(node)] != none) continue;
        }
        of_node[static_cast<std::size_t>(node)] = count;
        neighbours(node, [&](int other, double) {
            if (of_node[static_cast<std::size_t>(other)] == none)
                of_node[static_cast<std::size_t>(other)] = count;
            return true;
        });
        ++count;
    }
    std::vector<int> number(static_cast<std::size_t>(count), none);
    int next = 0;
    for (int& own : of_node) {
        int& renumbered = number[static_cast<std::size_t>(own)];
        if (renumbered == none) renumbered = next++;
        own = renumbered;
    }
    return {std::move(of_node), count};
}

/// The largest eigenvalue of D⁻¹A_strong by a few power iterations from a fixed start; a little below the
/// true one.
double largest_eigenvalue(const SparseMatrix& matrix, const StrongEntries& strong,
                          const Eigen::VectorXd& lumped_diagonal) {
    constexpr int n_iterations = 8;
    const auto n = static_cast<int>(matrix.rows());
    Eigen::VectorXf x(n);
    std::uint32_t state = 1;
    for (int i = 0; i < n; ++i) {
        state = state * 1664525U + 1013904223U; // Any fixed irregular sequence will do.
        x[i] = static_cast<float>(state >> 8U) / 16777216.0F - 0.5F;
    }
    Eigen::VectorXf y(n);
    double eigenvalue = 0;
    for (int iteration = 0; iteration < n_iterations; ++iteration) {
#pragma omp parallel for schedule(static)
        for (int row = 0; row < n; ++row) {
            double sum = lumped_diagonal[row] * static_cast<double>(x[row]);
            for (int s = strong.start[static_cast<std::size_t>(row)];
                 s < strong.start[static_cast<std::size_t>(row) + 1]; ++s) {
                const int k = strong.entry[static_cast<std::size_t>(s)];
                sum += matrix.valuePtr()[k] * static_cast<double>(x[matrix.innerIndexPtr()[k]]);
            }
            y[row] = static_cast<float>(sum / lumped_diagonal[row]);
        }
        eigenvalue = std::sqrt(y.cast<double>().squaredNorm() / x.cast<double>().squaredNorm());
        x = y / static_cast<float>(y.cast<double>().norm());
    }
    return eigenvalue;
}

} // namespace

SparseMatrix smoothed_prolongation(const SparseMatrix& matrix, const AggregationOptions& options) {
    const auto n = static_cast<int>(matrix.rows());
    const Eigen::VectorXd diagonal = matrix.diagonal();
    const StrongEntries strong = strong_entries(matrix, diagonal, options.strength);
    const Aggregates aggregates = aggregate(matrix, strong);
    // Without the weak entries rows must still sum to what they did: they go onto the diagonal.
    Eigen::VectorXd lumped(n);
#pragma omp parallel for schedule(static)
    for (int row = 0; row < n; ++row) {
        double sum = 0;
        for (int k = matrix.outerIndexPtr()[row]; k < matrix.outerIndexPtr()[row + 1]; ++k)
            sum += matrix.valuePtr()[k];
        for (int s = strong.start[static_cast<std::size_t>(row)];
             s < strong.start[static_cast<std::size_t>(row) + 1]; ++s)
            sum -= matrix.valuePtr()[strong.entry[static_cast<std::size_t>(s)]];
        // Positive entries off the diagonal (obtuse tetrahedra) can make it small or negative.
        lumped[row] = std::max(sum, 0.1 * diagonal[row]);
    }
    const double damping = options.prolongator_damping / largest_eigenvalue(matrix, strong, lumped);

    SparseMatrix prolongation(n, aggregates.count);
    int* const start = prolongation.outerIndexPtr();
    start[0] = 0;
    const auto smoothed_row = [&](int row, std::vector<std::pair<int, double>>& entries) {
        entries.clear();
        const auto add = [&](int aggregate_of, double value) {
            const auto found = std::find_if(entries.begin(), entries.end(),
                                            [&](const auto& entry) { return entry.first == aggregate_of; });
            if (found == entries.end()) {
                entries.emplace_back(aggregate_of, value);
            } else {
                found->second += value;
            }
        };
        add(aggregates.of_node[static_cast<std::size_t>(row)], 1 - damping);
        double sum = 1 - damping;
        for (int s = strong.start[static_cast<std::size_t>(row)];
             s < strong.start[static_cast<std::size_t>(row) + 1]; ++s) {
            const int k = strong.entry[static_cast<std::size_t>(s)];
            const double value = -damping * matrix.valuePtr()[k] / lumped[row];
            add(aggregates.of_node[static_cast<std::size_t>(matrix.innerIndexPtr()[k])], value);
            sum += value;
        }
        entries.front().second += 1 - sum;
    };
#pragma omp parallel
    {
        std::vector<std::pair<int, double>> entries;
#pragma omp for schedule(static)
        for (int row = 0; row < n; ++row) {
            smoothed_row(row, entries);
            start[row + 1] = static_cast<int>(entries.size());
        }
    }
    std::partial_sum(start, start + n + 1, start);
    prolongation.resizeNonZeros(start[n]);
#pragma omp parallel
    {
        std::vector<std::pair<int, double>> entries;
#pragma omp for schedule(static)
        for (int row = 0; row < n; ++row) {
            smoothed_row(row, entries);
            std::sort(entries.begin(), entries.end());
            for (std::size_t i = 0; i < entries.size(); ++i) {
                prolongation.innerIndexPtr()[start[row] + static_cast<int>(i)] = entries[i].first;
                prolongation.valuePtr()[start[row] + static_cast<int>(i)] = entries[i].second;
            }
        }
    }
    return prolongation;
}

} // namespace corticoil::solver
