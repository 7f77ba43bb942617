#include "viz/segmentation_picture.h"

#include "core/constants.h"
#include "core/error.h"
#include "core/tissue.h"
#include "viz/annotation.h"
#include "viz/png_file.h"
#include "viz/slice_panel.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace corticoil::viz {

namespace {
using Box = Eigen::AlignedBox3d;

/// Where along a head axis most of the lesions lie: the middle of the millimetre with the most voxels.
double richest_level(const LabelImage& tissues, int axis) {
    std::map<long, int> n_voxels;
    for (int k = 0; k < tissues.size[2]; ++k) {
        for (int j = 0; j < tissues.size[1]; ++j) {
            for (int i = 0; i < tissues.size[0]; ++i) {
                if (!tissue::is_lesion(tissues.at(i, j, k))) continue;
                const Vector3 point = tissues.head_from_voxel * Vector3(i, j, k);
                ++n_voxels[std::lround(point[axis] * millimetres_per_metre)];
            }
        }
    }
    const auto richest = std::max_element(n_voxels.begin(), n_voxels.end(),
                                          [](const auto& a, const auto& b) { return a.second < b.second; });
    return static_cast<double>(richest->first) * metres_per_millimetre;
}

constexpr std::size_t n_rows = 3; ///< Of panels: two axial, a coronal and a sagittal slice in each.

/// Slices at shares of the brain's box from its left, back and lower ends. On an MNI-shaped brain (x −72 …
/// 72, y −105 … 75, z −72 … 85 mm) they pass the hand knob (x −38, y −22, z 58 mm) and its mirror image, the
/// prefrontal cortex (y 40, z 44), the lateral ventricles (z 28), the basal ganglia (z 0), the cerebellum (y
/// −65, z −38) and the midline.
std::vector<SlicePanel> choose_panels(const Box& brain) {
    const auto level = [&](int axis, double share) {
        return std::lerp(brain.min()[axis], brain.max()[axis], share);
    };
    std::vector<SlicePanel> panels;
    for (const auto& [axial, lower_axial, coronal, sagittal] :
         {std::array{0.83, 0.74, 0.80, 0.24}, std::array{0.64, 0.55, 0.46, 0.5},
          std::array{0.46, 0.22, 0.22, 0.76}}) {
        panels.push_back(axial_panel(level(2, axial)));
        panels.push_back(axial_panel(level(2, lower_axial)));
        panels.push_back(coronal_panel(level(1, coronal)));
        panels.push_back(sagittal_panel(level(0, sagittal)));
    }
    return panels;
}

/// The scale [m per pixel] at which all panels, 4 by 3 with gaps, fit the scene's part; all have the same
/// scale.
double common_scale(const PictureLayout& layout, const Vector3& extent, double gap) {
    const double across = 3 * extent.x() + extent.y();
    const double down = n_rows * extent.z();
    return std::max(across / (layout.scene_width() - 3 * gap),
                    down / (layout.height - layout.margin() - layout.scene_top() - 2 * gap));
}

/// Volume per label [m³] of the voxels that lie on the T1: an added neck is no measurement.
std::array<double, 256> volumes_on(const ScalarImage& t1, const LabelImage& tissues) {
    const Eigen::Affine3d t1_from_tissues = t1.head_from_voxel.inverse() * tissues.head_from_voxel;
    std::array<double, 256> volumes{};
    std::size_t n = 0;
    for (int k = 0; k < tissues.size[2]; ++k) {
        for (int j = 0; j < tissues.size[1]; ++j) {
            for (int i = 0; i < tissues.size[0]; ++i, ++n) {
                const std::uint8_t label = tissues.voxels[n];
                if (label == 0) continue;
                const Vector3 position = t1_from_tissues * Vector3(i, j, k);
                const Vector3 end(t1.size[0] - 0.5, t1.size[1] - 0.5, t1.size[2] - 0.5);
                if ((position.array() >= -0.5).all() && (position.array() < end.array()).all())
                    volumes[label] += tissues.voxel_volume();
            }
        }
    }
    return volumes;
}

void draw_volumes(Canvas& canvas, const PictureLayout& layout, const ScalarImage& t1,
                  const LabelImage& tissues) {
    constexpr double millilitres_per_cubic_metre = 1e6;
    constexpr int most_lines = 20;
    const double s = layout.scale;
    const double left = layout.legend_left();
    const double right = layout.width - layout.margin();
    double row = layout.scene_top() + 18 * s;
    canvas.draw_text("Volumes on the T1", left, row, {.size = 24 * s, .bold = true});
    const std::array<double, 256> volumes = volumes_on(t1, tissues);
    int n_lines = 0;
    int n_left_out = 0;
    for (std::size_t label = 1; label < volumes.size(); ++label) {
        if (volumes[label] <= 0) continue;
        if (n_lines++ >= most_lines) {
            ++n_left_out;
            continue;
        }
        row += 40 * s;
        const auto number = static_cast<int>(label);
        const std::optional<TissueInfo> known = find_tissue(number);
        const double half = 13 * s;
        canvas.fill_rectangle(left, row - half, left + 2 * half, row + half, tissue_colour(number));
        canvas.draw_text(known ? std::string(known->display_name) : describe_tissue(number), left + 42 * s,
                         row, {.size = 22 * s});
        const double volume_ml = volumes[label] * millilitres_per_cubic_metre;
        canvas.draw_text(fmt::format("{:.{}f} ml", volume_ml, volume_ml < 10 ? 1 : 0), right, row,
                         {.size = 22 * s, .anchor = Anchor::right});
    }
    if (n_left_out > 0) {
        canvas.draw_text(fmt::format("and {} more labels", n_left_out), left + 42 * s, row + 40 * s,
                         {.size = 22 * s, .colour = text_grey});
    }
}

std::string grid_text(const std::array<int, 3>& size, const Eigen::Affine3d& head_from_voxel) {
    const Vector3 spacing_mm = millimetres_per_metre * Vector3(head_from_voxel.linear().colwise().norm());
    return fmt::format("{}×{}×{} voxels of {}×{}×{} mm", size[0], size[1], size[2],
                       plain_number(spacing_mm[0], 3), plain_number(spacing_mm[1], 3),
                       plain_number(spacing_mm[2], 3));
}
} // namespace

