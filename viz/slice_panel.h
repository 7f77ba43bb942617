#pragma once

#include "core/image.h"
#include "viz/canvas.h"
#include "viz/picture_layout.h"
#include "viz/slices.h"

#include <Eigen/Geometry>

#include <functional>

namespace corticoil::viz {

/// The head-frame box of the voxels whose label is wanted; empty if there are none.
[[nodiscard]] Eigen::AlignedBox3d label_box(const LabelImage& tissues,
                                            const std::function<bool(int label)>& is_wanted);

/// The T1 value that is drawn white: most of the image is darker, and a few bright vessels do not count.
/// \throws Error for an image without a positive value.
[[nodiscard]] double white_level(const ScalarImage& t1);

/// A slice across an axis of the head, where it lies, and the letters at its borders. Axial and coronal ones
/// are in neurological convention: the picture's left is the head's left.
struct SlicePanel {
    const char* name;
    const char* axis_name;
    int axis;       ///< 0 sagittal, 1 coronal, 2 axial.
    double level;   ///< Where along the axis [m].
    int right_axis; ///< The head axis that runs to the right; the one that runs up follows.
    int up_axis;
    const char* left_letter;
    const char* right_letter;
    const char* top_letter;
    const char* bottom_letter;
};

[[nodiscard]] SlicePanel axial_panel(double level);
[[nodiscard]] SlicePanel coronal_panel(double level);
[[nodiscard]] SlicePanel sagittal_panel(double level);

/// The plane of a panel that shows a box of the head.
[[nodiscard]] SlicePlane plane_of(const SlicePanel& panel, const Eigen::AlignedBox3d& shown,
                                  double metres_per_pixel);

/// Letters at the borders and the slice's position below the panel's upper left corner.
void annotate_slice(Canvas& canvas, const PictureLayout& layout, const SlicePanel& panel);

} // namespace corticoil::viz
