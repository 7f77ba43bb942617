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
#include <string>

namespace corticoil::imaging {

namespace {

/// Gaps of up to twice this many voxels between labels are errors of the labelling, dark or not.
constexpr double slit_in_voxels = 1;
/// Gaps of up to twice this many voxels are closed where no T1 tells what they hold.
constexpr double gap_in_voxels = 2;
/// Gaps of up to twice this are looked into where a T1 does [m].
constexpr double gap_radius = 4e-3;

LabelImage mapped(const LabelImage& labels, const std::map<int, int>& mapping) {
    std::array<int, 256> target{};
    for (int label = 0; label < 256; ++label) target[static_cast<std::size_t>(label)] = label;
    for (const auto& [from, to] : mapping) {
        if (from < 0 || from > 255)
            throw Error(fmt::format("label mapping: {} → {}: labels are integers from 0 to 255", from, to));
        if (to != tissue::air && !find_tissue(to)) {
            throw Error(fmt::format("label mapping: {} → {}: {} is no tissue of ours (docs: 1 white matter, "
                                    "2 grey matter, 3 CSF, "
                                    "4 bone, 5 scalp, 6 eyes …, 0 to drop)",
                                    from, to, to));
        }
        target[static_cast<std::size_t>(from)] = to;
    }
    std::array<std::size_t, 256> n_voxels{};
    for (const std::uint8_t label : labels.voxels) ++n_voxels[label];
    std::string unknown;
    for (std::size_t label = 1; label < target.size(); ++label) {
        if (n_voxels[label] == 0 || target[label] == tissue::air || find_tissue(target[label])) continue;
        unknown += fmt::format("{}{} ({} voxels)", unknown.empty() ? "" : ", ", label, n_voxels[label]);
    }
    if (!unknown.empty()) {
        throw Error(fmt::format("label map: unknown labels {}; name the tissue of each in the mapping, for "
                                "instance {{\"{}\": 5}}, "
                                "or 0 to drop it",
                                unknown, unknown.substr(0, unknown.find(' '))));
    }
    LabelImage result = labels;
    for (std::uint8_t& label : result.voxels) label = static_cast<std::uint8_t>(target[label]);
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

ImportedLabels import_labels(const LabelImage& labels, const std::map<int, int>& mapping,
                             const ImportOptions& options) {
    report(options.progress, 0, "checking the labels");
    ImportedLabels result;
    LabelImage tissues = mapped(labels, mapping);
    if (std::all_of(tissues.voxels.begin(), tissues.voxels.end(),
                    [](std::uint8_t label) { return label == 0; })) {
        throw Error("label map: every voxel is 0 (air) after mapping; is this the right file?");
    }
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
    result.tissues = extend_neck(tissues, options.neck_extension).labels;
    report(options.progress, 1, "done");
    return result;
}

} // namespace corticoil::imaging
