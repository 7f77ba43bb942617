#pragma once

#include "coils/coil.h"
#include "coils/depth_focality.h"

#include <filesystem>
#include <string>
#include <vector>

namespace corticoil::app {

/// A coil with its depth and focality, and the name to show.
struct CoilMetrics {
    std::string name;
    coils::Coil coil;
    coils::DepthFocality result;
};

/// Draws `depth_focality.png` (S½ against d½), `profiles.png` (|E| against depth) and `sphere.png` (|E| on
/// the cortex) into a folder.
void draw_coil_metrics(const std::vector<CoilMetrics>& all, const std::filesystem::path& folder);

} // namespace corticoil::app
