#include "viz/field_panels.h"

#include "core/error.h"
#include "viz/annotation.h"
#include "viz/colour_bar.h"
#include "viz/field_annotation.h"
#include "viz/field_bodies.h"
#include "viz/field_rendering.h"
#include "viz/png_file.h"

#include <Eigen/Geometry>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace corticoil::viz {

namespace {

constexpr Colour frame_colour{0.72F, 0.72F, 0.74F};

/// Where the panels lie. Sizes are written for a figure 1600 pixels wide.
struct PanelLayout {
    int width;
    int n_columns;
    int n_rows;
    double scale;
    int panel_width;
    int panel_height;

    PanelLayout(const PictureOptions& options, int columns, int rows, double height_over_width)
        : width(options.width), n_columns(columns), n_rows(rows), scale(options.width / 1600.0),
          panel_width(static_cast<int>((width - 2 * margin() - (columns - 1) * gap()) / columns)),
          panel_height(static_cast<int>(panel_width * height_over_width)) {}

    [[nodiscard]] double margin() const { return 36 * scale; }
    [[nodiscard]] double gap() const { return 18 * scale; }
    [[nodiscard]] double row_height() const { return 104 * scale + panel_height + 150 * scale; }
    [[nodiscard]] double row_top(int row) const { return 112 * scale + row * row_height(); }
    [[nodiscard]] int panel_left(int column) const {
        return static_cast<int>(margin() + column * (panel_width + gap()));
    }
    [[nodiscard]] int panel_top(int row) const { return static_cast<int>(row_top(row) + 104 * scale); }
    [[nodiscard]] int height() const { return static_cast<int>(row_top(n_rows) + 24 * scale); }
};

void check(const PanelFigure& figure) {
    if (figure.rows.empty() || figure.rows.front().scenes.empty())
        throw Error("the figure to draw has no panels");
    for (const PanelRow& row : figure.rows) {
        if (row.scenes.size() != figure.rows.front().scenes.size())
            throw Error("the figure to draw has rows of different lengths");
        for (const FieldScene& scene : row.scenes) viz::check(scene);
    }
}

/// The cortex as the camera sees it: its box in the picture's plane [m].
Eigen::AlignedBox2d extent_of(const FieldScene& scene, const PictureCamera& camera) {
    Eigen::AlignedBox2d box;
    for (Eigen::Index i = 0; i < scene.cortex.nodes.cols(); ++i) {
        const Vector3 node = scene.cortex.nodes.col(i);
        box.extend(Eigen::Vector2d(camera.right.dot(node), camera.up.dot(node)));
    }
    return box;
}

/// The largest of the row's percentiles [V/m].
double shared_cap(const PanelRow& row, double percentile) {
    double cap = 0;
    for (const FieldScene& scene : row.scenes) cap = std::max(cap, colour_cap(scene, percentile));
    return cap;
}

void frame_panel(Canvas& canvas, const PanelLayout& layout, double left, double top) {
    const double right = left + layout.panel_width;
    const double bottom = top + layout.panel_height;
    const double width = 2 * layout.scale;
    for (const double row : {top, bottom}) canvas.draw_line(left, row, right, row, width, frame_colour);
    for (const double column : {left, right})
        canvas.draw_line(column, top, column, bottom, width, frame_colour);
}

void draw_panel(Canvas& canvas, const PanelLayout& layout, const FieldScene& scene, Canvas panel,
                const PictureCamera& camera, int row, int column) {
    const double s = layout.scale;
    draw_roi_ball(panel, s, camera, scene);
    const int left = layout.panel_left(column);
    const int top = layout.panel_top(row);
    canvas.paste(panel, left, top);
    frame_panel(canvas, layout, left, top);
    canvas.draw_text(scene.title, left, top - 46 * s, {.size = 25 * s, .bold = true});
    canvas.draw_text(scene.subtitle, left, top - 18 * s, {.size = 19 * s, .colour = text_grey});
}

void draw_marks(Canvas& canvas, const PictureOptions& options, const PanelLayout& layout,
                const PictureCamera& camera, int row) {
    const double s = layout.scale;
    const double top = layout.panel_top(row) + layout.panel_height + 46 * s;
    PictureOptions whole = options;
    whole.height = static_cast<int>(options.width * 0.75); // Makes the layout's scale ours.
    draw_scale_bar(canvas, PictureLayout(whole), camera.metres_per_pixel, layout.margin() + 100 * s,
                   top + 32 * s, 180 * s);
    draw_orientation(canvas, camera, layout.width - layout.margin() - 70 * s, top + 20 * s, 34 * s, 20 * s);
}

} // namespace

void draw_field_panels(const PanelFigure& figure, const PictureOptions& options,
                       const std::filesystem::path& png) {
    viz::check(options);
    check(figure);
    PictureCamera camera = camera_looking_from(figure.towards_viewer, Vector3::UnitZ(), Vector3::UnitY());
    const FieldScene& first = figure.rows.front().scenes.front();
    const Eigen::AlignedBox2d box = extent_of(first, camera);
    const PanelLayout layout(options, static_cast<int>(figure.rows.front().scenes.size()),
                             static_cast<int>(figure.rows.size()), box.sizes().y() / box.sizes().x());
    constexpr double filled = 0.85; // Of a panel by the cortex.
    camera.width = layout.panel_width;
    camera.height = layout.panel_height;
    camera.metres_per_pixel = box.sizes().x() / (filled * layout.panel_width);
    camera.centre = box.center().x() * camera.right + box.center().y() * camera.up +
                    camera.towards_viewer.dot(first.cortex.nodes.rowwise().mean()) * camera.towards_viewer;
    Canvas canvas(layout.width, layout.height(), white);
    const double s = layout.scale;
    PictureOptions whole = options;
    whole.height = static_cast<int>(options.width * 0.75);
    draw_titles(canvas, PictureLayout(whole), figure.title, figure.subtitle);
    const double n_panels = double{1} * layout.n_rows * layout.n_columns;
    for (int row = 0; row < layout.n_rows; ++row) {
        const PanelRow& panels = figure.rows[static_cast<std::size_t>(row)];
        const double cap = shared_cap(panels, options.cap_percentile);
        canvas.draw_text(panels.title, layout.margin(), layout.row_top(row) + 26 * s, {.size = 26 * s});
        for (int column = 0; column < layout.n_columns; ++column) {
            const double done = (row * layout.n_columns + column) / n_panels;
            const FieldScene& scene = panels.scenes[static_cast<std::size_t>(column)];
            draw_panel(canvas, layout, scene,
                       render_field(scene, FieldView::close, camera, cap,
                                    part_of(options.progress, done, done + 1 / n_panels)),
                       camera, row, column);
        }
        const double length = 760 * s;
        draw_colour_bar(canvas,
                        {.left = (layout.width - length) / 2,
                         .top = layout.panel_top(row) + layout.panel_height + 62 * s,
                         .length = length,
                         .scale = s},
                        fmt::format("{}, capped at {} V/m", panels.colour_title, fixed_number(cap)), cap);
        draw_marks(canvas, options, layout, camera, row);
    }
    write_png(canvas, png);
    report(options.progress, 1.0, "written");
}

} // namespace corticoil::viz
