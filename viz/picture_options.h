#pragma once

#include "core/progress.h"

namespace corticoil::viz {

/// What all pictures take.
struct PictureOptions {
    int width = 1600;  ///< Pixels, 400 … 8000.
    int height = 1200; ///< Pixels, 300 … 8000.
    double cap_percentile =
        99.9; ///< The colour bar ends at this percentile of |E| over the grey-matter surface's area.
    Progress progress{};
};

/// \throws Error if the size or the percentile is outside its range.
void check(const PictureOptions& options);

} // namespace corticoil::viz
