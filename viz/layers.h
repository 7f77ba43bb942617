#pragma once

#include "core/surface_mesh.h"
#include "viz/canvas.h"
#include "viz/colour_map.h"

#include <functional>
#include <vector>

namespace corticoil::viz {

/// How the light falls on a body.
enum class Light {
    studio, ///< A key light from the upper left with fill lights: shows shape; inner sides are grey.
    none,   ///< The plain colour, for marks.
    viewer, ///< Brightness is the cosine between the normal and the line of sight: tells how a surface is
            ///< seen.
};

/// A surface to draw. `node_colours` has one colour per node, or one for all.
struct Body {
    SurfaceMesh surface;
    std::vector<Colour> node_colours;
    Light light = Light::studio;
};

/// What one drawing of opaque bodies left: per pixel, row 0 on top, the colour and the height of the nearest
/// surface above the camera's centre [m]; −infinity where there is nothing.
struct Layer {
    int width = 0;
    int height = 0;
    std::vector<std::uint8_t> colours; ///< Red, green, blue per pixel.
    std::vector<float> heights;
};

/// A layer with how it lies over the others. `paint` takes the drawn colour to the colour and opacity (0 … 1)
/// used.
struct Glaze {
    struct Paint {
        Colour colour;
        float opacity = 1;
    };
    Layer layer;
    std::function<Paint(const Colour& drawn)> paint;
};

/// Blends layers by their heights, per pixel from the farthest to the nearest, over `background`, and
/// averages factor×factor pixels into one. Only the nearest surface of each layer counts, so a translucent
/// head shows its outside and not its inner walls.
[[nodiscard]] Canvas blend_layers(const std::vector<Glaze>& glazes, int factor, const Colour& background);

} // namespace corticoil::viz
