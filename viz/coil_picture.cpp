#include "viz/coil_picture.h"

#include "core/error.h"
#include "viz/annotation.h"
#include "viz/coil_bodies.h"
#include "viz/offscreen_window.h"
#include "viz/png_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace corticoil::viz {

namespace {

constexpr int smoothing = 2; ///< Drawn this many times as large and averaged: smooth edges.

/// The part of the picture that one view fills [pixels].
struct Panel {
    int left = 0;
    int top = 0;
    int width = 0;
    int height = 0;
};

struct View {
    const char* name;
    Vector3 towards_viewer;
    Vector3 upward;
};

const View& oblique_view() {
    static const View view{"from behind, over the handle", Vector3(0.55, -0.75, -0.60), -Vector3::UnitZ()};
    return view;
}

/// Obliquely and along the axes; except from the head, where y is up, the head lies below.
const std::array<View, 4>& views() {
    static const std::array<View, 4> list{oblique_view(),
                                          View{"from the head", Vector3::UnitZ(), Vector3::UnitY()},
                                          View{"from the front (+y)", Vector3::UnitY(), -Vector3::UnitZ()},
                                          View{"from the side (−x)", -Vector3::UnitX(), -Vector3::UnitZ()}};
    return list;
}

/// A camera that shows all of `extent` in a panel with room for labels around it.
PictureCamera camera_for(const View& view, const Points& extent, const Panel& panel) {
    constexpr double filled = 0.80;
    PictureCamera camera = camera_looking_from(view.towards_viewer, view.upward, view.upward);
    camera.width = panel.width;
    camera.height = panel.height;
    const Eigen::RowVectorXd across = camera.right.transpose() * extent;
    const Eigen::RowVectorXd along = camera.up.transpose() * extent;
    camera.centre = (across.maxCoeff() + across.minCoeff()) / 2 * camera.right +
                    (along.maxCoeff() + along.minCoeff()) / 2 * camera.up;
    camera.metres_per_pixel = std::max((across.maxCoeff() - across.minCoeff()) / (filled * panel.width),
                                       (along.maxCoeff() - along.minCoeff()) / (filled * panel.height));
    return camera;
}

/// Glass: more opaque where the casing turns away from the viewer.
Glaze::Paint as_glass(const Colour& drawn) {
    constexpr float facing = 0.14F;
    constexpr float edge = 0.60F;
    const float turned_away = 1 - drawn.red;
    return {mix(glass_colour, black, 0.25F * turned_away),
            facing + (edge - facing) * turned_away * turned_away};
}

Canvas draw_panel(const CoilScene& scene, const PictureCamera& camera, OffscreenWindow& window) {
    PictureCamera fine = camera;
    fine.width *= smoothing;
    fine.height *= smoothing;
    fine.metres_per_pixel /= smoothing;
    std::vector<Glaze> glazes;
    glazes.push_back({window.draw(coil_bodies(scene), fine), {}});
    if (scene.casing) {
        glazes.push_back({window.draw({{*scene.casing, {white}, Light::viewer}}, fine), as_glass});
    }
    return blend_layers(glazes, smoothing, white);
}

/// Letters at the ends of the axes and of the arrow along E; an axis along the line of sight gets none.
void label_axes(Canvas& canvas, const CoilScene& scene, const PictureCamera& camera, const Panel& panel,
                double text_size) {
    const auto write = [&](const std::string& text, const Vector3& tail, const Vector3& tip,
                           const Colour& colour) {
        const Vector3 from = camera.project(tail);
        const Vector3 to = camera.project(tip);
        Eigen::Vector2d along = (to - from).head<2>();
        if (along.norm() < text_size) return;
        along.normalize();
        const double width = Canvas::text_width(text, {.size = text_size});
        const double gap =
            0.35 * text_size + 0.5 * std::abs(along.x()) * width + 0.5 * std::abs(along.y()) * text_size;
        canvas.draw_text(text, panel.left + to.x() + gap * along.x(), panel.top + to.y() + gap * along.y(),
                         {.size = text_size,
                          .colour = colour,
                          .bold = true,
                          .anchor = Anchor::centre,
                          .halo = 0.12 * text_size});
    };
    const std::array<const char*, 3> letters{"x", "y", "z"};
    const std::array<Vector3, 3> tips = axis_tips(scene);
    for (std::size_t axis = 0; axis < 3; ++axis)
        write(letters[axis], Vector3::Zero(), tips[axis], axis_colour);
    if (const std::optional<Vector3> tip = induced_tip(scene))
        write("E", Vector3(0, 0, tip->z()), *tip, coil_field_colour);
}

/// What the colours mean, along one row.
void draw_legend(Canvas& canvas, const PictureLayout& layout, const CoilScene& scene, double row) {
    double x = layout.margin();
    const double size = 22 * layout.scale;
    const auto entry = [&](const Colour& colour, const std::string& text) {
        canvas.fill_rectangle(x, row - size / 2, x + size, row + size / 2, colour);
        canvas.draw_text(text, x + 1.4 * size, row, {.size = size, .colour = text_grey});
        x += 1.4 * size + Canvas::text_width(text, {.size = size}) + 1.6 * size;
    };
    if (!scene.wires.empty()) {
        entry(wire_colour, "wire");
        entry(current_colour, "current for dI/dt > 0");
    }
    if (scene.dipole_positions.cols() > 0)
        entry(field_colour(1), "strongest dipole (arrow along its moment)");
    if (scene.casing) entry(mix(white, glass_colour, 0.5F), "casing");
    if (scene.induced_direction) entry(coil_field_colour, "E for dI/dt > 0, 20 mm under the centre");
}

} // namespace

