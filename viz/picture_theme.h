#pragma once

#include "viz/colour_map.h"
#include "viz/picture_options.h"

namespace corticoil::viz {

/// The colours of what is not data.
struct PictureTheme {
    Colour background = white;
    Colour ink{0.13F, 0.13F, 0.13F};   ///< Words and lines.
    Colour quiet{0.36F, 0.36F, 0.38F}; ///< Words of less weight.
    Colour pale{0.62F, 0.62F, 0.65F};  ///< What points away from the viewer.
    Colour frame{0.72F, 0.72F, 0.74F};
    Colour handle{0.25F, 0.27F, 0.31F};
    Colour edge = black; ///< Glass turns to this at its rim.
};

[[nodiscard]] constexpr PictureTheme theme_of(Background background) {
    if (background == Background::light) return {};
    return {.background = {0.07F, 0.07F, 0.08F},
            .ink = {0.93F, 0.93F, 0.93F},
            .quiet = {0.70F, 0.70F, 0.72F},
            .pale = {0.45F, 0.45F, 0.48F},
            .frame = {0.35F, 0.35F, 0.37F},
            .handle = {0.72F, 0.74F, 0.78F},
            .edge = white};
}

} // namespace corticoil::viz
