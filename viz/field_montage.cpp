#include "viz/field_montage.h"

#include "core/error.h"
#include "viz/annotation.h"
#include "viz/field_annotation.h"
#include "viz/field_camera.h"
#include "viz/field_rendering.h"
#include "viz/png_file.h"
#include "viz/svg_drawing.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace corticoil::viz {

namespace {

/// Panels in rows within the scene's part of a picture.
struct Grid {
    int n_columns;
    int width; ///< Of a panel, pixels.
    int height;
    int gap;
    int left;
    int top;

    Grid(const PictureLayout& layout, int n_panels)
        : n_columns(n_panels <= 3   ? n_panels
                    : n_panels == 4 ? 2
                    : n_panels <= 9 ? 3
                                    : 4),
          gap(static_cast<int>(12 * layout.scale)), left(static_cast<int>(layout.scene_left())),
          top(static_cast<int>(layout.scene_top())) {
        const int n_rows = (n_panels + n_columns - 1) / n_columns;
        width = (static_cast<int>(layout.scene_width()) - (n_columns - 1) * gap) / n_columns;
        height = (static_cast<int>(layout.scene_height()) - (n_rows - 1) * gap) / n_rows;
    }
    [[nodiscard]] int panel_left(int panel) const { return left + panel % n_columns * (width + gap); }
    [[nodiscard]] int panel_top(int panel) const { return top + panel / n_columns * (height + gap); }
};

void frame(Canvas& canvas, const Colour& colour, double width) {
    const double right = canvas.width() - 1;
    const double bottom = canvas.height() - 1;
    for (const double row : {0.0, bottom}) canvas.draw_line(0, row, right, row, width, colour);
    for (const double column : {0.0, right}) canvas.draw_line(column, 0, column, bottom, width, colour);
}

/// The words in a panel whose upper left corner is (left, top).
void annotate_panel(Painter& painter, const PictureLayout& layout, const PictureCamera& camera,
                    const std::string& name, double left, double top) {
    const double s = layout.scale;
    painter.draw_text(name, left + 14 * s, top + 24 * s,
                      {.size = 24 * s,
                       .colour = layout.theme.ink,
                       .bold = true,
                       .halo = 3 * s,
                       .halo_colour = layout.theme.background});
    draw_orientation(painter, camera, left + 62 * s, top + camera.height - 62 * s, 26 * s, 19 * s,
                     layout.theme);
    draw_scale_bar(painter, layout, camera.metres_per_pixel, left + camera.width - 80 * s,
                   top + camera.height - 24 * s, 110 * s);
}

} // namespace

void draw_field_montage(const FieldScene& scene, std::span<const FieldView> views, const FieldLook& look,
                        const PictureOptions& options, const std::filesystem::path& png,
                        const std::optional<std::filesystem::path>& svg) {
    check(options);
    check(scene);
    constexpr std::size_t most_views = 16;
    if (views.empty() || views.size() > most_views)
        throw Error(fmt::format("a montage of {} views; give 1 to {}", views.size(), most_views));
    const ColourScale scale = view_scale(scene, views.front(), look, options.cap_percentile);
    for (const FieldView view : views) {
        const ColourScale other = view_scale(scene, view, look, options.cap_percentile);
        if (other.cap != scale.cap || other.low() != scale.low() || view == FieldView::candidates) {
            throw Error(fmt::format("a montage has one colour scale, and {} and {} have different ones",
                                    name_of(views.front()), name_of(view)));
        }
    }
    const PictureLayout layout(options);
    const Grid grid(layout, static_cast<int>(views.size()));
    Canvas canvas(options.width, options.height, layout.theme.background);
    SvgDrawing drawing(options.width, options.height);
    Painter& words = svg ? static_cast<Painter&>(drawing) : canvas;
    FieldRenderer renderer(scene, look, scale);
    for (std::size_t i = 0; i < views.size(); ++i) {
        const double done = static_cast<double>(i) / static_cast<double>(views.size());
        const int panel = static_cast<int>(i);
        const PictureCamera camera = panel_camera(scene, views[i], grid.width, grid.height);
        Canvas picture =
            renderer.draw(views[i], camera, layout.theme,
                          part_of(options.progress, done, done + 1 / static_cast<double>(views.size())));
        // Not where it lies on the far side of the head.
        const Vector3 middle = scene.cortex.nodes.rowwise().mean();
        const bool is_seen = camera.towards_viewer.dot(scene.roi_centre - middle) > -0.01;
        if (look.shows(Part::roi) && is_seen) draw_roi_ball(picture, 0.7 * layout.scale, camera, scene);
        frame(picture, layout.theme.frame, 2 * layout.scale);
        canvas.paste(picture, grid.panel_left(panel), grid.panel_top(panel));
        annotate_panel(words, layout, camera, std::string(name_of(views[i])), grid.panel_left(panel),
                       grid.panel_top(panel));
    }
    annotate_around(words, {scene, views.front(), look, options, {}, scale});
    write_png(canvas, png, options.dots_per_inch);
    if (svg) drawing.write(scene.title, *svg);
    report(options.progress, 1.0, "written");
}

} // namespace corticoil::viz
