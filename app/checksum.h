#pragma once

#include <filesystem>
#include <string>

namespace corticoil::app {

/// SHA-256 of a file's content in hexadecimal. \throws Error if it cannot be read.
[[nodiscard]] std::string sha256_of(const std::filesystem::path& path);

} // namespace corticoil::app
