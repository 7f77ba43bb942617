#pragma once

#include "viz/canvas.h"
#include "viz/picture_options.h"

#include <Eigen/Core>

#include <filesystem>
#include <string>
#include <vector>

namespace corticoil::viz {

/// |E| on the half of a sphere that faces a coil, as a disc.
struct SphereMap {
    std::string title;
    std::string subtitle;
    /// n×n values [V/m] of an azimuthal projection of equal area whose disc fills the square; NaN outside it.
    Eigen::MatrixXd magnitude;
    double peak = 0; ///< Half of it is the contour drawn [V/m].
};

/// What a sheet of maps says of itself.
struct SphereSheet {
    std::string title;
    std::string subtitle;
    std::string colour_bar_title;
    std::string up_label;   ///< The coil's axis that points up,
    std::string left_label; ///< and the one that points left.
    std::vector<SphereMap> maps;
};

/// Draws all maps on one sheet and one colour scale, from 0 to the greatest peak, with the contour of half of
/// each map's own peak. \throws Error for a sheet without maps or with a peak that is not positive, and if
/// the file cannot be written.
void draw_sphere_maps(const SphereSheet& sheet, const PictureOptions& options,
                      const std::filesystem::path& png);

} // namespace corticoil::viz
