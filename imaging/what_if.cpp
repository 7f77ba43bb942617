#include "imaging/what_if.h"

#include "core/constants.h"
#include "core/error.h"
#include "core/tissue.h"
#include "imaging/mask_algebra.h"
#include "imaging/voxel_distance.h"
#include "imaging/voxel_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace corticoil::imaging {

namespace {

Mask brain_of(const LabelImage& tissues) {
    return mask_where(tissues, [&](std::size_t n) { return tissue::is_brain(tissues.voxels[n]); });
}

Mask where_label(const LabelImage& tissues, int label) {
    return mask_where(tissues, [&](std::size_t n) { return tissues.voxels[n] == label; });
}

Mask complement(const Mask& mask) {
    return mask_where(mask, [&](std::size_t n) { return mask.voxels[n] == 0; });
}

/// The brain with its sulci and ventricles.
Mask hull_of(const LabelImage& tissues) {
    constexpr double sulcus = 8e-3; // Half the width of the widest that is bridged [m].
    return fill_enclosed(close(brain_of(tissues), sulcus));
}

/// The direction in which a smooth image grows at a voxel, head frame; zero where it is flat.
Vector3 gradient_at(const ScalarImage& image, int i, int j, int k) {
    const auto value = [&](int a, int b, int c) {
        return image.at(std::clamp(a, 0, image.size[0] - 1), std::clamp(b, 0, image.size[1] - 1),
                        std::clamp(c, 0, image.size[2] - 1));
    };
    const Vector3 per_voxel(value(i + 1, j, k) - value(i - 1, j, k), value(i, j + 1, k) - value(i, j - 1, k),
                            value(i, j, k + 1) - value(i, j, k - 1));
    const Vector3 gradient = image.head_from_voxel.linear().inverse().transpose() * per_voxel;
    return gradient.norm() > 0 ? gradient.normalized() : Vector3::Zero();
}

template <typename Visit>
void for_each_voxel(const LabelImage& image, Visit visit) {
    for (int k = 0; k < image.size[2]; ++k) {
        for (int j = 0; j < image.size[1]; ++j) {
            for (int i = 0; i < image.size[0]; ++i) visit(i, j, k);
        }
    }
}

double half_voxel(const LabelImage& image) {
    const std::array<double, 3> spacing = voxel_spacing(image.head_from_voxel);
    return *std::min_element(spacing.begin(), spacing.end()) / 2;
}

LabelImage thin_cortex(const LabelImage& tissues, double length) {
    const ScalarImage to_csf = squared_distance_to(where_label(tissues, tissue::csf), length + 1e-3);
    LabelImage result = tissues;
    const Mask white = where_label(tissues, tissue::white_matter);
    const Mask kept = dilate(white, 2.01 * half_voxel(tissues)); // A voxel of cortex stays.
    const double reach = length + half_voxel(tissues);
    for (std::size_t n = 0; n < result.voxels.size(); ++n) {
        if (tissues.voxels[n] == tissue::grey_matter && kept.voxels[n] == 0 &&
            to_csf.voxels[n] <= reach * reach)
            result.voxels[n] = tissue::csf;
    }
    return result;
}

LabelImage grow_ventricles(const LabelImage& tissues, double length) {
    constexpr double depth = 20e-3;
    const Mask deep = erode(hull_of(tissues), depth);
    const Mask grown = dilate(both(where_label(tissues, tissue::csf), deep), length);
    LabelImage result = tissues;
    for (std::size_t n = 0; n < result.voxels.size(); ++n) {
        if (grown.voxels[n] != 0 && tissue::is_brain(tissues.voxels[n])) result.voxels[n] = tissue::csf;
    }
    return result;
}

/// The brain within `reach` of its hull is compressed to the part below `length`: what lies at depth s moves
/// to length + s (reach − length)/reach.
LabelImage draw_back(const LabelImage& tissues, double length) {
    constexpr double usual_reach = 25e-3;
    const double reach = std::max(usual_reach, 5 * length);
    const Mask hull = hull_of(tissues);
    ScalarImage depth = squared_distance_to(complement(hull), reach + 5e-3);
    const double deepest = reach + 5e-3;
    for (float& value : depth.voxels)
        value = std::isfinite(value) ? std::sqrt(value) : static_cast<float>(deepest);
    const ScalarImage smoothed = smooth(depth, 2e-3);
    const Eigen::Affine3d voxel_from_head = tissues.head_from_voxel.inverse();
    const double half = half_voxel(tissues);
    LabelImage result = tissues;
    for_each_voxel(tissues, [&](int i, int j, int k) {
        const std::size_t n = tissues.index(i, j, k);
        const int label = tissues.voxels[n];
        if (hull.voxels[n] == 0 || !tissue::is_intracranial(label)) return;
        const double now = depth.voxels[n] - half;
        if (now >= reach) return;
        result.voxels[n] = tissue::csf;
        if (now < length) return;
        const double before = (now - length) * reach / (reach - length);
        const Vector3 source =
            tissues.head_from_voxel * Vector3(i, j, k) - (now - before) * gradient_at(smoothed, i, j, k);
        const Vector3 at = (voxel_from_head * source).array().round();
        const std::array<int, 3> voxel{static_cast<int>(at[0]), static_cast<int>(at[1]),
                                       static_cast<int>(at[2])};
        if (!tissues.contains(voxel[0], voxel[1], voxel[2])) return;
        const std::uint8_t found = tissues.at(voxel[0], voxel[1], voxel[2]);
        if (tissue::is_brain(found)) result.voxels[n] = found;
    });
    return result;
}

/// The image with `n` slices of air more at its back.
LabelImage widened_behind(const LabelImage& image, double length) {
    Eigen::Index axis = 0;
    image.head_from_voxel.linear().row(1).cwiseAbs().maxCoeff(&axis);
    const double step = image.head_from_voxel.linear()(1, axis);
    const int n = static_cast<int>(std::ceil(length / std::abs(step))) + 1;
    std::array<int, 3> size = image.size;
    size[static_cast<std::size_t>(axis)] += n;
    Vector3 shift = Vector3::Zero();
    if (step > 0) shift[axis] = n;
    LabelImage result(size, image.head_from_voxel * Eigen::Translation3d(-shift));
    for_each_voxel(image, [&](int i, int j, int k) {
        const Eigen::Vector3i to = Eigen::Vector3i(i, j, k) + shift.cast<int>();
        result.at(to[0], to[1], to[2]) = image.at(i, j, k);
    });
    return result;
}

LabelImage thicken_scalp_behind(const LabelImage& tissues, double length) {
    LabelImage result = widened_behind(tissues, length);
    double bottom = std::numeric_limits<double>::infinity();
    for_each_voxel(result, [&](int i, int j, int k) {
        if (tissue::is_brain(result.at(i, j, k)))
            bottom = std::min(bottom, (result.head_from_voxel * Vector3(i, j, k)).z());
    });
    const Mask head = mask_where(result, [&](std::size_t n) { return result.voxels[n] != tissue::air; });
    const ScalarImage distance = squared_distance_to(head, length + 1e-3);
    ScalarImage density(head.size, head.head_from_voxel);
    for (std::size_t n = 0; n < density.voxels.size(); ++n) density.voxels[n] = head.voxels[n] != 0 ? 1 : 0;
    density = smooth(density, 5e-3);
    const double half = half_voxel(result);
    const LabelImage before = result;
    for_each_voxel(before, [&](int i, int j, int k) {
        const std::size_t n = before.index(i, j, k);
        if (before.voxels[n] != tissue::air || !std::isfinite(distance.voxels[n])) return;
        const double backwards = gradient_at(density, i, j, k).y(); // Outwards is against the gradient.
        // Full where the scalp faces back within 37°, none beyond 66°; fading over 30 mm below the brain.
        const double facing = std::clamp((backwards - 0.4) / 0.4, 0.0, 1.0);
        const double z = (before.head_from_voxel * Vector3(i, j, k)).z();
        const double height = std::clamp((z - bottom + 0.030) / 0.030, 0.0, 1.0);
        if (std::sqrt(distance.voxels[n]) - half < length * facing * height) result.voxels[n] = tissue::scalp;
    });
    return result;
}

void check(double length, const char* what) {
    constexpr double most = 20e-3;
    if (length >= 0 && length <= most) return;
    throw Error(fmt::format("{}: {:g} mm; give 0 to {:g} mm", what, length * millimetres_per_metre,
                            most * millimetres_per_metre));
}

} // namespace

LabelImage apply(const WhatIf& what_if, const LabelImage& tissues) {
    check(what_if.csf_layer, "CSF layer");
    check(what_if.posterior_layer, "posterior layer");
    check(what_if.ventricle_growth, "ventricle growth");
    check(what_if.cortex_thinning, "cortex thinning");
    if (what_if.is_nothing()) return tissues;
    if (count(brain_of(tissues)) == 0)
        throw Error("what-if: the label map holds no white or grey matter (labels 1, 2)");
    LabelImage result = tissues;
    if (what_if.cortex_thinning > 0) result = thin_cortex(result, what_if.cortex_thinning);
    if (what_if.ventricle_growth > 0) result = grow_ventricles(result, what_if.ventricle_growth);
    if (what_if.csf_layer > 0) result = draw_back(result, what_if.csf_layer);
    if (what_if.posterior_layer > 0) result = thicken_scalp_behind(result, what_if.posterior_layer);
    return result;
}

} // namespace corticoil::imaging
