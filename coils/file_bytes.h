#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace corticoil::coils {

/// Coil files are at most this large [bytes], stored and decompressed: a potential of 320³ points in doubles.
inline constexpr std::size_t most_coil_file_bytes = std::size_t{1} << 30U;

/// The bytes of a regular file.
/// \throws Error if it does not exist, is not a regular file, is larger than `most_bytes` or cannot be read.
[[nodiscard]] std::string read_file_bytes(const std::filesystem::path& path,
                                          std::size_t most_bytes = most_coil_file_bytes);

/// Writes a file so that it appears complete or not at all: beside it first, then renamed into place.
/// \throws Error if its folder does not exist or it cannot be written; what was there before is then still
/// there.
void write_file_bytes(const std::filesystem::path& path, std::string_view bytes);

/// Whether bytes begin like a gzip file.
[[nodiscard]] bool is_gzip(std::string_view bytes);

/// Decompresses zlib or gzip data, but no more than the first `most_bytes`. Memory grows with what really
/// comes out. `name` stands in messages. \throws Error for data that are damaged or end early.
[[nodiscard]] std::string inflate_bytes(std::string_view compressed, std::size_t most_bytes,
                                        const std::string& name);

} // namespace corticoil::coils
