#pragma once

#include "core/image.h"
#include "viz/field_picture.h"

#include <filesystem>
#include <string>
#include <vector>

namespace corticoil::app {

/// What the pictures of a run folder show, from its own files. \throws Error for a folder that is no run.
[[nodiscard]] viz::FieldScene scene_of(const std::filesystem::path& run);

/// Draws the pictures of a run folder from its own files into `folder`: `close.png` and `overview.png`, or
/// one of them. Returns the files. \throws Error for a folder that is no run, MissingPartError where nothing
/// can be drawn.
std::vector<std::filesystem::path> draw_run(const std::filesystem::path& run, const std::string& view,
                                            const viz::PictureOptions& options,
                                            const std::filesystem::path& folder);

} // namespace corticoil::app
