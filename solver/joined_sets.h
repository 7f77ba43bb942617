#pragma once

#include <atomic>
#include <cstddef>
#include <numeric>
#include <utility>
#include <vector>

namespace corticoil::solver {

/// Disjoint sets of 0 … n−1 that several threads may join at once. The root of a set is its lowest member, in
/// whatever order it was joined, so that the result does not depend on the threads. (Path halving: Tarjan &
/// van Leeuwen 1984, J ACM 31:245; joins by compare-and-swap.)
class JoinedSets {
  public:
    explicit JoinedSets(int n) : parent_(static_cast<std::size_t>(n)) {
        std::iota(parent_.begin(), parent_.end(), 0);
    }

    [[nodiscard]] int root(int member) {
        for (;;) {
            const int up = at(member).load(std::memory_order_relaxed);
            if (up == member) return member;
            const int further = at(up).load(std::memory_order_relaxed);
            // Parents only ever become lower and stay in the set: another thread's store in between does no
            // harm.
            if (further != up) at(member).store(further, std::memory_order_relaxed);
            member = further;
        }
    }

    void join(int a, int b) {
        for (;;) {
            a = root(a);
            b = root(b);
            if (a == b) return;
            if (a > b) std::swap(a, b);
            int expected = b;
            if (at(b).compare_exchange_strong(expected, a, std::memory_order_relaxed)) return;
        }
    }

  private:
    [[nodiscard]] std::atomic_ref<int> at(int member) {
        return std::atomic_ref<int>(parent_[static_cast<std::size_t>(member)]);
    }

    std::vector<int> parent_;
};

} // namespace corticoil::solver
