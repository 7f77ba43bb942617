#include "imaging/head_mask.h"

#include "core/error.h"
#include "imaging/mask_algebra.h"
#include "imaging/resample.h"
#include "imaging/voxel_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace corticoil::imaging {

namespace {

/// Closes nostrils, ear canals and the dark of sinuses that reach the skin [m].
constexpr double closing_radius = 8e-3;
/// Closes gaps in the skin itself, where fat is shifted or ears fold [m].
constexpr double skin_closing_radius = 2.5e-3;
/// Cavities lie deeper under the widely closed skin than this [m].
constexpr double depth_of_cavities = 8e-3;
/// Removes threads of noise and of ghosting around the head [m].
constexpr double opening_radius = 1.5e-3;
/// Bright pieces that may belong to the head (bone parts scalp and brain); smaller ones are noise [m³].
constexpr double smallest_piece = 10e-6;
/// Smaller is no head [m³].
constexpr double smallest_head = 0.5e-3;

/// The head's outline, filled: what is bright and every cavity in it.
Mask filled_head(const Mask& bright) {
    // What is open only at the cut face, as airways are, is filled within the planes across the body's axis.
    const int axis = inferior_axis(bright.head_from_voxel).axis;
    const auto filled = [axis](const Mask& mask) {
        return fill_enclosed_in_planes(fill_enclosed(mask), axis);
    };
    // The wide closing finds the cavities inside; at the skin (beside the nose, behind the ears) a narrow one
    // is kept.
    const Mask inside = erode(filled(close(bright, closing_radius)), depth_of_cavities);
    const Mask head = filled(either(close(bright, skin_closing_radius), inside));
    return largest_part(open(head, 2 * opening_radius));
}

} // namespace

float otsu_threshold(const ScalarImage& image) {
    const auto [lowest, highest] = std::minmax_element(image.voxels.begin(), image.voxels.end());
    if (image.voxels.empty() || !(*lowest < *highest)) {
        throw Error("the image is empty or has the same value everywhere; is this a T1 of a head?");
    }
    // The brightest voxels (vessels, fat near the coil) say nothing about where the head ends: the
    // histogram's top is the 99th percentile.
    std::vector<float> sorted = image.voxels;
    const auto top_at =
        sorted.begin() + static_cast<std::ptrdiff_t>(0.99 * static_cast<double>(sorted.size() - 1));
    std::nth_element(sorted.begin(), top_at, sorted.end());
    const double low = *lowest;
    const double high = *top_at > *lowest ? *top_at : *highest;
    constexpr std::size_t n_bins = 256;
    std::vector<double> counts(n_bins, 0);
    for (const float value : image.voxels) {
        const double position = std::clamp((value - low) / (high - low), 0.0, 1.0) * (n_bins - 1);
        counts[static_cast<std::size_t>(position)] += 1;
    }
    // Maximise the between-class variance w0 w1 (m0 − m1)².
    double total = 0;
    double total_moment = 0;
    for (std::size_t bin = 0; bin < n_bins; ++bin) {
        total += counts[bin];
        total_moment += counts[bin] * static_cast<double>(bin);
    }
    double weight = 0;
    double moment = 0;
    double best = -1;
    std::size_t best_bin = 0;
    for (std::size_t bin = 0; bin + 1 < n_bins; ++bin) {
        weight += counts[bin];
        moment += counts[bin] * static_cast<double>(bin);
        if (weight == 0 || weight == total) continue;
        const double difference = moment / weight - (total_moment - moment) / (total - weight);
        const double variance = weight * (total - weight) * difference * difference;
        if (variance > best) {
            best = variance;
            best_bin = bin;
        }
    }
    return static_cast<float>(low + (static_cast<double>(best_bin) + 1) * (high - low) / (n_bins - 1));
}

InferiorAxis inferior_axis(const Eigen::Affine3d& head_from_voxel) {
    InferiorAxis result;
    double steepest = 0;
    for (int axis = 0; axis < 3; ++axis) {
        const double rise = head_from_voxel.linear().col(axis).normalized()[2];
        if (std::abs(rise) <= steepest) continue;
        steepest = std::abs(rise);
        result = {axis, rise < 0};
    }
    return result;
}

HeadMask find_head(const ScalarImage& t1) {
    HeadMask head;
    head.threshold = 0.5F * otsu_threshold(t1);
    head.mask = Mask(t1.size, t1.head_from_voxel);
    for (std::size_t n = 0; n < t1.voxels.size(); ++n)
        head.mask.voxels[n] = t1.voxels[n] > head.threshold ? 1 : 0;
    const std::array<double, 3> spacing = voxel_spacing(t1.head_from_voxel);
    const double finest = std::max({spacing[0], spacing[1], spacing[2]});
    head.mask = parts_of_at_least(open(head.mask, std::max(opening_radius, finest)), smallest_piece);
    const double volume =
        static_cast<double>(std::count(head.mask.voxels.begin(), head.mask.voxels.end(), 1)) *
        t1.voxel_volume();
    if (volume < smallest_head) {
        throw Error(fmt::format(
            "what is bright in the image has {:.0f} cm³, less than a head; is this a T1 of a whole head "
            "(not skull-stripped, not cropped)?",
            volume * 1e6));
    }
    const VoxelBox box = box_around(head.mask, 2 * opening_radius);
    paste(filled_head(crop(head.mask, box)), box, head.mask);
    return head;
}

} // namespace corticoil::imaging
