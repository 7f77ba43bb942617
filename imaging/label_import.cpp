#include "imaging/label_import.h"

#include "core/error.h"
#include "core/tissue.h"
#include "imaging/air_level.h"
#include "imaging/head_mask.h"
#include "imaging/mask_algebra.h"
#include "imaging/neck_extension.h"
#include "imaging/resample.h"
#include "imaging/voxel_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

namespace corticoil::imaging {

namespace {

/// Gaps of up to twice this many voxels between labels are errors of the labelling, dark or not.
constexpr double slit_in_voxels = 1;
/// Gaps of up to twice this many voxels are closed where no T1 tells what they hold.
constexpr double gap_in_voxels = 2;
/// Gaps of up to twice this are looked into where a T1 does [m].
constexpr double gap_radius = 4e-3;

void check_mapping(const std::map<int, int>& mapping) {
    for (const auto& [from, to] : mapping) {
        if (from < 0) throw Error(fmt::format("label mapping: {} → {}: labels are not negative", from, to));
        if (to != tissue::air && !find_tissue(to)) {
            throw Error(fmt::format("label mapping: {} → {}: {} is no tissue of ours (docs: 1 white matter, "
                                    "2 grey matter, 3 CSF, "
                                    "4 bone, 5 scalp, 6 eyes …, 0 to drop)",
                                    from, to, to));
        }
    }
}

/// A label of theirs in the image.
struct FoundLabel {
    std::size_t n_voxels = 0;
    int tissue = 0; ///< Ours, or none of ours where the mapping does not name it.
};

/// \throws Error where some are no tissue, listing the first.
void check_known(const std::map<int, FoundLabel>& labels) {
    constexpr int most_listed = 20; // A parcellation has hundreds.
    std::string unknown;
    int n_unknown = 0;
    for (const auto& [label, found] : labels) {
        if (found.tissue == tissue::air || find_tissue(found.tissue)) continue;
        if (++n_unknown > most_listed) continue;
        unknown += fmt::format("{}{} ({} voxels)", unknown.empty() ? "" : ", ", label, found.n_voxels);
    }
    if (n_unknown > most_listed) unknown += fmt::format(" and {} more", n_unknown - most_listed);
    if (!unknown.empty()) {
        throw Error(fmt::format("label map: unknown labels {}; name the tissue of each in the mapping, for "
                                "instance {{\"{}\": 5}}, "
                                "or 0 to drop it",
                                unknown, unknown.substr(0, unknown.find(' '))));
    }
}

/// `label_of(voxel, n)` is their label at the n-th voxel.
template <typename Voxel, typename LabelOf>
LabelImage mapped(const Image<Voxel>& image, const std::map<int, int>& mapping, LabelOf label_of) {
    check_mapping(mapping);
    std::map<int, FoundLabel> labels;
    LabelImage result(image.size, image.head_from_voxel);
    auto found = labels.end();
    for (std::size_t n = 0; n < image.voxels.size(); ++n) {
        const int label = label_of(image.voxels[n], n);
        if (found == labels.end() || found->first != label) { // Neighbours are mostly of one label.
            const auto target = mapping.find(label);
            found = labels.try_emplace(label, FoundLabel{0, target == mapping.end() ? label : target->second})
                        .first;
        }
        ++found->second.n_voxels;
        result.voxels[n] = static_cast<std::uint8_t>(found->second.tissue);
    }
    check_known(labels);
    return result;
}

/// Unlabelled voxels that belong to the head.
Mask find_gaps(const LabelImage& labels, const ImportOptions& options) {
    const Mask labelled = mask_where(labels, [&](std::size_t n) { return labels.voxels[n] != tissue::air; });
    const std::array<double, 3> spacing = voxel_spacing(labels.head_from_voxel);
    const double voxel = std::max({spacing[0], spacing[1], spacing[2]});
    const Mask slits = without(close(labelled, slit_in_voxels * voxel), labelled);
    // Closing fills gaps, filling what the labels enclose.
    const double gap = options.t1 ? gap_radius : gap_in_voxels * voxel;
    const Mask candidates = without(fill_enclosed(close(labelled, gap)), labelled);
    if (!options.t1) return either(slits, candidates);
    const ScalarImage given = with_air_at_zero(*options.t1);
    const float air = find_head(given).threshold;
    const ScalarImage t1 = resample(given, labels.size, labels.head_from_voxel, Eigen::Affine3d::Identity());
    return mask_where(candidates, [&](std::size_t n) {
        return slits.voxels[n] != 0 || (candidates.voxels[n] != 0 && t1.voxels[n] > air);
    });
}

} // namespace

LabelImage map_labels(const ScalarImage& image, const std::map<int, int>& mapping, const std::string& name) {
    constexpr float rounding = 1e-3F;  // Of a file's slope.
    constexpr float largest = 9999999; // Beyond about 1.6e7 floats skip whole numbers.
    return mapped(image, mapping, [&](float value, std::size_t n) {
        const float label = std::round(value);
        if (!(std::abs(value - label) <= rounding && label >= 0 && label <= largest)) {
            const auto nx = static_cast<std::size_t>(image.size[0]);
            const auto ny = static_cast<std::size_t>(image.size[1]);
            throw Error(fmt::format("{}: voxel ({}, {}, {}) holds {}; labels are whole numbers from 0 on: is "
                                    "this a label map?",
                                    name, n % nx, n / nx % ny, n / nx / ny, value));
        }
        return static_cast<int>(label);
    });
}

ImportedLabels import_labels(const LabelImage& labels, const std::map<int, int>& mapping,
                             const ImportOptions& options) {
    report(options.progress, 0, "checking the labels");
    ImportedLabels result;
    LabelImage tissues =
        mapped(labels, mapping, [](std::uint8_t label, std::size_t) { return static_cast<int>(label); });
    if (std::all_of(tissues.voxels.begin(), tissues.voxels.end(),
                    [](std::uint8_t label) { return label == 0; })) {
        throw Error("label map: every voxel is 0 (air) after mapping; is this the right file?");
    }
    // Before gaps are filled, which may change slices of it.
    const bool has_neck = has_added_neck(tissues, options.neck_extension);
    report(options.progress, 0.2, "filling gaps");
    const Mask gaps = find_gaps(tissues, options);
    fill_from_neighbours(tissues, gaps);
    for (std::size_t n = 0; n < gaps.voxels.size(); ++n) {
        if (gaps.voxels[n] == 0) continue;
        std::uint8_t& label = tissues.voxels[n];
        result.n_filled += label != tissue::air ? 1 : 0;
    }
    if (!options.lesions.is_empty()) {
        const Mask head =
            mask_where(tissues, [&](std::size_t n) { return tissues.voxels[n] != tissue::air; });
        result.lesions = insert_lesions(place_lesions(options.lesions, head), std::nullopt, tissues);
    }
    result.volumes = label_volumes(tissues);
    report(options.progress, 0.8, "extending the neck");
    result.tissues = extend_neck(tissues, has_neck ? 0 : options.neck_extension).labels;
    report(options.progress, 1, "done");
    return result;
}

} // namespace corticoil::imaging
