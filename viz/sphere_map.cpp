#include "viz/sphere_map.h"

#include "core/error.h"
#include "viz/annotation.h"
#include "viz/colour_bar.h"
#include "viz/png_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

namespace corticoil::viz {

namespace {

constexpr Colour ink{0.13F, 0.13F, 0.13F};

/// The value between the samples around a place, in units of samples; of those that are there.
std::optional<double> value_at(const Eigen::MatrixXd& samples, double row, double column) {
    const auto r = static_cast<Eigen::Index>(std::floor(row));
    const auto c = static_cast<Eigen::Index>(std::floor(column));
    double sum = 0;
    double weights = 0;
    for (const Eigen::Index i : {r, r + 1}) {
        for (const Eigen::Index j : {c, c + 1}) {
            if (i < 0 || j < 0 || i >= samples.rows() || j >= samples.cols()) continue;
            const double weight = (1 - std::abs(row - static_cast<double>(i))) *
                                  (1 - std::abs(column - static_cast<double>(j)));
            if (!std::isfinite(samples(i, j))) continue;
            sum += weight * samples(i, j);
            weights += weight;
        }
    }
    if (weights <= 0) return std::nullopt;
    return sum / weights;
}

/// The disc of a map, centred at (x, y), with the contour of half of its peak.
void draw_disc(Canvas& canvas, const SphereMap& map, double x, double y, double radius, double cap,
               double line_width) {
    const double samples_per_pixel = static_cast<double>(map.magnitude.rows() - 1) / (2 * radius);
    const auto sampled = [&](double across, double down) {
        return value_at(map.magnitude, (down - y + radius) * samples_per_pixel,
                        (across - x + radius) * samples_per_pixel);
    };
    for (int row = static_cast<int>(y - radius) - 1; row <= static_cast<int>(y + radius) + 1; ++row) {
        for (int column = static_cast<int>(x - radius) - 1; column <= static_cast<int>(x + radius) + 1;
             ++column) {
            const double across = column + 0.5;
            const double down = row + 0.5;
            const double inside = radius - std::hypot(across - x, down - y);
            const std::optional<double> value = sampled(across, down);
            if (inside < -0.5 || !value) continue;
            canvas.blend(column, row, field_colour(*value / cap),
                         static_cast<float>(std::clamp(inside + 0.5, 0.0, 1.0)));
            // Distance from the contour in pixels, to first order.
            const double right = sampled(across + 1, down).value_or(*value) - *value;
            const double below = sampled(across, down + 1).value_or(*value) - *value;
            const double slope = std::hypot(right, below);
            if (slope <= 0 || inside < 1) continue;
            const double distance = std::abs(*value - map.peak / 2) / slope;
            const auto covered = static_cast<float>(std::clamp(line_width / 2 + 0.5 - distance, 0.0, 1.0));
            canvas.blend(column, row, white, covered);
        }
    }
}

/// An arrow of a small pair of axes.
void draw_arrow(Canvas& canvas, double x, double y, double dx, double dy, double scale) {
    canvas.draw_line(x, y, x + dx, y + dy, 3 * scale, ink);
    const double length = std::hypot(dx, dy);
    const double ux = dx / length;
    const double uy = dy / length;
    const double head = 14 * scale;
    canvas.fill_triangle(x + dx + ux * head, y + dy + uy * head, x + dx - uy * head / 2,
                         y + dy + ux * head / 2, x + dx + uy * head / 2, y + dy - ux * head / 2, ink);
}

} // namespace

void draw_sphere_maps(const SphereSheet& sheet, const PictureOptions& options,
                      const std::filesystem::path& png) {
    check(options);
    double cap = 0;
    for (const SphereMap& map : sheet.maps) {
        if (!(map.peak > 0)) throw Error(fmt::format("map '{}': its peak is not positive", map.title));
        cap = std::max(cap, map.peak);
    }
    if (sheet.maps.empty()) throw Error("a sheet of sphere maps needs a map");

    const PictureLayout layout(options);
    const double s = layout.scale;
    Canvas canvas(options.width, options.height, white);
    draw_titles(canvas, layout, sheet.title, sheet.subtitle);

    // As many columns as make the discs largest.
    const double width = layout.width - 2 * layout.margin();
    const double height = layout.height - layout.scene_top() - 136 * s;
    const double text_height = 72 * s;
    const auto n = static_cast<int>(sheet.maps.size());
    int columns = 1;
    double cell = 0;
    for (int candidate = 1; candidate <= n; ++candidate) {
        const int rows = (n + candidate - 1) / candidate;
        const double fitting = std::min(width / candidate, height / rows - text_height);
        if (fitting > cell) {
            cell = fitting;
            columns = candidate;
        }
    }
    const double radius = std::max(4.0, 0.46 * cell);
    const double row_height = height / ((n + columns - 1) / columns);
    for (int i = 0; i < n; ++i) {
        const SphereMap& map = sheet.maps[static_cast<std::size_t>(i)];
        const double x = layout.margin() + width * (i % columns + 0.5) / columns;
        const double top = layout.scene_top() + (i / columns) * row_height;
        canvas.draw_text(map.title, x, top + 16 * s,
                         {.size = 26 * s, .bold = true, .anchor = Anchor::centre});
        TextStyle style{.size = 21 * s, .colour = text_grey, .anchor = Anchor::centre};
        while (style.size > 8 * s && Canvas::text_width(map.subtitle, style) > 0.96 * width / columns) {
            style.size *= 0.95;
        }
        canvas.draw_text(map.subtitle, x, top + 46 * s, style);
        draw_disc(canvas, map, x, top + text_height + radius, radius, cap, 2.5 * s);
    }

    draw_colour_bar(canvas,
                    {.left = layout.margin(),
                     .top = layout.height - 84 * s,
                     .length = layout.width * 0.62 - layout.margin(),
                     .scale = s,
                     .is_capped = false},
                    sheet.colour_bar_title, cap);
    const double corner_x = layout.width * 0.78;
    const double corner_y = layout.height - 36 * s;
    draw_arrow(canvas, corner_x, corner_y, 0, -44 * s, s);
    draw_arrow(canvas, corner_x, corner_y, -44 * s, 0, s);
    canvas.draw_text(sheet.up_label, corner_x + 16 * s, corner_y - 46 * s, {.size = 22 * s});
    canvas.draw_text(sheet.left_label, corner_x - 68 * s, corner_y,
                     {.size = 22 * s, .anchor = Anchor::right});
    write_png(canvas, png);
}

} // namespace corticoil::viz
