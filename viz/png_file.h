#pragma once

#include "viz/canvas.h"

#include <filesystem>

namespace corticoil::viz {

/// Writes a picture as PNG, 8 bits per channel: to a temporary name in the same folder first, then renamed,
/// so that a failed run leaves no half-written file. With `dots_per_inch` above 0 the file says how large it
/// is to be printed (chunk pHYs; PNG specification, section 11.3.5.3). \throws Error if it cannot be written.
void write_png(const Canvas& canvas, const std::filesystem::path& path, double dots_per_inch = 0);

} // namespace corticoil::viz
