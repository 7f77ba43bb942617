#include "imaging/skull_layers.h"

#include "core/tissue.h"
#include "imaging/mask_algebra.h"
#include "imaging/quantile.h"
#include "imaging/voxel_parts.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace corticoil::imaging {

namespace {

/// How far the inner surface of the skull may lie outside the brain mask [m].
constexpr double csf_reach = 4e-3;
/// The same where a T2 shows CSF [m]: it is 3 mm wide in health, twice that and more with atrophy.
constexpr double shown_csf_reach = 10e-3;
/// How far bone may lie outside the intracranial space [m]: the mastoid and the skull base are the thickest.
constexpr double bone_reach = 13e-3;
/// Half the thickest layer of marrow, which is as bright as soft tissue [m].
constexpr double marrow_radius = 4.5e-3;
/// How far from the intracranial space marrow is looked for [m]: the thickness of the vault.
constexpr double marrow_reach = 10e-3;
/// Thinner than twice this is no wall of the cranium [m].
constexpr double spur_radius = 2.5e-3;
/// Least thickness of bone and of scalp [m], or a voxel's diagonal where that is more.
constexpr double least_bone = 2e-3;
constexpr double least_scalp = 2e-3;
/// Priors from which a voxel counts as inside a surface whatever its intensity, and below which as outside.
constexpr float surely = 0.97F;
constexpr float hardly = 0.05F;

double voxel_diagonal(const Mask& mask) {
    const std::array<double, 3> spacing = voxel_spacing(mask.head_from_voxel);
    return std::hypot(spacing[0], spacing[1], spacing[2]);
}

/// Typical bone (the dark half of what surrounds the brain) and typical soft tissue beyond it.
void find_thresholds(const ScalarImage& t1, const Mask& head, const Mask& brain,
                     const BrainIntensities& intensities, SkullLayers& layers) {
    constexpr double nearest_bone = 3e-3;
    constexpr double farthest_bone = 8e-3;
    constexpr double farthest_tissue = 16e-3;
    const ScalarImage distance = squared_distance_to(brain, farthest_tissue);
    std::vector<float> bone;
    std::vector<float> soft;
    for (std::size_t n = 0; n < t1.voxels.size(); ++n) {
        if (head.voxels[n] == 0 || brain.voxels[n] != 0) continue;
        const double squared = distance.voxels[n];
        const float value = t1.voxels[n];
        if (squared > nearest_bone * nearest_bone && squared < farthest_bone * farthest_bone &&
            value < intensities.csf) {
            bone.push_back(value);
        }
        const bool is_beyond =
            squared > farthest_bone * farthest_bone && squared <= farthest_tissue * farthest_tissue;
        if (is_beyond && value > 0.5 * (intensities.csf + intensities.grey)) soft.push_back(value);
    }
    const float bone_typical = median_of(bone);
    const float soft_typical = soft.empty() ? static_cast<float>(intensities.grey) : median_of(soft);
    layers.bone_csf_threshold = 0.5F * (bone_typical + static_cast<float>(intensities.csf));
    layers.bone_tissue_threshold =
        0.5F * (bone_typical + std::min(soft_typical, static_cast<float>(intensities.grey)));
}

/// The brain mask and the CSF around it, as far as it is brighter than bone on the T1, or shown by a T2.
Mask find_intracranial(const ScalarImage& t1, const SkullLayers& layers, const Mask& brain_mask,
                       const BrainIntensities& intensities, const SkullEvidence& evidence) {
    const ScalarImage& prior = evidence.priors.intracranial;
    const double brightest = 0.5 * (intensities.grey + intensities.white); // Brighter is marrow or fat.
    const Mask near = both(dilate(brain_mask, csf_reach), layers.head);
    const Mask shown = evidence.t2 == nullptr ? near : both(dilate(brain_mask, shown_csf_reach), layers.head);
    const auto is_csf = [&](std::size_t n) {
        if (t1.voxels[n] >= brightest) return false;
        const SkullSide side = evidence.t2 == nullptr ? SkullSide::undecided : skull_side(*evidence.t2, n);
        if (side != SkullSide::undecided) return side == SkullSide::csf;
        return near.voxels[n] != 0 && t1.voxels[n] > layers.bone_csf_threshold;
    };
    const Mask bright = mask_where(t1, [&](std::size_t n) {
        return brain_mask.voxels[n] != 0 || is_sure(prior, n, surely) ||
               (shown.voxels[n] != 0 && is_likely(prior, n, hardly) && is_csf(n));
    });
    // Opening parts the CSF from marrow and orbits; closing bridges falx, tentorium and dura, which are dark.
    const Mask opened = either(largest_part(open(bright, spur_radius)), brain_mask);
    return fill_enclosed(close(opened, spur_radius));
}

Mask find_cranium(const ScalarImage& t1, const SkullLayers& layers, const ScalarImage& prior) {
    const Mask near = dilate(layers.intracranial, bone_reach);
    const Mask inside_skin = erode(layers.head, least_scalp);
    const Mask dark = mask_where(t1, [&](std::size_t n) {
        if (layers.intracranial.voxels[n] != 0) return true;
        if (near.voxels[n] == 0 || inside_skin.voxels[n] == 0) return false;
        return is_sure(prior, n, surely) ||
               (t1.voxels[n] < layers.bone_tissue_threshold && is_likely(prior, n, hardly));
    });
    const Mask marrow =
        both(close(largest_part(dark), marrow_radius), dilate(layers.intracranial, marrow_reach));
    const Mask closed = fill_enclosed(either(largest_part(dark), marrow));
    return largest_part(either(open(closed, spur_radius), layers.intracranial));
}

} // namespace

SkullLayers find_skull_layers(const ScalarImage& t1, const SkullEvidence& evidence,
                              const BrainIntensities& intensities) {
    SkullLayers layers;
    layers.head = evidence.head.mask;
    layers.brain = mask_where(evidence.brain_classes, [&](std::size_t n) {
        return evidence.brain_classes.voxels[n] == tissue::white_matter ||
               evidence.brain_classes.voxels[n] == tissue::grey_matter;
    });
    find_thresholds(t1, layers.head, evidence.brain_mask, intensities, layers);
    layers.intracranial =
        find_intracranial(t1, layers, either(evidence.brain_mask, layers.brain), intensities, evidence);
    layers.cranium = find_cranium(t1, layers, evidence.priors.cranium);
    enforce_nesting(layers);
    return layers;
}

void enforce_nesting(SkullLayers& layers) {
    const double diagonal = voxel_diagonal(layers.head);
    layers.intracranial = either(layers.intracranial, dilate(layers.brain, diagonal));
    layers.cranium = either(layers.cranium, dilate(layers.intracranial, std::max(least_bone, diagonal)));
    layers.head = either(layers.head, dilate(layers.cranium, std::max(least_scalp, diagonal)));
}

} // namespace corticoil::imaging
