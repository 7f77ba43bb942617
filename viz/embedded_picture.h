#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace corticoil::viz {

/// A picture as an HTML page holds it.
struct EmbeddedPicture {
    std::string data_uri;
    int width = 0;
    int height = 0;
};

/// PNG files for an HTML page, in the same order: as they are while they take at most `most_characters`
/// together, otherwise the largest ones as JPEG, at most 1600 pixels wide. \throws Error for a file that is
/// missing or no PNG.
[[nodiscard]] std::vector<EmbeddedPicture> embedded_pictures(const std::vector<std::filesystem::path>& files,
                                                             std::size_t most_characters);

} // namespace corticoil::viz
