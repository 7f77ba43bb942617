#include "viz/plot.h"

#include "core/error.h"
#include "viz/annotation.h"
#include "viz/plot_labels.h"
#include "viz/png_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace corticoil::viz {

namespace {

constexpr Colour ink{0.13F, 0.13F, 0.13F};
constexpr Colour grid_grey{0.90F, 0.90F, 0.92F};
constexpr float range_opacity = 0.13F;

/// Where an axis' values lie in the picture.
class Scale {
  public:
    Scale(const PlotAxis& axis, double first_pixel, double last_pixel)
        : is_logarithmic_(axis.is_logarithmic), low_(of(axis.low)), high_(of(axis.high)), first_(first_pixel),
          last_(last_pixel) {}

    [[nodiscard]] double pixel(double value) const {
        return first_ + (of(value) - low_) / (high_ - low_) * (last_ - first_);
    }

  private:
    [[nodiscard]] double of(double value) const { return is_logarithmic_ ? std::log10(value) : value; }

    bool is_logarithmic_;
    double low_;
    double high_;
    double first_;
    double last_;
};

void check(const PlotAxis& axis) {
    const bool has_extent = std::isfinite(axis.low) && std::isfinite(axis.high) && axis.low < axis.high &&
                            (!axis.is_logarithmic || axis.low > 0);
    if (has_extent) return;
    throw Error(fmt::format("a plot's axis '{}' cannot run from {} to {}{}", axis.title, axis.low, axis.high,
                            axis.is_logarithmic ? " on a logarithmic scale" : ""));
}

void check(const Plot& plot, int width, int height) {
    constexpr int least_width = 400;
    constexpr int least_height = 300;
    if (width < least_width || height < least_height) {
        throw Error(fmt::format("a plot of {}×{} pixels is too small; {}×{} at least", width, height,
                                least_width, least_height));
    }
    check(plot.x);
    check(plot.y);
    for (const PlotLine& line : plot.lines) {
        if (line.x.size() != line.y.size()) {
            throw Error(fmt::format("a plot's line '{}' has {} x and {} y", line.label, line.x.size(),
                                    line.y.size()));
        }
    }
}

std::string shown(double value) {
    return value < 0 ? "−" + plain_number(-value, 4) : plain_number(value, 4);
}

/// Draws the parts of one plot. All sizes are for a height of 1200 pixels and scale with it.
class Drawing {
  public:
    Drawing(const Plot& plot, int width, int height)
        : plot_(plot), canvas_(width, height, white), s_(height / 1200.0), left_(150 * s_), top_(160 * s_),
          right_(width - legend_width()),
          bottom_(height - (120 + 34 * static_cast<double>(plot.caption.size())) * s_),
          x_(plot.x, left_, right_), y_(plot.y, bottom_, top_) {}

    Canvas draw() {
        draw_ranges();
        draw_frame();
        for (const PlotLine& line : plot_.lines) draw_line(line);
        draw_points();
        draw_legend();
        draw_texts();
        return std::move(canvas_);
    }

  private:
    struct Key {
        std::string label;
        Colour colour;
        bool is_dashed;
        bool is_range;
    };

    [[nodiscard]] std::vector<Key> keys() const {
        std::vector<Key> keys;
        for (const PlotLine& line : plot_.lines) {
            if (!line.label.empty()) keys.push_back({line.label, line.colour, line.is_dashed, false});
        }
        for (const PlotRange& range : plot_.ranges) {
            if (!range.label.empty()) keys.push_back({range.label, range.colour, false, true});
        }
        return keys;
    }

    [[nodiscard]] double legend_width() const {
        double widest = 0;
        for (const Key& key : keys()) {
            widest = std::max(widest, Canvas::text_width(key.label, {.size = 24 * s_}));
        }
        return widest > 0 ? std::min(widest + 140 * s_, canvas_.width() / 2.5) : 60 * s_;
    }

    void draw_ranges() {
        for (const PlotRange& range : plot_.ranges) {
            const double from_x = x_.pixel(std::max(range.x_low, plot_.x.low));
            const double to_x = x_.pixel(std::min(range.x_high, plot_.x.high));
            const double from_y = y_.pixel(std::min(range.y_high, plot_.y.high));
            const double to_y = y_.pixel(std::max(range.y_low, plot_.y.low));
            if (to_x > from_x && to_y > from_y) {
                canvas_.fill_rectangle(from_x, from_y, to_x, to_y, range.colour, range_opacity);
            }
        }
    }

