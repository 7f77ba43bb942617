#pragma once

#include "core/image.h"
#include "viz/picture_options.h"

#include <filesystem>
#include <string>
#include <vector>

namespace corticoil::app {

/// Draws the pictures of a run folder from its own files into `folder`: `close.png` and `overview.png`, or
/// one of them. Returns the files. \throws Error for a folder that is no run, MissingPartError where nothing
/// can be drawn.
std::vector<std::filesystem::path> draw_run(const std::filesystem::path& run, const std::string& view,
                                            const viz::PictureOptions& options,
                                            const std::filesystem::path& folder);

} // namespace corticoil::app
