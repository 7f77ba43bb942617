#pragma once

#include <cstddef>
#include <numeric>
#include <vector>

namespace corticoil {

/// Numbers 0 … n − 1 in sets that are merged (union-find with path halving).
class DisjointSets {
  public:
    explicit DisjointSets(int n) : parent_(static_cast<std::size_t>(n)) {
        std::iota(parent_.begin(), parent_.end(), 0);
    }

    /// The number that stands for the set of `i`.
    [[nodiscard]] int root(int i) {
        while (parent(i) != i) {
            parent(i) = parent(parent(i));
            i = parent(i);
        }
        return i;
    }

    /// Joins the set of `j` to that of `i`, whose root stays.
    void merge(int i, int j) {
        const int kept = root(i);
        parent(root(j)) = kept;
    }

  private:
    [[nodiscard]] int& parent(int i) { return parent_[static_cast<std::size_t>(i)]; }

    std::vector<int> parent_;
};

} // namespace corticoil
