#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <utility>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace corticoil::solver {

/// Asks for large memory pages for a range that has not been written yet: gathers from big vectors then miss
/// far less often when addresses are translated. A hint; small ranges are left alone.
inline void prefer_large_pages([[maybe_unused]] void* address, [[maybe_unused]] std::size_t bytes) {
#ifdef __linux__
    constexpr std::size_t page = std::size_t{1} << 21U;
    if (bytes < 2 * page) return;
    void* first = address;
    std::size_t room = bytes;
    if (std::align(page, page, first, room) != nullptr) madvise(first, room / page * page, MADV_HUGEPAGE);
#endif
}

/// An array of plain values that is not zeroed on creation, aligned to cache lines, on large pages where it
/// is big.
template <typename Value>
class LargeArray {
  public:
    LargeArray() = default;
    explicit LargeArray(std::size_t size) : size_(size) {
        if (size == 0) return;
        constexpr std::size_t line = 64;
        const std::size_t bytes = (size * sizeof(Value) + line - 1) / line * line;
        values_.reset(static_cast<Value*>(std::aligned_alloc(line, bytes)));
        if (!values_) throw std::bad_alloc();
        prefer_large_pages(values_.get(), bytes);
    }

    [[nodiscard]] Value* data() const { return values_.get(); }
    [[nodiscard]] std::size_t size() const { return size_; }
    Value& operator[](std::size_t i) const { return values_.get()[i]; }

    /// At least `size` values; what they hold is lost when it grows.
    void reserve(std::size_t size) {
        if (size > size_) *this = LargeArray(size);
    }

  private:
    struct Free {
        void operator()(Value* values) const { std::free(values); } // NOLINT: from aligned_alloc
    };
    std::unique_ptr<Value, Free> values_;
    std::size_t size_ = 0;
};

} // namespace corticoil::solver
