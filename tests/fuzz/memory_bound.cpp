#include "memory_bound.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <atomic>
#include <stdexcept>

#if defined(__SANITIZE_ADDRESS__)
#define CORTICOIL_WATCHES_MEMORY
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CORTICOIL_WATCHES_MEMORY
#endif
#endif

#ifdef CORTICOIL_WATCHES_MEMORY

// The sanitizer's interface (sanitizer/allocator_interface.h), which GCC does not install everywhere.
extern "C" {
int __sanitizer_install_malloc_and_free_hooks(void (*malloc_hook)(const volatile void*, std::size_t),
                                              void (*free_hook)(const volatile void*));
std::size_t __sanitizer_get_allocated_size(const volatile void* pointer);
int __real_inflate(z_streamp stream, int flush);
int __wrap_inflate(z_streamp stream, int flush);
}

namespace {

// Of the process, as its heap is.
std::atomic<std::size_t> allocated_bytes{0};
std::atomic<std::size_t> largest_allocated_bytes{0};
std::atomic<std::size_t> inflated_bytes{0};

void on_malloc(const volatile void* /*pointer*/, std::size_t size) {
    const std::size_t now = allocated_bytes += size;
    std::size_t largest = largest_allocated_bytes;
    while (now > largest && !largest_allocated_bytes.compare_exchange_weak(largest, now)) {
    }
}

void on_free(const volatile void* pointer) {
    if (pointer == nullptr) return;
    const std::size_t size = __sanitizer_get_allocated_size(pointer);
    // What was allocated before the hooks were there does not count.
    std::size_t now = allocated_bytes;
    while (!allocated_bytes.compare_exchange_weak(now, now - std::min(now, size))) {
    }
}

} // namespace

// The linker sends calls of inflate() here (--wrap=inflate).
int __wrap_inflate(z_streamp stream, int flush) {
    const uLong before = stream->total_out;
    const int status = __real_inflate(stream, flush);
    inflated_bytes += stream->total_out - before;
    return status;
}

#endif

namespace corticoil::fuzz {

#ifdef CORTICOIL_WATCHES_MEMORY

bool watches_memory() {
    return true;
}

void within_memory_bound(std::size_t input_bytes, const std::function<void()>& read) {
    constexpr std::size_t base = std::size_t{64} << 20U;
    constexpr std::size_t factor = 32;
    static const int installed = __sanitizer_install_malloc_and_free_hooks(on_malloc, on_free);
    if (installed == 0) throw std::logic_error("the heap cannot be watched");
    const std::size_t before = allocated_bytes;
    largest_allocated_bytes = before;
    inflated_bytes = 0;
    read();
    const std::size_t used = largest_allocated_bytes - before;
    const std::size_t bound = base + factor * (input_bytes + inflated_bytes);
    if (used > bound) {
        throw std::logic_error(
            fmt::format("{} bytes of memory for an input of {} that inflates to {}: more than {}", used,
                        input_bytes, inflated_bytes.load(), bound));
    }
}

#else

bool watches_memory() {
    return false;
}

void within_memory_bound(std::size_t /*input_bytes*/, const std::function<void()>& read) {
    read();
}

#endif

} // namespace corticoil::fuzz