void draw_segmentation(const ScalarImage& t1, const LabelImage& tissues, const PictureOptions& options,
                       const std::filesystem::path& png) {
    check(options);
    const ImageSampler<float> t1_sampler(t1, "the T1 to draw");
    const ImageSampler<std::uint8_t> tissue_sampler(tissues, "the tissue labels to draw");
    constexpr double border = 0.006; ///< [m] of background around the head.
    Box shown = label_box(tissues, [](int label) { return label != tissue::air; });
    if (shown.isEmpty()) throw Error("the tissue labels to draw are 0 everywhere");
    const Box brain_found = label_box(tissues, tissue::is_brain);
    const Box brain = brain_found.isEmpty() ? shown : brain_found;
    // Neck and face far below the brain would make everything small.
    constexpr double depth_below_brain = 0.030; ///< [m]
    shown.min().z() = std::max(shown.min().z(), brain.min().z() - depth_below_brain);
    shown = Box(shown.min().array() - border, shown.max().array() + border);
    // Panels of one height stand in rows.
    const double missing_height = (shown.sizes().y() - shown.sizes().z()) / 2;
    const int shorter_axis = missing_height > 0 ? 2 : 1;
    shown.min()[shorter_axis] -= std::abs(missing_height);
    shown.max()[shorter_axis] += std::abs(missing_height);

    const PictureLayout layout(options);
    Canvas canvas(options.width, options.height, white);
    draw_titles(canvas, layout, "Outlines of the tissues on the T1",
                fmt::format("T1: {}; labels: {}", grid_text(t1.size, t1.head_from_voxel),
                            grid_text(tissues.size, tissues.head_from_voxel)));
    const double gap = 10 * layout.scale;
    const double metres_per_pixel = common_scale(layout, shown.sizes(), gap);
    const SliceStyle style{.brightest = white_level(t1)};
    double left = layout.scene_left();
    double top = layout.scene_top();
    std::vector<SlicePanel> panels = choose_panels(brain);
    // Lesions are small and anywhere: the second row goes where most of them lie.
    if (!label_box(tissues, tissue::is_lesion).isEmpty()) {
        for (std::size_t i = panels.size() / 2; i < panels.size(); ++i)
            panels[i].level = richest_level(tissues, panels[i].axis);
    }
    for (std::size_t i = 0; i < panels.size(); ++i) {
        report(options.progress, static_cast<double>(i) / static_cast<double>(panels.size()),
               "drawing slices");
        if (i > 0 && i % (panels.size() / n_rows) == 0) {
            left = layout.scene_left();
            top += shown.sizes().z() / metres_per_pixel + gap;
        }
        Canvas panel =
            draw_slice(t1_sampler, tissue_sampler, plane_of(panels[i], shown, metres_per_pixel), style);
        annotate_slice(panel, layout, panels[i]);
        canvas.paste(panel, static_cast<int>(left), static_cast<int>(top));
        left += panel.width() + gap;
    }
    draw_volumes(canvas, layout, t1, tissues);
    const double middle = (layout.legend_left() + layout.width - layout.margin()) / 2;
    const double bottom = top + shown.sizes().z() / metres_per_pixel;
    canvas.draw_text("Neurological view: L on the left", layout.legend_left(), bottom - 92 * layout.scale,
                     {.size = 20 * layout.scale, .colour = text_grey});
    draw_scale_bar(canvas, layout, metres_per_pixel, middle, bottom - 16 * layout.scale, 240 * layout.scale);
    write_png(canvas, png);
    report(options.progress, 1.0, "written");
}

} // namespace corticoil::viz