    void draw_frame() {
        for (const double tick : axis_ticks(plot_.x)) {
            const double at = x_.pixel(tick);
            canvas_.draw_line(at, top_, at, bottom_, 1.5 * s_, grid_grey);
            canvas_.draw_line(at, bottom_, at, bottom_ + 8 * s_, 2 * s_, ink);
            canvas_.draw_text(shown(tick), at, bottom_ + 28 * s_,
                              {.size = 25 * s_, .anchor = Anchor::centre});
        }
        for (const double tick : axis_ticks(plot_.y)) {
            const double at = y_.pixel(tick);
            canvas_.draw_line(left_, at, right_, at, 1.5 * s_, grid_grey);
            canvas_.draw_line(left_ - 8 * s_, at, left_, at, 2 * s_, ink);
            canvas_.draw_text(shown(tick), left_ - 16 * s_, at, {.size = 25 * s_, .anchor = Anchor::right});
        }
        canvas_.draw_line(left_, bottom_, right_, bottom_, 2 * s_, ink);
        canvas_.draw_line(left_, top_, left_, bottom_, 2 * s_, ink);
    }

    /// The part of a segment within the frame (Liang–Barsky), drawn with dashes that go on along the line.
    void draw_segment(double x0, double y0, double x1, double y1, const PlotLine& line, double& drawn) {
        const double length = std::hypot(x1 - x0, y1 - y0);
        double from = 0;
        double to = 1;
        const std::array<std::array<double, 2>, 4> limits{
            {{x0 - x1, x0 - left_}, {x1 - x0, right_ - x0}, {y0 - y1, y0 - top_}, {y1 - y0, bottom_ - y0}}};
        for (const auto& [towards, room] : limits) {
            if (towards == 0 && room < 0) return;
            if (towards < 0) from = std::max(from, room / towards);
            if (towards > 0) to = std::min(to, room / towards);
        }
        if (from >= to) return;
        const auto draw_part = [&](double begin, double end) {
            canvas_.draw_line(std::lerp(x0, x1, begin), std::lerp(y0, y1, begin), std::lerp(x0, x1, end),
                              std::lerp(y0, y1, end), line.width * s_, line.colour);
        };
        if (!line.is_dashed) return draw_part(from, to);
        const double dash = 16 * s_;
        const double period = 27 * s_;
        for (double start = std::floor(drawn / period) * period; start < drawn + length; start += period) {
            const double begin = std::max(from, (start - drawn) / length);
            const double end = std::min(to, (start + dash - drawn) / length);
            if (begin < end) draw_part(begin, end);
        }
        drawn += length;
    }

    void draw_line(const PlotLine& line) {
        double drawn = 0;
        for (std::size_t i = 0; i + 1 < line.x.size(); ++i) {
            const double x0 = x_.pixel(line.x[i]);
            const double y0 = y_.pixel(line.y[i]);
            const double x1 = x_.pixel(line.x[i + 1]);
            const double y1 = y_.pixel(line.y[i + 1]);
            if (!std::isfinite(x0 + y0 + x1 + y1) || (x0 == x1 && y0 == y1)) continue;
            draw_segment(x0, y0, x1, y1, line, drawn);
        }
    }

    void draw_points() {
        const double radius = 8 * s_;
        const TextStyle style{.size = 25 * s_, .halo = 3 * s_};
        std::vector<LabelToPlace> labels;
        for (const PlotPoint& point : plot_.points) {
            labels.push_back({x_.pixel(point.x), y_.pixel(point.y), Canvas::text_width(point.label, style)});
        }
        const LabelFrame frame{left_, top_, canvas_.width() - 8 * s_, bottom_};
        const std::vector<PlacedLabel> placed = place_labels(labels, 30 * s_, radius, frame);
        for (const PlacedLabel& label : placed) {
            if (label.has_leader) {
                canvas_.draw_line(label.leader_x, label.leader_y, labels[label.index].x,
                                  labels[label.index].y, 1.5 * s_, text_grey);
            }
        }
        for (std::size_t i = 0; i < labels.size(); ++i) {
            // Of points that nearly coincide the first are larger, so that all can be seen.
            double size = 2 * radius;
            for (std::size_t later = i + 1; later < labels.size(); ++later) {
                const bool is_hidden =
                    std::hypot(labels[later].x - labels[i].x, labels[later].y - labels[i].y) < radius;
                if (is_hidden) size += 0.9 * radius;
            }
            const double x = labels[i].x;
            const double y = labels[i].y;
            canvas_.draw_line(x, y, x, y, size + 3 * s_, white);
            canvas_.draw_line(x, y, x, y, size, plot_.points[i].colour);
        }
        for (const PlacedLabel& label : placed) {
            canvas_.draw_text(plot_.points[label.index].label, label.left, label.middle, style);
        }
    }

