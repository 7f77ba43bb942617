#pragma once

#include "core/image.h"

namespace corticoil::imaging {

/// Labels with a neck.
struct ExtendedLabels {
    LabelImage labels;
    bool is_extended = false;
    int n_added_slices =
        0; ///< Slices added to the image; fewer than the neck has where there was room below the cut.
};

/// Continues the lowest slice of a cut head downwards by at least `length` [m], along the voxel axis that
/// points most nearly down. The head is cut where its lowest few millimetres have a section of more than 50
/// cm²: at the image's face, or above it where the image was padded. Unchanged where it is not cut,
/// where it ends in a neck that was added before, or for a length of 0.
[[nodiscard]] ExtendedLabels extend_neck(const LabelImage& labels, double length);

/// Whether the lowest `length` [m] of the labels have one section in every slice, as extend_neck() makes it
/// and no person has.
[[nodiscard]] bool has_added_neck(const LabelImage& labels, double length);

} // namespace corticoil::imaging