void draw_coil(const CoilScene& scene, const PictureOptions& options, const std::filesystem::path& png) {
    check(options);
    check(scene);
    const PictureLayout layout(options);
    Canvas canvas(options.width, options.height, white);
    draw_titles(canvas, layout, scene.title, scene.subtitle);
    const int top = static_cast<int>(116 * layout.scale);
    const int bottom = options.height - static_cast<int>(96 * layout.scale);
    const int width = options.width / 2;
    const int height = (bottom - top) / 2;
    const Points extent = coil_extent(scene);
    std::array<Panel, 4> panels;
    std::array<PictureCamera, 4> cameras;
    double metres_per_pixel = 0;
    for (std::size_t i = 0; i < views().size(); ++i) {
        panels[i] = {static_cast<int>(i % 2) * width, top + static_cast<int>(i / 2) * height, width, height};
        cameras[i] = camera_for(views()[i], extent, panels[i]);
        metres_per_pixel = std::max(metres_per_pixel, cameras[i].metres_per_pixel);
    }
    OffscreenWindow window(smoothing * width, smoothing * height);
    for (std::size_t i = 0; i < views().size(); ++i) {
        report(options.progress, static_cast<double>(i) / views().size(), "drawing");
        cameras[i].metres_per_pixel = metres_per_pixel;
        canvas.paste(draw_panel(scene, cameras[i], window), panels[i].left, panels[i].top);
        label_axes(canvas, scene, cameras[i], panels[i], 26 * layout.scale);
        canvas.draw_text(views()[i].name, panels[i].left + layout.margin(), panels[i].top + 16 * layout.scale,
                         {.size = 22 * layout.scale, .colour = text_grey});
    }
    const double row = options.height - 40 * layout.scale;
    draw_legend(canvas, layout, scene, row);
    draw_scale_bar(canvas, layout, metres_per_pixel, options.width - layout.margin() - 110 * layout.scale,
                   row, 200 * layout.scale);
    write_png(canvas, png);
    report(options.progress, 1.0, "written");
}

void draw_coil_sheet(const std::vector<CoilScene>& scenes, const std::string& title,
                     const PictureOptions& options, const std::filesystem::path& png) {
    check(options);
    if (scenes.empty()) throw Error("a sheet of coils needs at least one coil");
    for (const CoilScene& scene : scenes) check(scene);
    const PictureLayout layout(options);
    Canvas canvas(options.width, options.height, white);
    draw_titles(canvas, layout, title,
                "all on one scale, seen from behind over the handle (at −y); the head is below");
    const int top = static_cast<int>(116 * layout.scale);
    const int bottom = options.height - static_cast<int>(80 * layout.scale);
    const int caption = static_cast<int>(76 * layout.scale);
    // Cells as wide as they are high, captions aside.
    constexpr double columns_per_row = 4.0 / 3;
    const int n_columns =
        static_cast<int>(std::ceil(std::sqrt(columns_per_row * static_cast<double>(scenes.size()))));
    const int n_rows = (static_cast<int>(scenes.size()) + n_columns - 1) / n_columns;
    const int width = options.width / n_columns;
    const int height = (bottom - top) / n_rows;
    std::vector<PictureCamera> cameras;
    double metres_per_pixel = 0;
    for (const CoilScene& scene : scenes) {
        cameras.push_back(camera_for(oblique_view(), coil_extent(scene), {0, 0, width, height - caption}));
        metres_per_pixel = std::max(metres_per_pixel, cameras.back().metres_per_pixel);
    }
    OffscreenWindow window(smoothing * width, smoothing * (height - caption));
    for (std::size_t i = 0; i < scenes.size(); ++i) {
        report(options.progress, static_cast<double>(i) / static_cast<double>(scenes.size()), "drawing");
        const Panel panel{static_cast<int>(i) % n_columns * width,
                          top + static_cast<int>(i) / n_columns * height, width, height - caption};
        cameras[i].metres_per_pixel = metres_per_pixel;
        canvas.paste(draw_panel(scenes[i], cameras[i], window), panel.left, panel.top);
        label_axes(canvas, scenes[i], cameras[i], panel, 20 * layout.scale);
        const double middle = panel.left + width / 2.0;
        canvas.draw_text(scenes[i].title, middle, panel.top + panel.height + 16 * layout.scale,
                         {.size = 24 * layout.scale, .bold = true, .anchor = Anchor::centre});
        TextStyle style{.size = 19 * layout.scale, .colour = text_grey, .anchor = Anchor::centre};
        // Captions are made smaller until neighbours do not touch.
        constexpr double widest = 0.94;
        const double written = Canvas::text_width(scenes[i].subtitle, style);
        style.size *= std::min(1.0, widest * width / std::max(written, 1.0));
        canvas.draw_text(scenes[i].subtitle, middle, panel.top + panel.height + 46 * layout.scale, style);
    }
    draw_scale_bar(canvas, layout, metres_per_pixel, options.width - layout.margin() - 110 * layout.scale,
                   options.height - 30 * layout.scale, 200 * layout.scale);
    write_png(canvas, png);
    report(options.progress, 1.0, "written");
}

} // namespace corticoil::viz