    void draw_legend() {
        const double left = right_ + 28 * s_;
        double row = top_ + 16 * s_;
        for (const Key& key : keys()) {
            if (key.is_range) {
                canvas_.fill_rectangle(left, row - 14 * s_, left + 56 * s_, row + 14 * s_, key.colour,
                                       2 * range_opacity);
            } else {
                const double end = left + 56 * s_;
                for (double at = left; at < end; at += (key.is_dashed ? 22 : 56) * s_) {
                    canvas_.draw_line(at, row, std::min(end, at + (key.is_dashed ? 12 : 56) * s_), row,
                                      4 * s_, key.colour);
                }
            }
            canvas_.draw_text(key.label, left + 70 * s_, row, {.size = 24 * s_});
            row += 40 * s_;
        }
    }

    void draw_texts() {
        canvas_.draw_text(plot_.title, left_ - 110 * s_, 40 * s_, {.size = 34 * s_, .bold = true});
        canvas_.draw_text(plot_.subtitle, left_ - 110 * s_, 80 * s_, {.size = 24 * s_, .colour = text_grey});
        // Above its axis: upright text is read faster than turned text.
        canvas_.draw_text(plot_.y.title, left_ - 110 * s_, top_ - 32 * s_, {.size = 25 * s_, .bold = true});
        canvas_.draw_text(plot_.x.title, (left_ + right_) / 2, bottom_ + 66 * s_,
                          {.size = 25 * s_, .bold = true, .anchor = Anchor::centre});
        double row = bottom_ + 112 * s_;
        for (const std::string& text : plot_.caption) {
            canvas_.draw_text(text, left_ - 110 * s_, row, {.size = 22 * s_, .colour = text_grey});
            row += 34 * s_;
        }
    }

    const Plot& plot_;
    Canvas canvas_;
    double s_;
    double left_;
    double top_;
    double right_;
    double bottom_;
    Scale x_;
    Scale y_;
};

} // namespace

Canvas draw_plot(const Plot& plot, int width, int height) {
    check(plot, width, height);
    return Drawing(plot, width, height).draw();
}

void write_plots(const std::vector<Plot>& plots, int width, int height, const std::filesystem::path& png) {
    CORTICOIL_ASSERT(!plots.empty());
    Canvas sheet(width, height * static_cast<int>(plots.size()), white);
    for (std::size_t i = 0; i < plots.size(); ++i) {
        sheet.paste(draw_plot(plots[i], width, height), 0, height * static_cast<int>(i));
    }
    write_png(sheet, png);
}

Colour plot_colour(std::size_t index) {
    const std::array<std::array<int, 3>, 7> palette{{{0, 114, 178},
                                                     {213, 94, 0},
                                                     {0, 158, 115},
                                                     {204, 121, 167},
                                                     {230, 159, 0},
                                                     {86, 180, 233},
                                                     {40, 40, 40}}};
    const auto& [red, green, blue] = palette[index % palette.size()];
    constexpr float full = 255;
    return {static_cast<float>(red) / full, static_cast<float>(green) / full,
            static_cast<float>(blue) / full};
}

std::vector<double> axis_ticks(const PlotAxis& axis, int most_steps) {
    constexpr double rounding = 1e-9; // Of the axis' length: a tick at its end is on it.
    std::vector<double> ticks;
    if (axis.is_logarithmic) {
        const bool has_many = std::log10(axis.high / axis.low) * 3 > 2 * most_steps;
        for (double power = std::pow(10, std::floor(std::log10(axis.low))); power <= axis.high; power *= 10) {
            for (const double factor : {1.0, 2.0, 5.0}) {
                const double tick = factor * power;
                const bool is_within =
                    tick >= axis.low * (1 - rounding) && tick <= axis.high * (1 + rounding);
                if (is_within && (factor == 1 || !has_many)) ticks.push_back(tick);
            }
        }
        return ticks;
    }
    const double extent = axis.high - axis.low;
    double step = std::pow(10, std::floor(std::log10(extent / most_steps)));
    for (const double factor : {2.0, 2.5, 2.0}) {
        if (extent / step > most_steps * (1 + rounding)) step *= factor;
    }
    for (double n = std::ceil(axis.low / step - rounding); n * step <= axis.high + rounding * extent; ++n) {
        ticks.push_back(n == 0 ? 0 : n * step);
    }
    return ticks;
}

} // namespace corticoil::viz
