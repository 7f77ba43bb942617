#include "viz/colour_bar.h"

#include "viz/annotation.h"
#include "viz/canvas.h"
#include "viz/plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

namespace corticoil::viz {

namespace {
/// With a true minus sign.
std::string signed_text(double value, const std::string& text) {
    return value < 0 ? fmt::format("−{}", std::string_view(text).substr(1)) : text;
}

/// Where the numbers of a bar go: round ones between its ends.
std::vector<double> ticks_of(const ColourScale& scale) {
    if (scale.floor > 0) return axis_ticks({"", scale.floor, scale.cap}, 5);
    std::vector<double> ticks = round_ticks(scale.cap);
    if (!scale.is_diverging) return ticks;
    // Half as many on each side.
    if (ticks.size() > 4) {
        for (std::size_t i = 1; 2 * i < ticks.size(); ++i) ticks[i] = ticks[2 * i];
        ticks.resize((ticks.size() + 1) / 2);
    }
    std::vector<double> both;
    for (auto tick = ticks.rbegin(); tick != ticks.rend(); ++tick) {
        if (*tick > 0) both.push_back(-*tick);
    }
    both.insert(both.end(), ticks.begin(), ticks.end());
    return both;
}
} // namespace

std::string fixed_number(double value) {
    return fmt::format("{:.{}f}", value, decimals_for(value, 3));
}

void draw_colour_bar(Painter& painter, const ColourBarPlace& place, const std::string& title,
                     const ColourScale& scale) {
    const double s = place.scale;
    // Whole pixels, so that no column of the bar is mixed with the background.
    const double length = std::round(place.length);
    const double left = std::round(place.left);
    const double top = std::round(place.top);
    const double right = left + length;
    const double bottom = top + std::round(30 * s);
    const double span = scale.cap - scale.low();
    painter.draw_text(title, left + length / 2, top - 28 * s,
                      {.size = 25 * s, .colour = place.ink, .anchor = Anchor::centre});
    painter.fill_gradient(left, top, right, bottom,
                          [&](double fraction) { return scale(scale.low() + fraction * span); });
    if (place.is_capped) {
        const double middle = (top + bottom) / 2;
        painter.fill_triangle(right - 1, top, right + 20 * s, middle, right - 1, bottom, scale(scale.cap));
        if (scale.is_diverging) {
            painter.fill_triangle(left + 1, bottom, left - 20 * s, middle, left + 1, top, scale(scale.low()));
        }
    }
    const TextStyle style{.size = 22 * s, .colour = place.ink, .anchor = Anchor::centre};
    const double room = Canvas::text_width("0.000", style);
    const std::vector<double> ticks = ticks_of(scale);
    const int decimals = ticks.size() > 1 ? decimals_for(ticks[1] - ticks[0], 1) : 0;
    const auto mark = [&](double value, const std::string& text) {
        const double x = left + length * (value - scale.low()) / span;
        painter.fill_rectangle(x - s, bottom, x + s, bottom + 9 * s, place.ink);
        painter.draw_text(signed_text(value, text), x, bottom + 26 * s, style);
    };
    for (const double tick : ticks) {
        const double from_end = length * std::min(scale.cap - tick, tick - scale.low()) / span;
        const bool is_first = tick == 0 && scale.low() == 0;
        if (from_end < room && !is_first) continue;
        mark(tick, fmt::format("{:.{}f}", tick, tick == 0 ? 0 : decimals));
    }
    mark(scale.cap, fixed_number(scale.cap));
    if (scale.is_diverging) mark(-scale.cap, fmt::format("-{}", fixed_number(scale.cap)));
    if (!scale.is_diverging && scale.floor > 0) mark(scale.floor, fixed_number(scale.floor));
}

void draw_colour_bar(Painter& painter, const ColourBarPlace& place, const std::string& title, double cap) {
    draw_colour_bar(painter, place, title, ColourScale{cap, false});
}

} // namespace corticoil::viz
