#pragma once

#include "viz/painter.h"
#include "viz/picture_camera.h"
#include "viz/picture_layout.h"

#include <string>
#include <vector>

namespace corticoil::viz {

inline constexpr Colour text_grey{0.36F, 0.36F, 0.38F};

/// Title and subtitle at the upper left, shrunk where they are too long for the width.
void draw_titles(Painter& painter, const PictureLayout& layout, const std::string& title,
                 const std::string& subtitle);

/// A bar of a round length in millimetres centred at (middle, row); at most `longest` pixels.
void draw_scale_bar(Painter& painter, const PictureLayout& layout, double metres_per_pixel, double middle,
                    double row, double longest);

/// The head's axes as the camera sees them, with letters at their ends: L R (left, right), A P (anterior,
/// posterior), S I (superior, inferior). Ends that point away from the viewer are pale; axes along the line
/// of sight get no letters.
void draw_orientation(Painter& painter, const PictureCamera& camera, double x, double y, double radius,
                      double text_size, const PictureTheme& theme = {});

/// Round values from 0 up to `end`: steps of 1, 2 or 5 times a power of ten, at most seven.
[[nodiscard]] std::vector<double> round_ticks(double end);

/// Decimals that show `value` (> 0) with `digits` significant digits.
[[nodiscard]] int decimals_for(double value, int digits);

/// A number with at most `digits` significant digits, without exponents and trailing zeros.
[[nodiscard]] std::string plain_number(double value, int digits);

} // namespace corticoil::viz
