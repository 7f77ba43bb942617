#include "viz/canvas.h"

#include "core/error.h"
#include "viz/text_image.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace corticoil::viz {

namespace {
/// The coverage of `text` grown by `radius` pixels: the greatest coverage within that distance.
TextImage grown(const TextImage& text, int radius) {
    TextImage result{text.width + 2 * radius, text.height + 2 * radius, {}};
    result.coverage.assign(static_cast<std::size_t>(result.width) * static_cast<std::size_t>(result.height),
                           0.0F);
    for (int row = 0; row < text.height; ++row) {
        for (int column = 0; column < text.width; ++column) {
            const float covered = text.coverage[static_cast<std::size_t>(row * text.width + column)];
            if (covered <= 0) continue;
            for (int dy = -radius; dy <= radius; ++dy) {
                for (int dx = -radius; dx <= radius; ++dx) {
                    if (dx * dx + dy * dy > radius * radius) continue;
                    float& target = result.coverage[static_cast<std::size_t>(
                        (row + radius + dy) * result.width + column + radius + dx)];
                    target = std::max(target, covered);
                }
            }
        }
    }
    return result;
}

float soft_step(double distance_inside) {
    return static_cast<float>(std::clamp(distance_inside + 0.5, 0.0, 1.0));
}
} // namespace

Canvas::Canvas(int width, int height, const Colour& background)
    : width_(width), height_(height),
      pixels_(static_cast<std::size_t>(width) * static_cast<std::size_t>(height), background) {}

const Colour& Canvas::at(int column, int row) const {
    CORTICOIL_ASSERT(column >= 0 && row >= 0 && column < width_ && row < height_);
    return pixels_[static_cast<std::size_t>(row) * static_cast<std::size_t>(width_) +
                   static_cast<std::size_t>(column)];
}

void Canvas::set(int column, int row, const Colour& colour) {
    CORTICOIL_ASSERT(column >= 0 && row >= 0 && column < width_ && row < height_);
    pixels_[static_cast<std::size_t>(row) * static_cast<std::size_t>(width_) +
            static_cast<std::size_t>(column)] = colour;
}

void Canvas::blend(int column, int row, const Colour& colour, float opacity) {
    if (column < 0 || row < 0 || column >= width_ || row >= height_) return;
    set(column, row, mix(at(column, row), colour, opacity));
}

void Canvas::fill_rectangle(double left, double top, double right, double bottom, const Colour& colour,
                            float opacity) {
    const int last_row = std::min(height_ - 1, static_cast<int>(std::ceil(bottom)));
    const int last_column = std::min(width_ - 1, static_cast<int>(std::ceil(right)));
    for (int row = std::max(0, static_cast<int>(std::floor(top))); row <= last_row; ++row) {
        const double rows = std::clamp(std::min(bottom, row + 1.0) - std::max(top, double(row)), 0.0, 1.0);
        for (int column = std::max(0, static_cast<int>(std::floor(left))); column <= last_column; ++column) {
            const double columns =
                std::clamp(std::min(right, column + 1.0) - std::max(left, double(column)), 0.0, 1.0);
            blend(column, row, colour, opacity * static_cast<float>(rows * columns));
        }
    }
}

void Canvas::fill_gradient(double left, double top, double right, double bottom,
                           const std::function<Colour(double fraction)>& colour) {
    const double length = right - left;
    for (int column = 0; column < static_cast<int>(length); ++column)
        fill_rectangle(left + column, top, left + column + 1, bottom, colour((column + 0.5) / length));
}

void Canvas::draw_line(double x0, double y0, double x1, double y1, double width, const Colour& colour,
                       float opacity) {
    const double radius = width / 2;
    const double dx = x1 - x0;
    const double dy = y1 - y0;
    const double length_squared = dx * dx + dy * dy;
    const int first_row = std::max(0, static_cast<int>(std::floor(std::min(y0, y1) - radius - 1)));
    const int last_row = std::min(height_ - 1, static_cast<int>(std::ceil(std::max(y0, y1) + radius + 1)));
    const int first_column = std::max(0, static_cast<int>(std::floor(std::min(x0, x1) - radius - 1)));
    const int last_column = std::min(width_ - 1, static_cast<int>(std::ceil(std::max(x0, x1) + radius + 1)));
    for (int row = first_row; row <= last_row; ++row) {
        for (int column = first_column; column <= last_column; ++column) {
            const double px = column + 0.5 - x0;
            const double py = row + 0.5 - y0;
            const double along =
                length_squared > 0 ? std::clamp((px * dx + py * dy) / length_squared, 0.0, 1.0) : 0.0;
            const double distance = std::hypot(px - along * dx, py - along * dy);
            const float covered = soft_step(radius - distance);
            if (covered > 0) blend(column, row, colour, covered * opacity);
        }
    }
}

void Canvas::fill_triangle(double x0, double y0, double x1, double y1, double x2, double y2,
                           const Colour& colour) {
    const double doubled_area = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0);
    if (doubled_area == 0) return;
    const double sign = doubled_area > 0 ? 1 : -1;
    const std::array<std::array<double, 4>, 3> edges{{{x0, y0, x1, y1}, {x1, y1, x2, y2}, {x2, y2, x0, y0}}};
    const auto [low_x, high_x] = std::minmax({x0, x1, x2});
    const auto [low_y, high_y] = std::minmax({y0, y1, y2});
    for (int row = static_cast<int>(std::floor(low_y)) - 1; row <= static_cast<int>(std::ceil(high_y));
         ++row) {
        for (int column = static_cast<int>(std::floor(low_x)) - 1;
             column <= static_cast<int>(std::ceil(high_x)); ++column) {
            double inside = width_ + height_;
            for (const std::array<double, 4>& edge : edges) {
                const double ex = edge[2] - edge[0];
                const double ey = edge[3] - edge[1];
                const double cross = ex * (row + 0.5 - edge[1]) - ey * (column + 0.5 - edge[0]);
                inside = std::min(inside, sign * cross / std::hypot(ex, ey));
            }
            blend(column, row, colour, soft_step(inside));
        }
    }
}

void Canvas::draw_text(const std::string& text, double x, double y, const TextStyle& style) {
    const TextImage image = viz::draw_text(text, style.size, style.bold);
    const double shift = style.anchor == Anchor::left ? 0 : style.anchor == Anchor::centre ? 0.5 : 1.0;
    const int left = static_cast<int>(std::lround(x - shift * image.width));
    const int top = static_cast<int>(std::lround(y - image.height / 2.0));
    const auto lay = [&](const TextImage& mask, int column0, int row0, const Colour& colour) {
        for (int row = 0; row < mask.height; ++row) {
            for (int column = 0; column < mask.width; ++column) {
                const float covered = mask.coverage[static_cast<std::size_t>(row * mask.width + column)];
                if (covered > 0) blend(column0 + column, row0 + row, colour, covered);
            }
        }
    };
    const int halo = static_cast<int>(std::lround(style.halo));
    if (halo > 0) lay(grown(image, halo), left - halo, top - halo, style.halo_colour);
    lay(image, left, top, style.colour);
}

double Canvas::text_width(const std::string& text, const TextStyle& style) {
    return viz::draw_text(text, style.size, style.bold).width;
}

void Canvas::paste(const Canvas& other, int column, int row) {
    for (int y = 0; y < other.height(); ++y) {
        for (int x = 0; x < other.width(); ++x) {
            if (column + x >= 0 && column + x < width_ && row + y >= 0 && row + y < height_) {
                set(column + x, row + y, other.at(x, y));
            }
        }
    }
}

} // namespace corticoil::viz
