#include "viz/live_bodies.h"

#include "core/constants.h"
#include "core/error.h"
#include "viz/annotation.h"
#include "viz/colour_bar.h"
#include "viz/field_bodies.h"
#include "viz/picture_layout.h"
#include "viz/picture_theme.h"
#include "viz/solid_shapes.h"
#include "viz/surface_statistics.h"

#include <algorithm>
#include <cmath>

namespace corticoil::viz {

namespace {

constexpr double darkest_sulcus = 0.38; ///< As in pictures.
constexpr Colour picked_colour{0.95F, 0.10F, 0.75F};

Points line_between(const Vector3& from, const Vector3& to) {
    Points points(3, 2);
    points << from, to;
    return points;
}

/// Every so many vertices, so that a wire has at most `most`.
Points thinned(const Points& wire, Eigen::Index most) {
    const Eigen::Index stride = (wire.cols() + most - 1) / most;
    if (stride <= 1) return wire;
    const Eigen::Index n = (wire.cols() - 1) / stride + 1;
    const bool has_rest = (wire.cols() - 1) % stride != 0;
    Points kept(3, n + (has_rest ? 1 : 0));
    for (Eigen::Index i = 0; i < n; ++i) kept.col(i) = wire.col(i * stride);
    if (has_rest) kept.col(n) = wire.col(wire.cols() - 1);
    return kept;
}

} // namespace

std::vector<Colour> live_colours(const Eigen::VectorXd& values, const Eigen::VectorXd& openness,
                                 const LiveColours& colours) {
    CORTICOIL_ASSERT(values.size() == openness.size());
    std::vector<Colour> result(static_cast<std::size_t>(values.size()));
    constexpr float paleness = 0.6F;
    for (Eigen::Index node = 0; node < values.size(); ++node) {
        const double fraction = values[node] / colours.cap;
        Colour colour = colours.is_signed ? diverging_colour(fraction) : field_colour(fraction);
        if (colours.is_stale) {
            const auto grey = static_cast<float>(oklab_lightness(colour));
            colour = mix(colour, {grey, grey, grey}, paleness);
        }
        const double shade = darkest_sulcus + (1 - darkest_sulcus) * openness[node];
        result[static_cast<std::size_t>(node)] = mix(black, colour, static_cast<float>(shade));
    }
    return result;
}

Body live_windings(const std::vector<Points>& wires) {
    constexpr double radius = 0.0006;         // [m]
    constexpr Eigen::Index most_points = 700; // Of all wires: about 9,000 triangles.
    Eigen::Index n_points = 0;
    for (const Points& wire : wires) n_points += wire.cols();
    std::vector<SurfaceMesh> tubes;
    for (const Points& wire : wires) {
        const Eigen::Index share = std::max<Eigen::Index>(
            3, n_points <= most_points ? wire.cols() : wire.cols() * most_points / n_points);
        tubes.push_back(tube(thinned(wire, share), radius));
    }
    return {joined(tubes), {copper}, Light::studio};
}

Body live_handle() {
    constexpr double begins = 0.030; // [m] from the centre, as in pictures.
    constexpr double ends = 0.120;
    constexpr double lift = 0.010;
    return {tube(line_between({0, -begins, -lift}, {0, -ends, -lift}), 0.004),
            {mix(black, white, 0.30F)},
            Light::studio};
}

Body live_arrow(const Vector3& induced_direction) {
    constexpr double length = 0.046; // [m]
    constexpr double lift = 0.010;
    const Vector3 tail(0, 0, -lift);
    return {
        arrow(tail, tail + length * induced_direction.normalized(), 0.0018), {induced_colour}, Light::studio};
}

Body live_ring(const SurfaceMesh& surface, const Vector3& centre, double radius) {
    constexpr double rim = 0.0009; // [m]
    constexpr double line = 0.0005;
    std::vector<SurfaceMesh> rims;
    std::vector<SurfaceMesh> lines;
    Vector3 middle = Vector3::Zero();
    for (Eigen::Index i = 0; i < surface.nodes.cols(); ++i) middle += surface.nodes.col(i);
    middle /= std::max<double>(1, static_cast<double>(surface.nodes.cols()));
    const Vector3 outward = (centre - middle).normalized();
    for (const Points& piece : sphere_cut(surface, centre, radius)) {
        rims.push_back(tube(piece, rim));
        lines.push_back(tube(piece.colwise() + Vector3(rim * outward), line));
    }
    const SurfaceMesh all_rims = joined(rims);
    rims.insert(rims.end(), lines.begin(), lines.end());
    Body body{joined(rims), {}, Light::none};
    body.node_colours.assign(static_cast<std::size_t>(body.surface.n_nodes()), black);
    std::fill_n(body.node_colours.begin(), all_rims.n_nodes(), white);
    return body;
}

Body live_mark(const Vector3& point) {
    constexpr double reach = 0.006; // [m]
    constexpr double radius = 0.0006;
    std::vector<SurfaceMesh> parts;
    for (int axis = 0; axis < 3; ++axis) {
        const Vector3 along = reach * Vector3::Unit(axis);
        parts.push_back(tube(line_between(point - along, point + along), radius));
    }
    return {joined(parts), {picked_colour}, Light::none};
}

Canvas draw_panel(const LivePanel& panel) {
    const PictureTheme theme = theme_of(panel.is_dark ? Background::dark : Background::light);
    Canvas canvas(panel.width, panel.height, mix(theme.background, theme.ink, 0.05F));
    const double left = 16;
    const double right = panel.width - 16;
    double row = 26;
    canvas.draw_text(panel.title, left, row, {.size = 17, .colour = theme.ink, .bold = true});
    row += 12;
    for (const auto& [name, value] : panel.lines) {
        if (name.empty()) {
            row += 24;
            canvas.draw_text(value, left, row, {.size = 14, .colour = theme.ink, .bold = true});
            continue;
        }
        row += 19;
        canvas.draw_text(name, left, row, {.size = 13, .colour = theme.quiet});
        const double text = Canvas::text_width(value, {.size = 13});
        canvas.draw_text(value, std::max(left, right - text), row, {.size = 13, .colour = theme.ink});
    }
    if (!panel.notice.empty()) {
        row += 30;
        canvas.fill_rectangle(left - 6, row - 12, right + 6, row + 12, {0.98F, 0.80F, 0.35F});
        canvas.draw_text(panel.notice, left, row, {.size = 13, .colour = {0.20F, 0.10F, 0.0F}, .bold = true});
    }
    const double bar_left = left + 8;
    const double bar_length = right - 20 - bar_left;
    const double bottom = panel.height;
    draw_colour_bar(
        canvas, {.left = bar_left, .top = bottom - 58, .length = bar_length, .scale = 0.6, .ink = theme.ink},
        panel.colour_title, ColourScale{panel.colours.cap, panel.colours.is_signed});
    draw_orientation(canvas, panel.camera, left + 58, bottom - 168, 40, 17, theme);
    PictureLayout layout({.width = 400, .height = 300});
    layout.scale = 0.62;
    layout.theme = theme;
    draw_scale_bar(canvas, layout, panel.camera.metres_per_pixel, right - 66, bottom - 160, 100);
    return canvas;
}

Canvas draw_card(const std::string& title, const std::vector<std::pair<std::string, std::string>>& lines,
                 bool is_dark) {
    const PictureTheme theme = theme_of(is_dark ? Background::dark : Background::light);
    constexpr int line_height = 19;
    constexpr double gap = 24;
    double name_width = 0;
    double value_width = 0;
    for (const auto& [name, value] : lines) {
        name_width = std::max(name_width, gap + Canvas::text_width(name, {.size = 13, .bold = true}));
        value_width = std::max(value_width, Canvas::text_width(value, {.size = 13}));
    }
    Canvas canvas(static_cast<int>(name_width + value_width) + 40,
                  52 + line_height * static_cast<int>(lines.size()), mix(theme.background, theme.ink, 0.05F));
    canvas.draw_text(title, 20, 24, {.size = 16, .colour = theme.ink, .bold = true});
    double row = 50;
    for (const auto& [name, value] : lines) {
        canvas.draw_text(name, 20, row, {.size = 13, .colour = theme.ink, .bold = true});
        canvas.draw_text(value, 20 + name_width, row, {.size = 13, .colour = theme.ink});
        row += line_height;
    }
    return canvas;
}

} // namespace corticoil::viz
