#pragma once

#include "app/comparison.h"
#include "app/session.h"

#include <filesystem>
#include <string>
#include <vector>

namespace corticoil::app {

/// What a comparison's folder may hold.
[[nodiscard]] std::vector<std::string> comparison_entries();

/// Draws `figures/comparison.png` from the runs in a comparison's folder, and `figures/depth.png`; without
/// EGL, a warning and no picture of the cortex.
void draw_comparison(const Comparison& comparison, const std::filesystem::path& folder, Session& session);

} // namespace corticoil::app
