#pragma once

#include "coils/coil.h"
#include "coils/depth_focality.h"

#include <filesystem>
#include <string>
#include <vector>

namespace corticoil::app {

/// Depths, areas and volumes of coil metrics are printed in centimetres, as in the literature.
inline constexpr double centimetres_per_metre = 1e2;
inline constexpr double square_centimetres_per_square_metre = 1e4;
inline constexpr double cubic_centimetres_per_cubic_metre = 1e6;

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
