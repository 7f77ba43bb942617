#pragma once

#include <string>
#include <vector>

namespace corticoil::viz {

/// Drawn text: how much of each pixel it covers, 0 … 1, row 0 on top.
struct TextImage {
    int width = 0;
    int height = 0;
    std::vector<float> coverage;
};

/// Draws one line of UTF-8 text in a sans-serif font. `pixel_size` is the font's size in pixels; every text
/// of one size has the same height, so that baselines align. \throws ComputationError if the text cannot be
/// drawn.
[[nodiscard]] TextImage draw_text(const std::string& text, double pixel_size, bool bold);

} // namespace corticoil::viz
