#pragma once

#include "coils/coil.h"

#include <filesystem>
#include <string>
#include <vector>

namespace corticoil::app {

/// A coil's wires as polylines in its own frame [m], closed ones with their first point repeated.
[[nodiscard]] std::vector<Points> wire_polylines(const coils::Coil& coil);

/// Draws a coil's windings or dipoles, axes and casing from four sides; sampled A as the dipoles that
/// continue it. \throws Error for a coil of sampled A alone that has none, MissingPartError where nothing can
/// be drawn.
void draw_coil_picture(const coils::Coil& coil, const std::filesystem::path& png);

/// Draws all coils of the library side by side on one scale.
void draw_library_sheet(const std::filesystem::path& png);

} // namespace corticoil::app
