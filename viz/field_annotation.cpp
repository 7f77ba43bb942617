#include "viz/field_annotation.h"

#include "core/constants.h"
#include "viz/annotation.h"
#include "viz/colour_bar.h"
#include "viz/field_bodies.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace corticoil::viz {

namespace {
std::string ordinal(double percentile) {
    const std::string number = plain_number(percentile, 6);
    const bool teen =
        number.size() >= 2 && number[number.size() - 2] == '1' && number.find('.') == std::string::npos;
    const char last = number.back();
    const char* const ending = teen          ? "th"
                               : last == '1' ? "st"
                               : last == '2' ? "nd"
                               : last == '3' ? "rd"
                                             : "th";
    return number + ending;
}

/// The legend's lines, from the top.
class Legend {
  public:
    Legend(Canvas& canvas, const PictureLayout& layout)
        : canvas_(canvas), scale_(layout.scale), left_(layout.legend_left()),
          row_(layout.scene_top() + 20 * scale_) {}

    template <typename Symbol>
    void add(const std::string& text, Symbol draw_symbol) {
        draw_symbol(left_, left_ + 52 * scale_, row_);
        canvas_.draw_text(text, left_ + 68 * scale_, row_, {.size = 22 * scale_});
        row_ += 42 * scale_;
    }

  private:
    Canvas& canvas_;
    double scale_;
    double left_;
    double row_;
};

void draw_legend(Canvas& canvas, const PictureLayout& layout, const FieldScene& scene) {
    const double s = layout.scale;
    Legend legend(canvas, layout);
    if (scene.induced_direction) {
        legend.add("direction of induced E", [&](double left, double right, double row) {
            canvas.draw_line(left, row, right - 14 * s, row, 8 * s, induced_colour);
            canvas.fill_triangle(right - 18 * s, row - 11 * s, right, row, right - 18 * s, row + 11 * s,
                                 induced_colour);
        });
    }
    legend.add("coil handle", [&](double left, double right, double row) {
        canvas.draw_line(left, row, right, row, 10 * s, handle_colour);
    });
    if (!scene.windings.empty()) {
        legend.add("coil windings", [&](double left, double right, double row) {
            canvas.draw_line(left, row, right, row, 7 * s, copper);
        });
    }
    if (scene.casing) {
        legend.add("coil casing", [&](double left, double right, double row) {
            canvas.draw_line(left, row, right, row, 15 * s, casing_colour, 0.35F);
        });
    }
    if (scene.roi_radius > 0) {
        const double radius_mm = scene.roi_radius * millimetres_per_metre;
        legend.add("ROI on the cortex", [&](double left, double right, double row) {
            canvas.draw_line(left, row, right, row, 9 * s, mix(white, black, 0.12F));
            canvas.draw_line(left, row, right, row, 7 * s, white);
            canvas.draw_line(left, row, right, row, 4 * s, black);
        });
        legend.add(fmt::format("ROI: ball of {} mm radius", plain_number(radius_mm, 3)),
                   [&](double left, double right, double row) {
                       constexpr int n_dots = 5;
                       for (int dot = 0; dot < n_dots; ++dot) {
                           const double x = std::lerp(left, right, dot / (n_dots - 1.0));
                           canvas.draw_line(x, row, x, row, 5 * s, black);
                       }
                   });
    }
}

/// Names a mark beyond its end, or beside it where the scene's part cuts it off.
void name_mark(Canvas& canvas, const PictureLayout& layout, const PictureCamera& camera,
               const std::pair<Vector3, Vector3>& mark, const std::string& name, const Colour& colour) {
    const double s = layout.scale;
    const Eigen::Vector2d from = camera.project(mark.first).head<2>();
    const Eigen::Vector2d to = camera.project(mark.second).head<2>();
    const TextStyle style{
        .size = 25 * s, .colour = colour, .bold = true, .anchor = Anchor::centre, .halo = 3 * s};
    const double half_width = Canvas::text_width(name, style) / 2;
    const Eigen::Array2d room(half_width + 10 * s, 22 * s);
    const Eigen::Array2d low = Eigen::Array2d(layout.scene_left(), layout.scene_top()) + room;
    const Eigen::Array2d high = Eigen::Array2d(layout.scene_right(), layout.scene_bottom()) - room;
    const auto is_inside = [&](const Eigen::Vector2d& place) {
        return (place.array() >= low).all() && (place.array() <= high).all();
    };
    const Eigen::Vector2d direction =
        (to - from).norm() > 0 ? (to - from).normalized() : Eigen::Vector2d(0, 0);
    Eigen::Vector2d place = to + direction * (18 * s + half_width * std::abs(direction.x()));
    // Back along the mark from its end, at its side.
    constexpr int n_steps = 20;
    const Eigen::Vector2d across(-direction.y(), direction.x());
    const Eigen::Vector2d aside = across * (26 * s + half_width * std::abs(across.x()));
    for (int step = 0; step <= n_steps && !is_inside(place); ++step) {
        const Eigen::Vector2d on_mark = to + (from - to) * step / n_steps;
        place = on_mark + aside;
        if (!is_inside(place)) place = on_mark - aside;
    }
    if (is_inside(place)) canvas.draw_text(name, place.x(), place.y(), style);
}

/// White outside the scene's part, with a frame where the scene fills it.
void clear_around_scene(Canvas& canvas, const PictureLayout& layout, bool framed) {
    canvas.fill_rectangle(0, 0, layout.width, layout.scene_top(), white);
    canvas.fill_rectangle(0, layout.scene_bottom(), layout.width, layout.height, white);
    canvas.fill_rectangle(0, 0, layout.scene_left(), layout.height, white);
    canvas.fill_rectangle(layout.scene_right(), 0, layout.width, layout.height, white);
    if (!framed) return;
    const Colour frame{0.72F, 0.72F, 0.74F};
    const double width = 2 * layout.scale;
    for (const double row : {layout.scene_top(), layout.scene_bottom()}) {
        canvas.draw_line(layout.scene_left(), row, layout.scene_right(), row, width, frame);
    }
    for (const double column : {layout.scene_left(), layout.scene_right()}) {
        canvas.draw_line(column, layout.scene_top(), column, layout.scene_bottom(), width, frame);
    }
}
} // namespace

