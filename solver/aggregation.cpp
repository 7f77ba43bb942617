#include "solver/aggregation.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <utility>
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

/// Gathers nodes greedily, in the order of their numbers.
class Gathering {
  public:
    Gathering(const SparseMatrix& matrix, const StrongEntries& strong)
        : matrix_(matrix), strong_(strong), of_node_(static_cast<std::size_t>(matrix.rows()), none) {}

    Aggregates aggregates() {
        found_among_free_nodes();
        join_strongest();
        gather_the_rest();
        return numbered_by_first_node();
    }

  private:
    static constexpr int none = -1;

    int& aggregate_of(int node) { return of_node_[static_cast<std::size_t>(node)]; }
    [[nodiscard]] int n_nodes() const { return static_cast<int>(of_node_.size()); }
    [[nodiscard]] std::span<const int> strong_entries_of(int node) const {
        const auto row = static_cast<std::size_t>(node);
        return std::span(strong_.entry)
            .subspan(static_cast<std::size_t>(strong_.start[row]),
                     static_cast<std::size_t>(strong_.start[row + 1] - strong_.start[row]));
    }
    [[nodiscard]] int neighbour(int entry) const { return matrix_.innerIndexPtr()[entry]; }
    [[nodiscard]] double tie(int entry) const { return std::abs(matrix_.valuePtr()[entry]); }

    /// A node whose strong neighbours are all free founds an aggregate with them.
    void found_among_free_nodes() {
        for (int node = 0; node < n_nodes(); ++node) {
            const std::span<const int> entries = strong_entries_of(node);
            if (aggregate_of(node) != none || entries.empty()) continue;
            if (std::any_of(entries.begin(), entries.end(),
                            [&](int entry) { return aggregate_of(neighbour(entry)) != none; }))
                continue;
            aggregate_of(node) = count_;
            for (const int entry : entries) aggregate_of(neighbour(entry)) = count_;
            ++count_;
        }
    }
    /// The others join the aggregate, of those founded so far, that they are tied to most strongly.
    void join_strongest() {
        std::vector<int> joined = of_node_;
        for (int node = 0; node < n_nodes(); ++node) {
            if (aggregate_of(node) != none) continue;
            double strongest = 0;
            for (const int entry : strong_entries_of(node)) {
                if (aggregate_of(neighbour(entry)) == none || tie(entry) <= strongest) continue;
                strongest = tie(entry);
                joined[static_cast<std::size_t>(node)] = aggregate_of(neighbour(entry));
            }
        }
        of_node_ = std::move(joined);
    }
    /// What is left founds aggregates with its free neighbours; a node without any strong entry follows its
    /// largest.
    void gather_the_rest() {
        for (int node = 0; node < n_nodes(); ++node) {
            if (aggregate_of(node) != none) continue;
            const std::span<const int> entries = strong_entries_of(node);
            if (entries.empty()) aggregate_of(node) = aggregate_of_largest_entry(node);
            if (aggregate_of(node) != none) continue;
            aggregate_of(node) = count_;
            for (const int entry : entries) {
                if (aggregate_of(neighbour(entry)) == none) aggregate_of(neighbour(entry)) = count_;
            }
            ++count_;
        }
    }
    int aggregate_of_largest_entry(int node) {
        double largest = 0;
        int result = none;
        for (int entry = matrix_.outerIndexPtr()[node]; entry < matrix_.outerIndexPtr()[node + 1]; ++entry) {
            const int other = neighbour(entry);
            if (other == node || aggregate_of(other) == none || tie(entry) <= largest) continue;
            largest = tie(entry);
            result = aggregate_of(other);
        }
        return result;
    }
    Aggregates numbered_by_first_node() {
        std::vector<int> number(static_cast<std::size_t>(count_), none);
        int next = 0;
        for (int& own : of_node_) {
            int& renumbered = number[static_cast<std::size_t>(own)];
            if (renumbered == none) renumbered = next++;
            own = renumbered;
        }
        return {std::move(of_node_), count_};
    }

    const SparseMatrix& matrix_;
    const StrongEntries& strong_;
    std::vector<int> of_node_;
    int count_ = 0;
};

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

