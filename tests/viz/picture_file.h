#pragma once

#include "viz/canvas.h"

#include <filesystem>

namespace corticoil::viz::test {

/// Reads a PNG of 8-bit RGB back.
[[nodiscard]] Canvas read_picture(const std::filesystem::path& path);

/// Euclidean distance of two colours, channels 0 … 1.
[[nodiscard]] double distance(const Colour& a, const Colour& b);

/// The mean colour of the square of 2·radius + 1 pixels around a pixel.
[[nodiscard]] Colour mean_around(const Canvas& canvas, double column, double row, int radius);

/// Pixels in the rectangle [left, right) × [top, bottom) that are nearer to `colour` than `tolerance`.
[[nodiscard]] int count_near(const Canvas& canvas, const Colour& colour, double tolerance, int left, int top,
                             int right, int bottom);

} // namespace corticoil::viz::test
