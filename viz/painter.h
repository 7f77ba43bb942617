#pragma once

#include "viz/colour_map.h"

#include <functional>
#include <string>

namespace corticoil::viz {

/// Where a text's given point lies on it.
enum class Anchor { left, centre, right };

/// How a text looks. Sizes in pixels.
struct TextStyle {
    double size = 24;
    Colour colour{0.13F, 0.13F, 0.13F};
    bool bold = false;
    Anchor anchor = Anchor::left;
    double halo = 0; ///< Width of the rim that keeps it readable over a picture.
    Colour halo_colour = white;
};

/// What words and marks are drawn on: pixels (Canvas) or a vector file (SvgDrawing). Coordinates are pixels
/// from the picture's upper left corner.
class Painter {
  public:
    virtual ~Painter() = default;

    /// Fills the rectangle between two corners.
    virtual void fill_rectangle(double left, double top, double right, double bottom, const Colour& colour,
                                float opacity = 1) = 0;

    /// Fills a rectangle from left to right with the colours of 0 … 1.
    virtual void fill_gradient(double left, double top, double right, double bottom,
                               const std::function<Colour(double fraction)>& colour) = 0;

    /// A line of `width` pixels with round ends.
    virtual void draw_line(double x0, double y0, double x1, double y1, double width, const Colour& colour,
                           float opacity = 1) = 0;

    virtual void fill_triangle(double x0, double y0, double x1, double y1, double x2, double y2,
                               const Colour& colour) = 0;

    /// Writes one line of text with its anchor at x and its middle at y.
    virtual void draw_text(const std::string& text, double x, double y, const TextStyle& style) = 0;

  protected:
    Painter() = default;
    Painter(const Painter&) = default;
    Painter(Painter&&) = default;
    Painter& operator=(const Painter&) = default;
    Painter& operator=(Painter&&) = default;
};

} // namespace corticoil::viz
