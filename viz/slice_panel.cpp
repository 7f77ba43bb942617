#include "viz/slice_panel.h"

#include "core/constants.h"
#include "core/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace corticoil::viz {

Eigen::AlignedBox3d label_box(const LabelImage& tissues, const std::function<bool(int label)>& is_wanted) {
    std::array<bool, 256> wanted{};
    for (std::size_t label = 1; label < wanted.size(); ++label)
        wanted[label] = is_wanted(static_cast<int>(label));
    Eigen::AlignedBox3d box;
    for (int k = 0; k < tissues.size[2]; ++k) {
        for (int j = 0; j < tissues.size[1]; ++j) {
            // The ends of each row are enough: the map to the head frame is affine.
            int first = -1;
            int last = -1;
            for (int i = 0; i < tissues.size[0]; ++i) {
                if (!wanted[tissues.at(i, j, k)]) continue;
                if (first < 0) first = i;
                last = i;
            }
            if (first < 0) continue;
            box.extend(tissues.head_from_voxel * Vector3(first, j, k));
            box.extend(tissues.head_from_voxel * Vector3(last, j, k));
        }
    }
    return box;
}

double white_level(const ScalarImage& t1) {
    constexpr double percentile = 0.995;
    std::vector<float> values;
    for (const float value : t1.voxels) {
        if (std::isfinite(value) && value > 0) values.push_back(value);
    }
    if (values.empty()) throw Error("the T1 to draw holds no positive value");
    const auto place =
        values.begin() + static_cast<std::ptrdiff_t>(percentile * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), place, values.end());
    return static_cast<double>(*place);
}

SlicePanel axial_panel(double level) {
    return {"axial", "z", 2, level, 0, 1, "L", "R", "A", "P"};
}

SlicePanel coronal_panel(double level) {
    return {"coronal", "y", 1, level, 0, 2, "L", "R", "S", "I"};
}

SlicePanel sagittal_panel(double level) {
    return {"sagittal", "x", 0, level, 1, 2, "P", "A", "S", "I"};
}

SlicePlane plane_of(const SlicePanel& panel, const Eigen::AlignedBox3d& shown, double metres_per_pixel) {
    SlicePlane plane;
    plane.corner[panel.axis] = panel.level;
    plane.corner[panel.right_axis] = shown.min()[panel.right_axis];
    plane.corner[panel.up_axis] = shown.max()[panel.up_axis];
    plane.right = metres_per_pixel * Vector3::Unit(panel.right_axis);
    plane.down = -metres_per_pixel * Vector3::Unit(panel.up_axis);
    plane.width = static_cast<int>(std::lround(shown.sizes()[panel.right_axis] / metres_per_pixel));
    plane.height = static_cast<int>(std::lround(shown.sizes()[panel.up_axis] / metres_per_pixel));
    return plane;
}

void annotate_slice(Canvas& canvas, const PictureLayout& layout, const SlicePanel& panel) {
    const double s = layout.scale;
    const double inset = 16 * s;
    const double middle_x = canvas.width() / 2.0;
    const double middle_y = canvas.height() / 2.0;
    TextStyle style{.size = 22 * s,
                    .colour = white,
                    .bold = true,
                    .anchor = Anchor::centre,
                    .halo = 3 * s,
                    .halo_colour = black};
    canvas.draw_text(panel.left_letter, inset, middle_y, style);
    canvas.draw_text(panel.right_letter, canvas.width() - inset, middle_y, style);
    canvas.draw_text(panel.top_letter, middle_x, inset, style);
    canvas.draw_text(panel.bottom_letter, middle_x, canvas.height() - inset, style);
    const double level_mm = std::round(panel.level * millimetres_per_metre);
    const std::string position =
        fmt::format("{} = {}{:.0f} mm", panel.axis_name, level_mm < 0 ? "−" : "", std::abs(level_mm));
    canvas.draw_text(position, 8 * s, inset, {.size = 17 * s, .colour = white});
}

} // namespace corticoil::viz
