#pragma once

#include "viz/field_picture.h"

#include <filesystem>
#include <string>
#include <vector>

namespace corticoil::viz {

/// Scenes of one head side by side, with one colour scale.
struct PanelRow {
    std::string title;              ///< What the scenes of the row have in common.
    std::string colour_title;       ///< Of the colour bar, without where it ends.
    std::vector<FieldScene> scenes; ///< Their titles and subtitles go above the panels.
};

/// Rows of scenes of one head, all seen by one camera.
struct PanelFigure {
    std::string title;
    std::string subtitle;
    Vector3 towards_viewer = Vector3::UnitZ(); ///< Where the camera is, in the head frame.
    std::vector<PanelRow> rows;
};

/// Draws rows of panels as PNG, `options.width` wide and as high as they need: the cortex with |E|, casing
/// and windings translucent, the region of interest outlined. The colours of a row end at the largest of its
/// scenes' percentiles, so that no scene's hot spot is cut off. \throws Error as draw_field(), for rows
/// without scenes and of different lengths; MissingPartError without EGL.
void draw_field_panels(const PanelFigure& figure, const PictureOptions& options,
                       const std::filesystem::path& png);

} // namespace corticoil::viz
