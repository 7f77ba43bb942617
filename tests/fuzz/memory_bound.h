#pragma once

#include <cstddef>
#include <functional>

namespace corticoil::fuzz {

/// Runs `read` on an input of `input_bytes` and compares the most memory that it had from the heap at once
/// with 64 MiB + 32 × the decompressed size: the input and all that zlib produced meanwhile. Heap and zlib
/// are watched where the program is built with the address sanitizer and linked with `--wrap=inflate`;
/// elsewhere `read` just runs. \throws std::logic_error beyond the bound, and what `read` throws.
void within_memory_bound(std::size_t input_bytes, const std::function<void()>& read);

/// Whether this program watches its memory.
[[nodiscard]] bool watches_memory();

} // namespace corticoil::fuzz
