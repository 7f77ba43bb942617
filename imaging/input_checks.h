#pragma once

#include "core/image.h"

#include <array>
#include <string>
#include <vector>

namespace corticoil::imaging {

/// What an image shows by itself, without a template: numbers on which check_t1() decides.
struct T1Signs {
    double coarsest_voxel = 0; ///< Longest voxel edge [m].
    /// Share of neighbouring voxels that differ by over a quarter of the image's range: noise of full range
    /// in air makes more than a tenth of all, anatomy a few hundredths.
    double noisy_share = 0;
    /// Middle half of the head's intensities over their median above air: a T1 spreads over a third and more,
    /// soft tissues of a CT differ by a few hundredths.
    double tissue_spread = 0;
    /// Share of the upper head's directions in which a dark layer (bone) lies between surface and brain.
    double skull_share = 0;
    /// Area of the head that the image's end cuts [m²]: the vertex, and above the skull base the front, back,
    /// left and right.
    double cut_vertex = 0;
    std::array<double, 4> cut_sides{};
};

/// Measures an image of a head, on a grid of about 2 mm. \throws Error as find_head().
[[nodiscard]] T1Signs find_t1_signs(const ScalarImage& t1);

/// Looks at an image before anything is made of it: is it a whole-head T1 that can be segmented? Returns what
/// to know in words, each with what to do. About 2 s for 1 mm voxels.
///
/// \throws Error, with what it looks like and what to do, for voxels over 2.5 mm, an MP2RAGE ratio image with
/// noise in the air, a CT, an orientation that is wrong by quarter turns (upside down, back to front; see
/// orientation_check.h), a brain-extracted image, a field of view that cuts the brain, and as find_head().
/// `name` (the file) stands before each message.
[[nodiscard]] std::vector<std::string> check_t1(const ScalarImage& t1, const ScalarImage& template_t1,
                                                const std::string& name = "T1");

} // namespace corticoil::imaging
