#pragma once

#include "core/progress.h"

namespace corticoil::viz {

/// What lies behind a picture: white for papers, near-black for screens.
enum class Background { light, dark };

/// What all pictures take.
struct PictureOptions {
    int width = 1600;  ///< Pixels, 400 … 8000.
    int height = 1200; ///< Pixels, 300 … 8000.
    double cap_percentile =
        99.9; ///< The colour bar ends at this percentile of |E| over the grey-matter surface's area.
    Background background = Background::light; ///< Of pictures of fields; others are light.
    double dots_per_inch = 0; ///< Written into the file for programs that print; 0: not written.
    Progress progress{};
};

/// \throws Error if the size, the percentile or the resolution is outside its range.
void check(const PictureOptions& options);

} // namespace corticoil::viz
