#include "viz/field_slices.h"

#include "core/constants.h"
#include "core/error.h"
#include "core/tissue.h"
#include "viz/annotation.h"
#include "viz/colour_bar.h"
#include "viz/field_annotation.h"
#include "viz/field_rendering.h"
#include "viz/plane_section.h"
#include "viz/png_file.h"
#include "viz/slice_panel.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

namespace corticoil::viz {

namespace {
constexpr float field_opacity = 0.72F;

/// Fills a triangle's samples with values linear between its corners; positions in samples.
void fill_triangle(SliceOverlay& overlay, int width, int height, const Eigen::Matrix<double, 2, 3>& at,
                   const Vector3& values) {
    const Eigen::Vector2d low = at.rowwise().minCoeff();
    const Eigen::Vector2d high = at.rowwise().maxCoeff();
    const Eigen::Vector2d a = at.col(0);
    const Eigen::Vector2d u = at.col(1) - a;
    const Eigen::Vector2d v = at.col(2) - a;
    const double area = u.x() * v.y() - u.y() * v.x();
    if (area == 0) return;
    // Rounding must not leave gaps between neighbours.
    constexpr double slack = 1e-6;
    const int last_row = std::min(height - 1, static_cast<int>(std::floor(high.y())));
    const int last_column = std::min(width - 1, static_cast<int>(std::floor(high.x())));
    for (int row = std::max(0, static_cast<int>(std::floor(low.y()))); row <= last_row; ++row) {
        for (int column = std::max(0, static_cast<int>(std::floor(low.x()))); column <= last_column;
             ++column) {
            const Eigen::Vector2d p = Eigen::Vector2d(column + 0.5, row + 0.5) - a;
            const double along_u = (p.x() * v.y() - p.y() * v.x()) / area;
            const double along_v = (u.x() * p.y() - u.y() * p.x()) / area;
            if (along_u < -slack || along_v < -slack || along_u + along_v > 1 + slack) continue;
            overlay.values[static_cast<std::size_t>(row) * static_cast<std::size_t>(width) +
                           static_cast<std::size_t>(column)] =
                static_cast<float>((1 - along_u - along_v) * values[0] + along_u * values[1] +
                                   along_v * values[2]);
        }
    }
}

/// Pixel column and row of a head point on a slice.
Eigen::Vector2d pixel_of(const SlicePlane& plane, const Vector3& point) {
    const Vector3 from_corner = point - plane.corner;
    return {from_corner.dot(plane.right) / plane.right.squaredNorm(),
            from_corner.dot(plane.down) / plane.down.squaredNorm()};
}

/// |E| of the brain at the samples of a slice.
SliceOverlay overlay_of(const PlaneSection& section, const SlicePlane& plane, const ColourScale& scale) {
    const int width = plane.width * slice_samples_per_side;
    const int height = plane.height * slice_samples_per_side;
    SliceOverlay overlay{{}, scale, field_opacity};
    overlay.values.assign(static_cast<std::size_t>(width) * static_cast<std::size_t>(height),
                          std::numeric_limits<float>::quiet_NaN());
    for (int t = 0; t < section.surface.n_triangles(); ++t) {
        const Eigen::Vector3i corners = section.surface.triangles.col(t);
        if (!tissue::is_brain(section.labels[static_cast<std::size_t>(corners[0])])) continue;
        Eigen::Matrix<double, 2, 3> at;
        Vector3 values;
        for (int i = 0; i < 3; ++i) {
            at.col(i) = slice_samples_per_side * pixel_of(plane, section.surface.nodes.col(corners[i]));
            values[i] = section.magnitude[corners[i]];
        }
        fill_triangle(overlay, width, height, at, values);
    }
    return overlay;
}

void draw_casing(Canvas& canvas, const FieldScene& scene, const SlicePlane& plane, const Plane& cut,
                 double width) {
    if (!scene.casing) return;
    constexpr Colour casing{0.80F, 0.82F, 0.86F};
    for (const Points& line : plane_cut(*scene.casing, cut)) {
        const Eigen::Vector2d from = pixel_of(plane, line.col(0));
        const Eigen::Vector2d to = pixel_of(plane, line.col(1));
        canvas.draw_line(from.x(), from.y(), to.x(), to.y(), width, casing);
    }
}

void draw_roi_circle(Canvas& canvas, const FieldScene& scene, const SlicePlane& plane, double scale) {
    PictureCamera camera;
    camera.width = canvas.width();
    camera.height = canvas.height();
    camera.right = plane.right.normalized();
    camera.up = -plane.down.normalized();
    camera.towards_viewer = camera.right.cross(camera.up);
    camera.metres_per_pixel = plane.right.norm();
    camera.centre = plane.point(canvas.width() / 2.0, canvas.height() / 2.0);
    draw_roi_ball(canvas, scale, camera, scene);
}

/// The box to show: head and casing, the neck cut below the brain.
Eigen::AlignedBox3d shown_box(const FieldScene& scene, const LabelImage& tissues) {
    constexpr double border = 0.004;
    constexpr double depth_below_brain = 0.030;
    Eigen::AlignedBox3d box = label_box(tissues, [](int label) { return label != tissue::air; });
    const Eigen::AlignedBox3d brain = label_box(tissues, tissue::is_brain);
    if (box.isEmpty()) throw Error("the tissue labels to draw are 0 everywhere");
    if (!brain.isEmpty()) box.min().z() = std::max(box.min().z(), brain.min().z() - depth_below_brain);
    if (scene.casing && scene.casing->n_nodes() > 0) {
        // Of the casing what is near: a wing far aside would make the head small.
        constexpr double most_beyond = 0.030;
        const Vector3 low = scene.casing->nodes.rowwise().minCoeff();
        const Vector3 high = scene.casing->nodes.rowwise().maxCoeff();
        box.min() = box.min().cwiseMin(low.cwiseMax(Vector3(box.min().array() - most_beyond)));
        box.max() = box.max().cwiseMax(high.cwiseMin(Vector3(box.max().array() + most_beyond)));
        if (!brain.isEmpty()) box.min().z() = std::max(box.min().z(), brain.min().z() - depth_below_brain);
    }
    return {box.min().array() - border, box.max().array() + border};
}

void draw_tissue_legend(Canvas& canvas, const PictureLayout& layout, const LabelImage& tissues) {
    const double s = layout.scale;
    double row = layout.scene_top() + 20 * s;
    const auto add = [&](const std::string& text, const Colour& colour) {
        canvas.draw_line(layout.legend_left(), row, layout.legend_left() + 52 * s, row, 6 * s, colour);
        canvas.draw_text(text, layout.legend_left() + 68 * s, row,
                         {.size = 22 * s, .colour = layout.theme.ink});
        row += 42 * s;
    };
    const std::array<double, 256> volumes = label_volumes(tissues);
    for (const TissueInfo& known : known_tissues()) {
        if (volumes[static_cast<std::size_t>(known.label)] > 0)
            add(std::string(known.display_name), tissue_colour(known.label));
    }
    row += 20 * s;
    for (const char* const line : {"Outlines: tissues; grey: casing", "Dots: region of interest",
                                   "Neurological view: L on the left"}) {
        canvas.draw_text(line, layout.legend_left(), row, {.size = 20 * s, .colour = layout.theme.quiet});
        row += 34 * s;
    }
}

} // namespace

void draw_field_slices(const FieldScene& scene, const ScalarImage& t1, const LabelImage& tissues,
                       const PictureOptions& options, const std::filesystem::path& png) {
    check(options);
    check(scene);
    const ColourScale scale = view_scale(scene, FieldView::cut, {}, options.cap_percentile);
    const ImageSampler<float> t1_sampler(t1, "the T1 to draw");
    const ImageSampler<std::uint8_t> tissue_sampler(tissues, "the tissue labels to draw");
    const Eigen::AlignedBox3d box = shown_box(scene, tissues);
    const PictureLayout layout(options);
    const double gap = 10 * layout.scale;
    const Vector3 extent = box.sizes();
    const double metres_per_pixel = std::max((extent.x() + extent.y()) / (layout.scene_width() - gap),
                                             (extent.z() + extent.y()) / (layout.scene_height() - gap));
    const Vector3 target = scene.roi_radius > 0 ? scene.roi_centre : scene.head_from_coil.translation();
    Canvas canvas(options.width, options.height, layout.theme.background);
    const SliceStyle style{.brightest = white_level(t1)};
    const double left = layout.scene_column() - ((extent.x() + extent.y()) / metres_per_pixel + gap) / 2;
    const double middle = left + extent.x() / metres_per_pixel + gap;
    const double lower = layout.scene_top() + extent.z() / metres_per_pixel + gap;
    // The enlarged one takes what is left at the lower right.
    constexpr double enlargement = 3;
    Eigen::AlignedBox3d near = box;
    near.min().x() = target.x() - extent.y() / enlargement / 2;
    near.max().x() = target.x() + extent.y() / enlargement / 2;
    near.min().z() = target.z() - extent.y() / enlargement / 2;
    near.max().z() = target.z() + extent.y() / enlargement / 2;
    struct Place {
        SlicePanel panel;
        Eigen::AlignedBox3d shown;
        double scale;
        double left;
        double top;
    };
    const std::array<Place, 4> places{
        Place{coronal_panel(target.y()), box, metres_per_pixel, left, layout.scene_top()},
        Place{sagittal_panel(target.x()), box, metres_per_pixel, middle, layout.scene_top()},
        Place{axial_panel(target.z()), box, metres_per_pixel, left, lower},
        Place{coronal_panel(target.y()), near, metres_per_pixel / enlargement, middle, lower}};
    for (std::size_t i = 0; i < places.size(); ++i) {
        report(options.progress, static_cast<double>(i) / static_cast<double>(places.size()),
               "drawing slices");
        const Place& place = places[i];
        const Plane cut{place.panel.level * Vector3::Unit(place.panel.axis), Vector3::Unit(place.panel.axis)};
        const SlicePlane plane = plane_of(place.panel, place.shown, place.scale);
        const SliceOverlay overlay = overlay_of(section_of(*scene.volume, cut), plane, scale);
        Canvas panel = draw_slice(t1_sampler, tissue_sampler, plane, style, &overlay);
        draw_casing(panel, scene, plane, cut, 2.5 * layout.scale);
        draw_roi_circle(panel, scene, plane, layout.scale);
        annotate_slice(panel, layout, place.panel);
        canvas.paste(panel, static_cast<int>(place.left), static_cast<int>(place.top));
    }
    draw_titles(canvas, layout, scene.title, scene.subtitle);
    draw_tissue_legend(canvas, layout, tissues);
    const double bar_length = 760 * layout.scale;
    draw_colour_bar(canvas,
                    {.left = layout.scene_column() - bar_length / 2,
                     .top = layout.height - 104 * layout.scale,
                     .length = bar_length,
                     .scale = layout.scale,
                     .ink = layout.theme.ink},
                    colour_bar_title(scene.didt, options.cap_percentile, scale.cap), scale);
    const double legend_middle = (layout.legend_left() + layout.width - layout.margin()) / 2;
    draw_scale_bar(canvas, layout, metres_per_pixel, legend_middle, layout.scene_bottom() - 40 * layout.scale,
                   240 * layout.scale);
    canvas.draw_text("enlarged three times: lower right", layout.legend_left(), layout.scene_bottom(),
                     {.size = 20 * layout.scale, .colour = layout.theme.quiet});
    write_png(canvas, png, options.dots_per_inch);
    report(options.progress, 1.0, "written");
}

} // namespace corticoil::viz
