#include "viz/field_annotation.h"

#include "core/constants.h"
#include "core/tissue.h"
#include "viz/annotation.h"
#include "viz/colour_bar.h"
#include "viz/field_bodies.h"
#include "viz/field_extras.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

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
    Legend(Painter& painter, const PictureLayout& layout)
        : painter_(painter), ink_(layout.theme.ink), scale_(layout.scale), left_(layout.legend_left()),
          row_(layout.scene_top() + 20 * scale_) {}

    template <typename Symbol>
    void add(const std::string& text, Symbol draw_symbol) {
        draw_symbol(left_, left_ + 52 * scale_, row_);
        painter_.draw_text(text, left_ + 68 * scale_, row_, {.size = 22 * scale_, .colour = ink_});
        row_ += 42 * scale_;
    }

  private:
    Painter& painter_;
    Colour ink_;
    double scale_;
    double left_;
    double row_;
};

/// What a view of E itself adds to the legend: text and colour.
std::vector<std::pair<std::string, Colour>> special_entries(const FieldScene& scene, FieldView view,
                                                            const FieldLook& look) {
    if (view == FieldView::arrows) return {{"E: length, colour by |E|", field_colour(0.6)}};
    if (view == FieldView::streamlines) return {{"lines along E", field_colour(0.6)}};
    if (view == FieldView::candidates) return {{"coil poses, along +y", field_colour(0.6)}};
    std::vector<std::pair<std::string, Colour>> entries;
    if (view != FieldView::cut) return entries;
    const std::vector<int>& labels = scene.volume->mesh.labels;
    for (const TissueInfo& known : known_tissues()) {
        if (!look.cut_by_tissue && tissue::is_brain(known.label)) continue;
        if (std::find(labels.begin(), labels.end(), known.label) == labels.end()) continue;
        entries.emplace_back(known.display_name,
                             look.cut_by_tissue ? tissue_colour(known.label) : section_colour(known.label));
    }
    return entries;
}

void draw_legend(Painter& painter, const PictureLayout& layout, const FieldScene& scene, FieldView view,
                 const FieldLook& look) {
    const double s = layout.scale;
    Legend legend(painter, layout);
    const auto add_swatch = [&](const std::string& text, const Colour& colour, float opacity) {
        legend.add(text, [&](double left, double right, double row) {
            painter.draw_line(left, row, right, row, 15 * s, colour, opacity);
        });
    };
    if (look.shows(Part::marks) && scene.induced_direction) {
        legend.add("direction of induced E", [&](double left, double right, double row) {
            painter.draw_line(left, row, right - 14 * s, row, 8 * s, induced_colour);
            painter.fill_triangle(right - 18 * s, row - 11 * s, right, row, right - 18 * s, row + 11 * s,
                                  induced_colour);
        });
    }
    if (look.shows(Part::marks)) {
        legend.add("coil handle", [&](double left, double right, double row) {
            painter.draw_line(left, row, right, row, 10 * s, layout.theme.handle);
        });
    }
    if (look.shows(Part::windings) && !scene.windings.empty()) {
        legend.add("coil windings", [&](double left, double right, double row) {
            painter.draw_line(left, row, right, row, 7 * s, copper);
        });
    }
    if (look.shows(Part::casing) && scene.casing) add_swatch("coil casing", casing_colour, 0.35F);
    if (look.shows(Part::lesions) && scene.lesions.n_triangles() > 0)
        add_swatch("lesions, through the cortex", tissue_colour(tissue::lesion), 0.75F);
    for (const auto& [text, colour] : special_entries(scene, view, look)) add_swatch(text, colour, 1);
    if (look.shows(Part::roi) && scene.roi_radius > 0) {
        const double radius_mm = scene.roi_radius * millimetres_per_metre;
        if (look.shows(Part::cortex))
            legend.add("ROI on the cortex", [&](double left, double right, double row) {
                painter.draw_line(left, row, right, row, 9 * s, mix(white, black, 0.12F));
                painter.draw_line(left, row, right, row, 7 * s, white);
                painter.draw_line(left, row, right, row, 4 * s, black);
            });
        legend.add(fmt::format("ROI: ball of {} mm radius", plain_number(radius_mm, 3)),
                   [&](double left, double right, double row) {
                       constexpr int n_dots = 5;
                       for (int dot = 0; dot < n_dots; ++dot) {
                           const double x = std::lerp(left, right, dot / (n_dots - 1.0));
                           painter.draw_line(x, row, x, row, 5 * s, layout.theme.ink);
                       }
                   });
    }
}

/// Names a mark beyond its end, or beside it where the scene's part cuts it off.
void name_mark(Painter& painter, const PictureLayout& layout, const PictureCamera& camera,
               const std::pair<Vector3, Vector3>& mark, const std::string& name, const Colour& colour) {
    const double s = layout.scale;
    const Eigen::Vector2d from = camera.project(mark.first).head<2>();
    const Eigen::Vector2d to = camera.project(mark.second).head<2>();
    const TextStyle style{.size = 25 * s,
                          .colour = colour,
                          .bold = true,
                          .anchor = Anchor::centre,
                          .halo = 3 * s,
                          .halo_colour = layout.theme.background};
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
    if (is_inside(place)) painter.draw_text(name, place.x(), place.y(), style);
}
} // namespace

