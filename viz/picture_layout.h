#pragma once

#include "viz/picture_options.h"
#include "viz/picture_theme.h"

#include <algorithm>

namespace corticoil::viz {

/// Where the parts of a picture lie. Sizes are written for a picture of 1600×1200 pixels and scale with it.
struct PictureLayout {
    int width;
    int height;
    double scale; ///< Pixels per unit of a 1600×1200 picture.
    PictureTheme theme;

    explicit PictureLayout(const PictureOptions& options)
        : width(options.width), height(options.height),
          scale(std::min(options.width / 1600.0, options.height / 1200.0)),
          theme(theme_of(options.background)) {}

    [[nodiscard]] double margin() const { return 36 * scale; }

    /// The part that shows the scene: below the titles, above the colour bar, left of the legend.
    [[nodiscard]] double scene_left() const { return margin(); }
    [[nodiscard]] double scene_right() const { return width - 392 * scale; }
    [[nodiscard]] double scene_top() const { return 116 * scale; }
    [[nodiscard]] double scene_bottom() const { return height - 158 * scale; }
    [[nodiscard]] double scene_width() const { return scene_right() - scene_left(); }
    [[nodiscard]] double scene_height() const { return scene_bottom() - scene_top(); }
    [[nodiscard]] double scene_column() const { return (scene_left() + scene_right()) / 2; }
    [[nodiscard]] double scene_row() const { return (scene_top() + scene_bottom()) / 2; }

    /// The column of the legend, right of the scene.
    [[nodiscard]] double legend_left() const { return scene_right() + 34 * scale; }
};

} // namespace corticoil::viz
