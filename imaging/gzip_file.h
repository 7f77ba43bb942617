#pragma once

#include <zlib.h>

#include <cstddef>
#include <memory>
#include <type_traits>

namespace corticoil::imaging {

/// Closes a file of zlib's.
struct CloseGzip {
    void operator()(gzFile file) const { gzclose(file); }
};
/// Open for reading, it gives what is not compressed as it is.
using GzipFile = std::unique_ptr<std::remove_pointer_t<gzFile>, CloseGzip>;

/// Voxels are read, converted and kept in pieces of this many bytes, so that a header alone cannot claim
/// memory.
inline constexpr std::size_t piece_bytes = std::size_t{1} << 20U;

/// Reads up to `n` bytes, fewer at the end of the file or of what can be decompressed.
[[nodiscard]] std::size_t read_bytes(gzFile file, unsigned char* target, std::size_t n);

} // namespace corticoil::imaging
