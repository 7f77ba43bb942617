#pragma once

#include "viz/painter.h"

#include <string>

namespace corticoil::viz {

/// A colour bar's place: the upper left corner of the bar itself and its length, in pixels; the title lies
/// above, the numbers below.
struct ColourBarPlace {
    double left = 0;
    double top = 0;
    double length = 760;
    double scale = 1;      ///< Pixels per unit of a 1600×1200 picture.
    bool is_capped = true; ///< Values beyond the last one occur and have its colour.
    Colour ink{0.13F, 0.13F, 0.13F};
};

/// Three significant digits, trailing zeros kept.
[[nodiscard]] std::string fixed_number(double value);

/// Draws a scale's colours with round values and its ends, and where it is capped a point (on a diverging
/// scale one at each end) that says that values beyond have the last colour.
void draw_colour_bar(Painter& painter, const ColourBarPlace& place, const std::string& title,
                     const ColourScale& scale);

/// The same for 0 … `cap`.
void draw_colour_bar(Painter& painter, const ColourBarPlace& place, const std::string& title, double cap);

} // namespace corticoil::viz