/// The diagonal with the weak entries of each row on it: without them rows must still sum to what they did.
Eigen::VectorXd lumped_diagonal(const SparseMatrix& matrix, const StrongEntries& strong,
                                const Eigen::VectorXd& diagonal) {
    // Positive entries off the diagonal (obtuse tetrahedra) can make it small or negative.
    constexpr double least_share = 0.1; // Of the diagonal itself.
    const auto n = static_cast<int>(matrix.rows());
    Eigen::VectorXd lumped(n);
#pragma omp parallel for schedule(static)
    for (int row = 0; row < n; ++row) {
        double sum = 0;
        for (int k = matrix.outerIndexPtr()[row]; k < matrix.outerIndexPtr()[row + 1]; ++k)
            sum += matrix.valuePtr()[k];
        for (int s = strong.start[static_cast<std::size_t>(row)];
             s < strong.start[static_cast<std::size_t>(row) + 1]; ++s)
            sum -= matrix.valuePtr()[strong.entry[static_cast<std::size_t>(s)]];
        lumped[row] = std::max(sum, least_share * diagonal[row]);
    }
    return lumped;
}

/// Rows of (1 − ω D⁻¹A) times the aggregates' indicator functions, A and D without weak entries.
struct SmoothedRows {
    const SparseMatrix& matrix;
    const StrongEntries& strong;
    const std::vector<int>& aggregate_of;
    const Eigen::VectorXd& lumped;
    double damping;

    using Entries = std::vector<std::pair<int, double>>;

    /// Column and value of each entry, columns in no order.
    void row(int node, Entries& entries) const {
        entries.clear();
        const auto add = [&](int column, double value) {
            const auto found = std::find_if(entries.begin(), entries.end(),
                                            [&](const auto& entry) { return entry.first == column; });
            if (found == entries.end()) {
                entries.emplace_back(column, value);
            } else {
                found->second += value;
            }
        };
        add(aggregate_of[static_cast<std::size_t>(node)], 1 - damping);
        double sum = 1 - damping;
        for (int s = strong.start[static_cast<std::size_t>(node)];
             s < strong.start[static_cast<std::size_t>(node) + 1]; ++s) {
            const int k = strong.entry[static_cast<std::size_t>(s)];
            const double value = -damping * matrix.valuePtr()[k] / lumped[node];
            add(aggregate_of[static_cast<std::size_t>(matrix.innerIndexPtr()[k])], value);
            sum += value;
        }
        // Constants stay constant, also where the lumped diagonal was raised.
        entries.front().second += 1 - sum;
    }
};

SparseMatrix assembled(const SmoothedRows& rows, int n_columns) {
    const auto n = static_cast<int>(rows.matrix.rows());
    SparseMatrix prolongation(n, n_columns);
    int* const start = prolongation.outerIndexPtr();
    start[0] = 0;
#pragma omp parallel
    {
        SmoothedRows::Entries entries;
#pragma omp for schedule(static)
        for (int row = 0; row < n; ++row) {
            rows.row(row, entries);
            start[row + 1] = static_cast<int>(entries.size());
        }
    }
    std::partial_sum(start, start + n + 1, start);
    prolongation.resizeNonZeros(start[n]);
#pragma omp parallel
    {
        SmoothedRows::Entries entries;
#pragma omp for schedule(static)
        for (int row = 0; row < n; ++row) {
            rows.row(row, entries);
            std::sort(entries.begin(), entries.end());
            for (std::size_t i = 0; i < entries.size(); ++i) {
                prolongation.innerIndexPtr()[start[row] + static_cast<int>(i)] = entries[i].first;
                prolongation.valuePtr()[start[row] + static_cast<int>(i)] = entries[i].second;
            }
        }
    }
    return prolongation;
}

} // namespace

SparseMatrix smoothed_prolongation(const SparseMatrix& matrix, const AggregationOptions& options) {
    const Eigen::VectorXd diagonal = matrix.diagonal();
    const StrongEntries strong = strong_entries(matrix, diagonal, options.strength);
    const Aggregates aggregates = Gathering(matrix, strong).aggregates();
    const Eigen::VectorXd lumped = lumped_diagonal(matrix, strong, diagonal);
    const double damping = options.prolongator_damping / largest_eigenvalue(matrix, strong, lumped);
    return assembled({matrix, strong, aggregates.of_node, lumped, damping}, aggregates.count);
}

} // namespace corticoil::solver
