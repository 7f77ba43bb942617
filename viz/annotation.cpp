#include "viz/annotation.h"

#include "core/constants.h"
#include "viz/canvas.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace corticoil::viz {

namespace {
/// The style, made smaller until the text fits; a text that does not fit at a third of its size is cut off by
/// the picture.
TextStyle fitted(const std::string& text, TextStyle style, double width) {
    const double smallest = style.size / 3;
    while (style.size > smallest && Canvas::text_width(text, style) > width) style.size *= 0.96;
    return style;
}

/// At most as many bytes as fit a picture, cut between two UTF-8 characters.
std::string shortened(const std::string& text) {
    constexpr std::size_t longest = 180;
    if (text.size() <= longest) return text;
    std::size_t end = longest;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    return text.substr(0, end) + "…";
}
} // namespace

void draw_titles(Painter& painter, const PictureLayout& layout, const std::string& whole_title,
                 const std::string& whole_subtitle) {
    const std::string title = shortened(whole_title);
    const std::string subtitle = shortened(whole_subtitle);
    const double width = layout.width - 2 * layout.margin();
    const TextStyle title_style =
        fitted(title, {.size = 34 * layout.scale, .colour = layout.theme.ink, .bold = true}, width);
    const TextStyle subtitle_style =
        fitted(subtitle, {.size = 23 * layout.scale, .colour = layout.theme.quiet}, width);
    painter.draw_text(title, layout.margin(), 46 * layout.scale, title_style);
    painter.draw_text(subtitle, layout.margin(), 86 * layout.scale, subtitle_style);
}

void draw_scale_bar(Painter& painter, const PictureLayout& layout, double metres_per_pixel, double middle,
                    double row, double longest) {
    double length_mm = 1;
    for (const double candidate : {2.0, 5.0, 10.0, 20.0, 50.0, 100.0}) {
        if (candidate * metres_per_millimetre / metres_per_pixel <= longest) length_mm = candidate;
    }
    const double pixels = length_mm * metres_per_millimetre / metres_per_pixel;
    const double right = middle + pixels / 2;
    const Colour& ink = layout.theme.ink;
    const double thickness = 4 * layout.scale;
    painter.fill_rectangle(right - pixels, row - thickness / 2, right, row + thickness / 2, ink);
    for (const double x : {right - pixels, right}) {
        const double left = x == right ? right - thickness / 2 : x;
        painter.fill_rectangle(left, row - 2 * thickness, left + thickness / 2, row + 2 * thickness, ink);
    }
    painter.draw_text(fmt::format("{} mm", length_mm), right - pixels / 2, row - 24 * layout.scale,
                      {.size = 22 * layout.scale, .colour = ink, .anchor = Anchor::centre});
}

void draw_orientation(Painter& painter, const PictureCamera& camera, double x, double y, double radius,
                      double text_size, const PictureTheme& theme) {
    struct End {
        double x, y, towards_viewer, length;
        const char* letter;
    };
    std::vector<End> ends;
    const std::array<std::array<const char*, 2>, 3> letters{{{"R", "L"}, {"A", "P"}, {"S", "I"}}};
    for (std::size_t axis = 0; axis < 3; ++axis) {
        for (const int sign : {1, -1}) {
            const Vector3 direction = sign * Vector3::Unit(static_cast<Eigen::Index>(axis));
            const double across = camera.right.dot(direction);
            const double up = camera.up.dot(direction);
            ends.push_back({across, -up, camera.towards_viewer.dot(direction), std::hypot(across, up),
                            letters[axis][sign > 0 ? 0 : 1]});
        }
    }
    std::sort(ends.begin(), ends.end(),
              [](const End& a, const End& b) { return a.towards_viewer < b.towards_viewer; });
    const Colour& ink = theme.ink;
    const Colour& pale = theme.pale;
    // An axis shorter than this share of its length points at the viewer: its letters would cover the middle.
    constexpr double shortest = 0.4;
    for (const End& end : ends) {
        const bool faces_viewer = end.towards_viewer > -1e-9;
        painter.draw_line(x, y, x + radius * end.x, y + radius * end.y, 0.05 * radius,
                          faces_viewer ? ink : pale);
    }
    // From the nearest: a letter that would touch one already there is left out.
    std::vector<Eigen::Vector2d> places;
    for (auto end = ends.rbegin(); end != ends.rend(); ++end) {
        if (end->length < shortest) continue;
        const double reach = radius + 0.75 * text_size / end->length;
        const Eigen::Vector2d place(x + reach * end->x, y + reach * end->y);
        const bool is_free = std::all_of(places.begin(), places.end(), [&](const Eigen::Vector2d& other) {
            return (place - other).norm() > 1.1 * text_size;
        });
        if (!is_free) continue;
        places.push_back(place);
        const bool faces_viewer = end->towards_viewer > -1e-9;
        painter.draw_text(
            end->letter, place.x(), place.y(),
            {.size = text_size, .colour = faces_viewer ? ink : pale, .bold = true, .anchor = Anchor::centre});
    }
}

std::vector<double> round_ticks(double end) {
    constexpr int most_steps = 6;
    double step = std::pow(10, std::floor(std::log10(end / most_steps)));
    // 1, 2, 5, 10 times the power of ten.
    for (const double factor : {2.0, 2.5, 2.0}) {
        if (end / step > most_steps) step *= factor;
    }
    std::vector<double> ticks;
    for (int i = 0; i * step <= end * (1 + 1e-12); ++i) ticks.push_back(i * step);
    return ticks;
}

int decimals_for(double value, int digits) {
    return std::max(0, digits - 1 - static_cast<int>(std::floor(std::log10(value))));
}

std::string plain_number(double value, int digits) {
    if (value == 0) return "0";
    const int leading = static_cast<int>(std::floor(std::log10(std::abs(value)))) + 1;
    const double unit = std::pow(10, leading - digits);
    std::string text = fmt::format("{:.{}f}", std::round(value / unit) * unit, std::max(0, digits - leading));
    if (text.find('.') != std::string::npos) {
        text.erase(text.find_last_not_of('0') + 1);
        if (text.back() == '.') text.pop_back();
    }
    return text;
}

} // namespace corticoil::viz
