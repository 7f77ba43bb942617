#include "viz/colour_bar.h"

#include "viz/annotation.h"

#include <fmt/format.h>

#include <cmath>
#include <vector>

namespace corticoil::viz {

namespace {
constexpr Colour ink{0.13F, 0.13F, 0.13F};
} // namespace

std::string fixed_number(double value) {
    return fmt::format("{:.{}f}", value, decimals_for(value, 3));
}

void draw_colour_bar(Canvas& canvas, const ColourBarPlace& place, const std::string& title, double cap) {
    const double s = place.scale;
    // Whole pixels, so that no column of the bar is mixed with the background.
    const double length = std::round(place.length);
    const double left = std::round(place.left);
    const double top = std::round(place.top);
    const double bottom = top + std::round(30 * s);
    canvas.draw_text(title, left + length / 2, top - 28 * s, {.size = 25 * s, .anchor = Anchor::centre});
    for (int column = 0; column < static_cast<int>(length); ++column) {
        const Colour colour = field_colour((column + 0.5) / length);
        canvas.fill_rectangle(left + column, top, left + column + 1, bottom, colour);
    }
    // The pointed end says that values above the cap have its colour.
    if (place.is_capped) {
        canvas.fill_triangle(left + length - 1, top, left + length + 20 * s, (top + bottom) / 2,
                             left + length - 1, bottom, field_colour(1));
    }
    const TextStyle style{.size = 22 * s, .anchor = Anchor::centre};
    const double room = Canvas::text_width("0.000", style);
    const std::vector<double> ticks = round_ticks(cap);
    const int decimals = ticks.size() > 1 ? decimals_for(ticks[1], 1) : 0;
    for (const double tick : ticks) {
        const double x = left + length * tick / cap;
        if (left + length - x < room) continue;
        canvas.fill_rectangle(x - s, bottom, x + s, bottom + 9 * s, ink);
        canvas.draw_text(fmt::format("{:.{}f}", tick, tick == 0 ? 0 : decimals), x, bottom + 26 * s, style);
    }
    canvas.fill_rectangle(left + length - s, bottom, left + length + s, bottom + 9 * s, ink);
    canvas.draw_text(fixed_number(cap), left + length, bottom + 26 * s, style);
}

} // namespace corticoil::viz
