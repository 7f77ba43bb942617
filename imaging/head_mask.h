#pragma once

#include "core/image.h"
#include "imaging/voxel_distance.h"

namespace corticoil::imaging {

/// Where the head is.
struct HeadMask {
    Mask mask;           ///< The head with everything in it (sinuses, mouth, ear canals): one part, no holes.
    float threshold = 0; ///< Intensity that parts air from tissue at the skin.
};

/// Finds the head in a T1 by a threshold (half of Otsu's, 1979, IEEE Trans Syst Man Cybern 9:62), closing and
/// filling. \throws Error where the image is empty or constant, or what is bright is smaller than half a
/// litre.
[[nodiscard]] HeadMask find_head(const ScalarImage& t1);

/// Otsu's threshold of the values for which `use` is set, over all where it is empty.
[[nodiscard]] float otsu_threshold(const ScalarImage& image);

/// The image axis that points most nearly down (to −z of the head frame), and whether its index grows
/// downwards.
struct InferiorAxis {
    int axis = 2;
    bool grows_downwards = false;
};
[[nodiscard]] InferiorAxis inferior_axis(const Eigen::Affine3d& head_from_voxel);

} // namespace corticoil::imaging
