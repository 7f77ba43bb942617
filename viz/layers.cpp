#include "viz/layers.h"

#include "core/error.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace corticoil::viz {

namespace {
Colour blend_pixel(const std::vector<Glaze>& glazes, std::size_t pixel, const Colour& background) {
    constexpr std::size_t max_layers = 8;
    std::array<std::size_t, max_layers> order{};
    std::size_t n_present = 0;
    for (std::size_t i = 0; i < glazes.size(); ++i) {
        const float height = glazes[i].layer.heights[pixel];
        if (!std::isfinite(height)) continue;
        std::size_t place = n_present++;
        while (place > 0 && glazes[order[place - 1]].layer.heights[pixel] > height) {
            order[place] = order[place - 1];
            --place;
        }
        order[place] = i;
    }
    Colour colour = background;
    for (std::size_t i = 0; i < n_present; ++i) {
        const Glaze& glaze = glazes[order[i]];
        const std::uint8_t* const bytes = &glaze.layer.colours[3 * pixel];
        const Colour drawn{static_cast<float>(bytes[0]) / 255.0F, static_cast<float>(bytes[1]) / 255.0F,
                           static_cast<float>(bytes[2]) / 255.0F};
        const Glaze::Paint paint = glaze.paint ? glaze.paint(drawn) : Glaze::Paint{drawn, 1};
        colour = mix(colour, paint.colour, paint.opacity);
    }
    return colour;
}
} // namespace

Canvas blend_layers(const std::vector<Glaze>& glazes, int factor, const Colour& background) {
    CORTICOIL_ASSERT(!glazes.empty() && glazes.size() <= 8 && factor >= 1);
    const int width = glazes.front().layer.width;
    const int height = glazes.front().layer.height;
    for (const Glaze& glaze : glazes)
        CORTICOIL_ASSERT(glaze.layer.width == width && glaze.layer.height == height);
    Canvas canvas(width / factor, height / factor, background);
    const float share = 1.0F / static_cast<float>(factor * factor);
    for (int row = 0; row < canvas.height(); ++row) {
        for (int column = 0; column < canvas.width(); ++column) {
            Colour sum;
            for (int i = 0; i < factor * factor; ++i) {
                const auto x = static_cast<std::size_t>(column * factor + i % factor);
                const auto y = static_cast<std::size_t>(row * factor + i / factor);
                const Colour colour =
                    blend_pixel(glazes, y * static_cast<std::size_t>(width) + x, background);
                sum = {sum.red + share * colour.red, sum.green + share * colour.green,
                       sum.blue + share * colour.blue};
            }
            canvas.set(column, row, sum);
        }
    }
    return canvas;
}

} // namespace corticoil::viz