void draw_roi_ball(Canvas& canvas, double scale, const PictureCamera& camera, const FieldScene& scene) {
    if (!(scene.roi_radius > 0)) return;
    const Vector3 centre = camera.project(scene.roi_centre);
    const double radius = scene.roi_radius / camera.metres_per_pixel;
    constexpr double pixels_per_dot = 13;
    const int n_dots = std::max(12, static_cast<int>(2 * pi * radius / (pixels_per_dot * scale)));
    for (int dot = 0; dot < n_dots; ++dot) {
        const double x = centre.x() + radius * std::cos(2 * pi * dot / n_dots);
        const double y = centre.y() + radius * std::sin(2 * pi * dot / n_dots);
        canvas.draw_line(x, y, x, y, 6.5 * scale, white);
        canvas.draw_line(x, y, x, y, 4 * scale, black);
    }
}

std::string colour_bar_title(double didt, double percentile, double cap) {
    return fmt::format("|E| (V/m) at {} A/µs, capped at the {} percentile ({} V/m)",
                       plain_number(didt / ampere_per_microsecond, 4), ordinal(percentile),
                       fixed_number(cap));
}

void annotate_field(Canvas& canvas, const FieldScene& scene, FieldView view, const PictureOptions& options,
                    double cap) {
    const PictureLayout layout(options);
    const PictureCamera camera = field_camera(scene, view, options);
    const CoilMarks marks = coil_marks(scene);
    name_mark(canvas, layout, camera, {marks.handle_start, marks.handle_end}, "handle", handle_colour);
    if (marks.induced) {
        name_mark(canvas, layout, camera, *marks.induced, "E", induced_colour);
    }
    draw_roi_ball(canvas, layout.scale, camera, scene);
    clear_around_scene(canvas, layout, view == FieldView::close);
    draw_titles(canvas, layout, scene.title, scene.subtitle);
    const double bar_length = 760 * layout.scale;
    draw_colour_bar(canvas,
                    {.left = layout.scene_column() - bar_length / 2,
                     .top = layout.height - 104 * layout.scale,
                     .length = bar_length,
                     .scale = layout.scale},
                    colour_bar_title(scene.didt, options.cap_percentile, cap), cap);
    draw_legend(canvas, layout, scene);
    const double s = layout.scale;
    const double middle = (layout.legend_left() + layout.width - layout.margin()) / 2;
    draw_orientation(canvas, camera, middle, layout.scene_bottom() - 150 * s, 62 * s, 26 * s);
    const double longest = 240 * s;
    draw_scale_bar(canvas, layout, camera.metres_per_pixel, middle, layout.scene_bottom() + 54 * s, longest);
}

} // namespace corticoil::viz
