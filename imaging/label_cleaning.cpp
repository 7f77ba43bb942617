#include "imaging/label_cleaning.h"

#include "core/tissue.h"
#include "core/voxel_parts.h"
#include "imaging/mask_algebra.h"
#include "imaging/skull_layers.h"
#include "imaging/voxel_parts.h"

#include <algorithm>
#include <set>

namespace corticoil::imaging {

namespace {

/// Parts smaller than this are noise [m³].
constexpr double smallest_part = 50e-9;
/// Width of the vote, in voxels: a wall of one voxel keeps 0.6 of the votes, a rod 0.36, a single voxel 0.2.
constexpr double vote_width = 0.6;

/// Gives parts below `volume` the label of their surroundings.
void absorb_small_parts(LabelImage& labels, double volume) {
    const VoxelParts parts = find_voxel_parts(labels);
    const double n_least = volume / labels.voxel_volume();
    const Mask small = mask_where(labels, [&](std::size_t n) {
        return parts.part[n] >= 0 &&
               static_cast<double>(parts.n_voxels[static_cast<std::size_t>(parts.part[n])]) < n_least;
    });
    fill_from_neighbours(labels, small);
}

/// Each voxel takes the label with the largest Gaussian share around it.
void vote(LabelImage& labels) {
    const std::set<std::uint8_t> present(labels.voxels.begin(), labels.voxels.end());
    const std::array<double, 3> spacing = voxel_spacing(labels.head_from_voxel);
    const double width = vote_width * std::min({spacing[0], spacing[1], spacing[2]});
    std::vector<float> best(labels.voxels.size(), -1.0F);
    LabelImage winner = labels;
    for (const std::uint8_t label : present) {
        ScalarImage share(labels.size, labels.head_from_voxel);
        for (std::size_t n = 0; n < share.voxels.size(); ++n)
            share.voxels[n] = labels.voxels[n] == label ? 1.0F : 0.0F;
        share = smooth(share, width);
        for (std::size_t n = 0; n < share.voxels.size(); ++n) {
            if (share.voxels[n] <= best[n]) continue;
            best[n] = share.voxels[n];
            winner.voxels[n] = label;
        }
    }
    labels = std::move(winner);
}

Mask labels_up_to(const LabelImage& labels, int last) {
    return mask_where(
        labels, [&](std::size_t n) { return labels.voxels[n] != tissue::air && labels.voxels[n] <= last; });
}

/// Rebuilds the layers as closed, nested sets and writes them back.
void close_layers(LabelImage& labels) {
    SkullLayers layers;
    layers.brain = largest_part(labels_up_to(labels, tissue::grey_matter));
    layers.intracranial = fill_enclosed(largest_part(labels_up_to(labels, tissue::csf)));
    layers.cranium = fill_enclosed(largest_part(labels_up_to(labels, tissue::bone)));
    layers.head = fill_enclosed(largest_part(labels_up_to(labels, tissue::eyes)));
    enforce_nesting(layers);
    for (std::size_t n = 0; n < labels.voxels.size(); ++n) {
        std::uint8_t& label = labels.voxels[n];
        if (layers.brain.voxels[n] != 0) continue;
        if (layers.intracranial.voxels[n] != 0) {
            label = tissue::csf;
        } else if (layers.cranium.voxels[n] != 0) {
            label = tissue::bone;
        } else if (layers.head.voxels[n] == 0) {
            label = tissue::air;
        } else if (label != tissue::eyes && label != tissue::bone) {
            label = tissue::scalp;
        }
    }
}

} // namespace

void clean_brain(LabelImage& classes, const Mask& brain_mask) {
    for (std::size_t n = 0; n < classes.voxels.size(); ++n) {
        // As bright as white matter but outside the brain: a vessel or fat.
        if (brain_mask.voxels[n] == 0 && classes.voxels[n] == tissue::white_matter)
            classes.voxels[n] = tissue::csf;
    }
    absorb_small_parts(classes, smallest_part);
    const Mask brain = largest_part(labels_up_to(classes, tissue::grey_matter));
    for (std::size_t n = 0; n < classes.voxels.size(); ++n) {
        if (classes.voxels[n] != 0 && brain.voxels[n] == 0) classes.voxels[n] = tissue::csf;
    }
}

void clean_labels(LabelImage& labels) {
    vote(labels);
    absorb_small_parts(labels, smallest_part);
    close_layers(labels);
    absorb_small_parts(labels, smallest_part);
    close_layers(labels);
}

} // namespace corticoil::imaging
