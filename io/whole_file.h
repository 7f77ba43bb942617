#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace corticoil::io {

/// The bytes of a regular file.
/// \throws Error if it does not exist, is not a regular file, cannot be read, or has more than `most_bytes`
/// bytes.
[[nodiscard]] std::string read_whole_file(const std::filesystem::path& path, std::uintmax_t most_bytes);

} // namespace corticoil::io
