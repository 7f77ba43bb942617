#pragma once

#include "viz/canvas.h"

#include <filesystem>

namespace corticoil::viz {

/// Writes a picture as PNG, 8 bits per channel: to a temporary name in the same folder first, then renamed,
/// so that a failed run leaves no half-written file. \throws Error if it cannot be written.
void write_png(const Canvas& canvas, const std::filesystem::path& path);

} // namespace corticoil::viz
