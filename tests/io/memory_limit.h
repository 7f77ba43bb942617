#pragma once

#include <sys/resource.h>

#include <cstddef>

namespace corticoil::test {

/// While it lives, this process can take at most `bytes` more address space than it has: a reader that trusts
/// a hostile size then fails with std::bad_alloc. Without effect under the address sanitizer, which maps
/// terabytes.
class MemoryLimit {
  public:
    explicit MemoryLimit(std::size_t bytes);
    ~MemoryLimit();
    MemoryLimit(const MemoryLimit&) = delete;
    MemoryLimit& operator=(const MemoryLimit&) = delete;

  private:
    rlimit before_{};
};

inline constexpr std::size_t mebibyte = std::size_t{1} << 20;

} // namespace corticoil::test
