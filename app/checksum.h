#pragma once

#include <filesystem>
#include <string>

namespace corticoil::app {

/// SHA-256 of a file's content in hexadecimal. \throws Error if it cannot be read.
[[nodiscard]] std::string sha256_of(const std::filesystem::path& path);

/// SHA-256 of a text in hexadecimal.
[[nodiscard]] std::string sha256_of_text(const std::string& text);

} // namespace corticoil::app
