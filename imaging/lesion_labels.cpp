#include "imaging/lesion_labels.h"

#include "core/error.h"
#include "core/tissue.h"
#include "core/voxel_parts.h"
#include "imaging/mask_algebra.h"
#include "imaging/voxel_parts.h"

#include <fmt/format.h>

#include <array>

namespace corticoil::imaging {

namespace {

/// CSF is darker than this share of the way from CSF to white matter: below grey matter, which lies about
/// half-way, and above most of CSF's noise.
constexpr double csf_share = 0.25;

/// Mean T1 intensity of a tissue outside the lesions.
double mean_of(const ScalarImage& t1, const LabelImage& labels, const Mask& lesions, int label) {
    double sum = 0;
    std::size_t n_voxels = 0;
    for (std::size_t n = 0; n < t1.voxels.size(); ++n) {
        if (labels.voxels[n] != label || lesions.voxels[n] != 0) continue;
        sum += t1.voxels[n];
        ++n_voxels;
    }
    return n_voxels == 0 ? 0 : sum / static_cast<double>(n_voxels);
}

/// Voxels of the masks that are CSF outside the lesions.
Mask spilled_csf(const LesionMasks& lesions, const std::optional<ScalarImage>& t1, const LabelImage& labels) {
    double threshold = 0;
    if (t1) {
        const double csf = mean_of(*t1, labels, lesions.lesions, tissue::csf);
        const double white = mean_of(*t1, labels, lesions.lesions, tissue::white_matter);
        threshold = csf + csf_share * (white - csf);
    }
    const auto is_csf = [&](std::size_t n) {
        if (lesions.lesions.voxels[n] == 0) return labels.voxels[n] == tissue::csf;
        if (lesions.black_holes.voxels[n] != 0) return false;
        return labels.voxels[n] == tissue::csf || (t1 && t1->voxels[n] < threshold);
    };
    const Mask fluid = mask_where(labels, is_csf);
    const Mask outside = without(fluid, lesions.lesions);
    return both(parts_with(fluid, outside), lesions.lesions);
}

/// \throws Error where most of the masks was left out; a warning where much of them was.
void check(LesionReport& report, std::size_t n_given) {
    const std::size_t n_left_out = report.n_in_csf + report.n_outside;
    const auto share = static_cast<double>(n_left_out) / static_cast<double>(n_given);
    constexpr double most_left_out = 0.5;
    constexpr double notable = 0.1;
    const std::string text =
        fmt::format("lesions: {} of {} voxels lie outside the brain ({} in CSF, {} in bone, scalp or air)",
                    n_left_out, n_given, report.n_in_csf, report.n_outside);
    if (share > most_left_out) {
        throw Error(fmt::format("{}: the mask belongs to another image or space; resample it into the T1's, "
                                "or check it over the T1",
                                text));
    }
    if (share > notable)
        report.warnings.push_back(
            fmt::format("{} and were left out: check the mask over the T1 (segmentation.png)", text));
}

} // namespace

LesionReport insert_lesions(const LesionMasks& lesions, const std::optional<ScalarImage>& t1,
                            LabelImage& labels) {
    CORTICOIL_ASSERT(lesions.lesions.size == labels.size && (!t1 || t1->size == labels.size));
    const Mask spilled = spilled_csf(lesions, t1, labels);
    LesionReport report;
    report.given_volume = lesions.given_volume;
    report.warnings = lesions.warnings;
    LabelImage result = labels;
    std::array<std::size_t, 2> n_labelled{0, 0};
    for (std::size_t n = 0; n < labels.voxels.size(); ++n) {
        if (lesions.lesions.voxels[n] == 0) continue;
        const int label = labels.voxels[n];
        if (!tissue::is_intracranial(label)) {
            ++report.n_outside;
        } else if (spilled.voxels[n] != 0) {
            ++report.n_in_csf;
            result.voxels[n] = tissue::csf;
        } else {
            const bool is_black_hole = lesions.black_holes.voxels[n] != 0;
            report.n_grey_matter += label == tissue::grey_matter ? 1 : 0;
            ++n_labelled[is_black_hole ? 1 : 0];
            result.voxels[n] = is_black_hole ? tissue::black_hole : tissue::lesion;
        }
    }
    check(report, count(lesions.lesions));
    report.lesion_volume = static_cast<double>(n_labelled[0]) * labels.voxel_volume();
    report.black_hole_volume = static_cast<double>(n_labelled[1]) * labels.voxel_volume();
    labels = std::move(result);
    report.n_lesions =
        find_voxel_parts(
            mask_where(labels, [&](std::size_t n) { return tissue::is_lesion(labels.voxels[n]); }),
            {.through_corners = true})
            .n_parts();
    return report;
}

} // namespace corticoil::imaging
