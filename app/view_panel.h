#pragma once

#include "app/view_model.h"
#include "viz/live_bodies.h"

#include <string>
#include <utility>
#include <vector>

namespace corticoil::app {

/// How the colours of the cortex are to be read now.
[[nodiscard]] viz::LiveColours view_colours(const ViewModel& model);

/// What stands beside the scene, without its size and its camera. While things move, what takes longer is
/// left out (`is_moving`).
[[nodiscard]] viz::LivePanel view_panel(const ViewModel& model, bool is_moving);

/// Commands with their keys, and what they do.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> view_help();

} // namespace corticoil::app
