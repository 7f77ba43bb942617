#pragma once

#include "viz/canvas.h"

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace corticoil::viz {

/// An axis of a plot. `low` < `high`; with `is_logarithmic` both above 0.
struct PlotAxis {
    std::string title; ///< With its unit.
    double low = 0;
    double high = 1;
    bool is_logarithmic = false;
};

/// A line through points. Points that are not finite break it.
struct PlotLine {
    std::string label; ///< For the legend; empty: not in it.
    std::vector<double> x;
    std::vector<double> y;
    Colour colour;
    bool is_dashed = false;
    double width = 3; ///< Pixels at a height of 1200.
};

/// A labelled point.
struct PlotPoint {
    std::string label; ///< Beside the point, moved so that labels overlap neither each other nor points.
    double x = 0;
    double y = 0;
    Colour colour;
};

/// A lightly shaded rectangle behind everything, as a guide.
struct PlotRange {
    std::string label; ///< For the legend.
    double x_low = 0;
    double x_high = 0;
    double y_low = 0;
    double y_high = 0; ///< Cut off at the axes' ends.
    Colour colour;
};

/// A plot of lines and points in one frame, with a legend of what needs one on the right.
struct Plot {
    std::string title;
    std::string subtitle;
    std::vector<std::string> caption; ///< Lines below the frame: sources and reading aids.
    PlotAxis x;
    PlotAxis y;
    std::vector<PlotRange> ranges;
    std::vector<PlotLine> lines;
    std::vector<PlotPoint> points;
};

/// Draws a plot. \throws Error for a size below 400×300, an axis without extent, and a line whose x and y
/// differ in number.
[[nodiscard]] Canvas draw_plot(const Plot& plot, int width, int height);

/// Draws plots below each other, `height` pixels each, into a PNG file. \throws Error as draw_plot(), and if
/// the file cannot be written.
void write_plots(const std::vector<Plot>& plots, int width, int height, const std::filesystem::path& png);

/// Colours for the things of one plot, which people with colour-vision deficiency can tell apart (Okabe & Ito
/// 2008, "Color universal design", without yellow, which is too pale for lines); they repeat after seven.
[[nodiscard]] Colour plot_colour(std::size_t index);

/// Round values between two ends: steps of 1, 2 or 5 times a power of ten, at most `most_steps` of them; for
/// a logarithmic axis 1, 2 and 5 times powers of ten, or powers of ten alone where those are many.
[[nodiscard]] std::vector<double> axis_ticks(const PlotAxis& axis, int most_steps = 7);

} // namespace corticoil::viz
