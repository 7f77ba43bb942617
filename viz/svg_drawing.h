#pragma once

#include "viz/painter.h"

#include <filesystem>
#include <string>

namespace corticoil::viz {

/// Words and marks as a vector file (SVG 1.1) in the pixels of a picture: text stays text, so that a figure's
/// font and size can be changed in any drawing program.
class SvgDrawing : public Painter {
  public:
    /// `width` and `height` in pixels.
    SvgDrawing(int width, int height);

    void fill_rectangle(double left, double top, double right, double bottom, const Colour& colour,
                        float opacity = 1) override;
    /// As a gradient of 33 stops.
    void fill_gradient(double left, double top, double right, double bottom,
                       const std::function<Colour(double fraction)>& colour) override;
    void draw_line(double x0, double y0, double x1, double y1, double width, const Colour& colour,
                   float opacity = 1) override;
    void fill_triangle(double x0, double y0, double x1, double y1, double x2, double y2,
                       const Colour& colour) override;
    void draw_text(const std::string& text, double x, double y, const TextStyle& style) override;

    /// The whole document; `title` is what readers of screens say.
    [[nodiscard]] std::string document(const std::string& title) const;

    /// \throws Error if the file cannot be written.
    void write(const std::string& title, const std::filesystem::path& path) const;

  private:
    int width_;
    int height_;
    int n_gradients_ = 0;
    std::string body_;
};

} // namespace corticoil::viz
