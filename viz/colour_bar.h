#pragma once

#include "viz/canvas.h"

#include <string>

namespace corticoil::viz {

/// A colour bar's place: the upper left corner of the bar itself and its length, in pixels; the title lies
/// above, the numbers below.
struct ColourBarPlace {
    double left = 0;
    double top = 0;
    double length = 760;
    double scale = 1;      ///< Pixels per unit of a 1600×1200 picture.
    bool is_capped = true; ///< Values above the last one occur and have its colour.
};

/// Three significant digits, trailing zeros kept.
[[nodiscard]] std::string fixed_number(double value);

/// Draws the colours of 0 … `cap` with round values, `cap` at the end, and where it is capped a point that
/// says that higher values have the last colour.
void draw_colour_bar(Canvas& canvas, const ColourBarPlace& place, const std::string& title, double cap);

} // namespace corticoil::viz
