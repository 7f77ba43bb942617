#pragma once

#include "core/types.h"
#include "viz/layers.h"
#include "viz/picture_camera.h"

#include <Eigen/Core>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace corticoil::viz {

/// How values on the cortex become colours in a live window.
struct LiveColours {
    double cap = 1;         ///< Values from here on have the last colour; in the values' unit.
    bool is_signed = false; ///< From −cap to cap.
    bool is_stale = false;  ///< Pale: the values belong to another pose than the one shown.
};

/// One colour per value, darker where the surroundings are less open (node_openness()).
[[nodiscard]] std::vector<Colour> live_colours(const Eigen::VectorXd& values, const Eigen::VectorXd& openness,
                                               const LiveColours& colours);

/// A coil's marks in its own frame [m], light enough to move at any frame rate: windings as tubes, the
/// handle, and an arrow along the induced E where there is one.
[[nodiscard]] Body live_windings(const std::vector<Points>& wires);
[[nodiscard]] Body live_handle();
[[nodiscard]] Body live_arrow(const Vector3& induced_direction);

/// Where a ball cuts a surface, as a black line with a white rim [m].
[[nodiscard]] Body live_ring(const SurfaceMesh& surface, const Vector3& centre, double radius);

/// A small cross in space at a picked point.
[[nodiscard]] Body live_mark(const Vector3& point);

/// What stands beside a live scene.
struct LivePanel {
    int width = 300;
    int height = 720;
    bool is_dark = false;
    std::string title;
    std::vector<std::pair<std::string, std::string>> lines; ///< Name and value; no name: a heading.
    std::string notice;                                     ///< In colour: "computing…", an error.
    std::string colour_title;
    LiveColours colours;
    PictureCamera camera; ///< For the head's axes and the scale bar.
};

/// Draws it.
[[nodiscard]] Canvas draw_panel(const LivePanel& panel);

/// Lines of text on a card: keys and what they do, in two columns.
[[nodiscard]] Canvas draw_card(const std::string& title,
                               const std::vector<std::pair<std::string, std::string>>& lines, bool is_dark);

} // namespace corticoil::viz