void draw_roi_ball(Painter& painter, double scale, const PictureCamera& camera, const FieldScene& scene) {
    if (!(scene.roi_radius > 0)) return;
    const Vector3 centre = camera.project(scene.roi_centre);
    const double radius = scene.roi_radius / camera.metres_per_pixel;
    constexpr double pixels_per_dot = 13;
    const int n_dots = std::max(12, static_cast<int>(2 * pi * radius / (pixels_per_dot * scale)));
    for (int dot = 0; dot < n_dots; ++dot) {
        const double x = centre.x() + radius * std::cos(2 * pi * dot / n_dots);
        const double y = centre.y() + radius * std::sin(2 * pi * dot / n_dots);
        painter.draw_line(x, y, x, y, 6.5 * scale, white);
        painter.draw_line(x, y, x, y, 4 * scale, black);
    }
}

void clear_around_scene(Canvas& canvas, const PictureLayout& layout, bool framed) {
    const Colour& paper = layout.theme.background;
    canvas.fill_rectangle(0, 0, layout.width, layout.scene_top(), paper);
    canvas.fill_rectangle(0, layout.scene_bottom(), layout.width, layout.height, paper);
    canvas.fill_rectangle(0, 0, layout.scene_left(), layout.height, paper);
    canvas.fill_rectangle(layout.scene_right(), 0, layout.width, layout.height, paper);
    if (!framed) return;
    const double width = 2 * layout.scale;
    for (const double row : {layout.scene_top(), layout.scene_bottom()})
        canvas.draw_line(layout.scene_left(), row, layout.scene_right(), row, width, layout.theme.frame);
    for (const double column : {layout.scene_left(), layout.scene_right()}) {
        canvas.draw_line(column, layout.scene_top(), column, layout.scene_bottom(), width,
                         layout.theme.frame);
    }
}

std::string colour_bar_title(double didt, double percentile, double cap, FieldScalar scalar) {
    const char* const what = scalar == FieldScalar::normal       ? "E normal to the cortex, + inwards (V/m)"
                             : scalar == FieldScalar::tangential ? "E tangential to the cortex (V/m)"
                                                                 : "|E| (V/m)";
    return fmt::format("{} at {} A/µs, capped at the {} percentile ({}{} V/m)", what,
                       plain_number(didt / ampere_per_microsecond, 4), ordinal(percentile),
                       scalar == FieldScalar::normal ? "±" : "", fixed_number(cap));
}

void name_marks(Painter& painter, const FieldWords& words) {
    const PictureLayout layout(words.options);
    if (words.look.shows(Part::axes)) {
        const std::array<Vector3, 3> tips = coil_axis_tips(words.scene);
        const std::array<const char*, 3> names{"x", "y", "z"};
        for (std::size_t axis = 0; axis < tips.size(); ++axis) {
            name_mark(painter, layout, words.camera, {words.scene.head_from_coil.translation(), tips[axis]},
                      names[axis], axis_colours[axis]);
        }
    }
    if (!words.look.shows(Part::marks)) return;
    const CoilMarks marks = coil_marks(words.scene);
    name_mark(painter, layout, words.camera, {marks.handle_start, marks.handle_end}, "handle",
              layout.theme.handle);
    if (marks.induced) name_mark(painter, layout, words.camera, *marks.induced, "E", induced_colour);
}

void annotate_around(Painter& painter, const FieldWords& words) {
    const PictureLayout layout(words.options);
    const double s = layout.scale;
    draw_titles(painter, layout, words.scene.title, words.scene.subtitle);
    draw_legend(painter, layout, words.scene, words.view, words.look);
    const bool has_candidates = words.view == FieldView::candidates;
    const bool has_bar = words.look.shows(Part::cortex) || has_candidates ||
                         (words.view == FieldView::cut && !words.look.cut_by_tissue);
    if (!has_bar) return;
    const double bar_length = 760 * s;
    draw_colour_bar(
        painter,
        {.left = layout.scene_column() - bar_length / 2,
         .top = layout.height - 104 * s,
         .length = bar_length,
         .scale = s,
         .is_capped = !has_candidates,
         .ink = layout.theme.ink},
        has_candidates
            ? words.scene.candidate_title
            : colour_bar_title(words.scene.didt, words.options.cap_percentile, words.scale.cap,
                               needs_volume(words.view) ? FieldScalar::magnitude : words.look.scalar),
        words.scale);
}

void annotate_field(Painter& painter, const FieldWords& words) {
    const PictureLayout layout(words.options);
    const double s = layout.scale;
    annotate_around(painter, words);
    const double middle = (layout.legend_left() + layout.width - layout.margin()) / 2;
    draw_orientation(painter, words.camera, middle, layout.scene_bottom() - 150 * s, 62 * s, 26 * s,
                     layout.theme);
    const double longest = 240 * s;
    draw_scale_bar(painter, layout, words.camera.metres_per_pixel, middle, layout.scene_bottom() + 54 * s,
                   longest);
}

} // namespace corticoil::viz
