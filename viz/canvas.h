#pragma once

#include "viz/painter.h"

#include <string>
#include <vector>

namespace corticoil::viz {

/// A picture in memory: sRGB, row 0 on top. Coordinates are pixels; (0, 0) is the upper left corner of the
/// first pixel. Drawing outside is cut off.
class Canvas : public Painter {
  public:
    Canvas(int width, int height, const Colour& background);

    [[nodiscard]] int width() const { return width_; }
    [[nodiscard]] int height() const { return height_; }
    [[nodiscard]] const Colour& at(int column, int row) const;
    void set(int column, int row, const Colour& colour);

    /// Lays `colour` over a pixel with an opacity of 0 … 1; nothing outside the picture.
    void blend(int column, int row, const Colour& colour, float opacity);

    /// Fills the rectangle between two corners, with soft edges at fractions of pixels.
    void fill_rectangle(double left, double top, double right, double bottom, const Colour& colour,
                        float opacity = 1) override;

    /// One colour per column of pixels.
    void fill_gradient(double left, double top, double right, double bottom,
                       const std::function<Colour(double fraction)>& colour) override;

    /// A line of `width` pixels with round ends.
    void draw_line(double x0, double y0, double x1, double y1, double width, const Colour& colour,
                   float opacity = 1) override;

    /// Fills a triangle.
    void fill_triangle(double x0, double y0, double x1, double y1, double x2, double y2,
                       const Colour& colour) override;

    /// Writes one line of text with its anchor at x and its middle at y.
    void draw_text(const std::string& text, double x, double y, const TextStyle& style) override;

    /// Width in pixels of a line of text.
    [[nodiscard]] static double text_width(const std::string& text, const TextStyle& style);

    /// Copies a picture with its upper left corner at a pixel.
    void paste(const Canvas& other, int column, int row);

  private:
    int width_;
    int height_;
    std::vector<Colour> pixels_;
};

} // namespace corticoil::viz
