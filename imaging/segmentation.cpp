#include "imaging/segmentation.h"

#include "core/error.h"
#include "core/tissue.h"
#include "imaging/air_level.h"
#include "imaging/carry.h"
#include "imaging/contrast_check.h"
#include "imaging/eyes.h"
#include "imaging/head_layers.h"
#include "imaging/head_mask.h"
#include "imaging/input_checks.h"
#include "imaging/label_cleaning.h"
#include "imaging/lesion_filling.h"
#include "imaging/mask_algebra.h"
#include "imaging/mni_registration.h"
#include "imaging/neck_extension.h"
#include "imaging/resample.h"
#include "imaging/t2_registration.h"
#include "imaging/template_labels.h"

#include <fmt/format.h>

#include <cmath>

namespace corticoil::imaging {

namespace {

/// The T1 around the head: what lies further out costs time and tells nothing.
struct CroppedHead {
    ScalarImage t1;
    HeadMask head;
    VoxelBox box;
    Mask whole; ///< The head on the T1's own voxels, for what compares whole fields of view.
};

CroppedHead crop_to_head(const ScalarImage& t1) {
    constexpr double margin = 10e-3; // [m]
    CroppedHead cropped;
    HeadMask head = find_head(t1);
    cropped.box = box_around(head.mask, margin);
    cropped.t1 = crop(t1, cropped.box);
    cropped.head = {crop(head.mask, cropped.box), head.threshold};
    cropped.whole = std::move(head.mask);
    return cropped;
}

/// Lesions on the cropped T1. Compared with the T1's own grid: a mask that was drawn on it is no foreign one.
LesionMasks place_lesions_on(const CroppedHead& cropped, const LesionImages& images) {
    LesionMasks lesions = place_lesions(images, cropped.whole);
    lesions.lesions = crop(lesions.lesions, cropped.box);
    lesions.black_holes = crop(lesions.black_holes, cropped.box);
    return lesions;
}

/// The second image on the cropped T1. What it shows of lesions is between brain and CSF and is neither.
PlacedT2 place_t2_on(const CroppedHead& cropped, const SegmentationOptions& options,
                     const std::optional<LesionMasks>& lesions, const Progress& progress) {
    PlacedT2 placed = place_t2(*options.t2, options.t2_name, cropped.t1, progress);
    constexpr double rim = 1.5e-3; // Masks are drawn to the voxel, edges are blurred [m].
    if (lesions) placed.covered = without(placed.covered, dilate(lesions->lesions, rim));
    return placed;
}

Mask find_brain_hint(const ScalarImage& t1, const SegmentationOptions& options, const MniTemplate& mni,
                     const MniMapping& mapping) {
    const Mask hint = options.brain_mask ? resample_mask(*options.brain_mask, t1.size, t1.head_from_voxel,
                                                         Eigen::Affine3d::Identity())
                                         : carry_mask_to_head(mni.brain, mapping, grid_of(t1));
    if (count(hint) == 0) {
        throw Error(fmt::format(
            "the {} has no voxel on the T1's head: check that both files have the same orientation",
            options.brain_mask ? "brain mask" : "template's brain"));
    }
    return hint;
}

/// Brain labels made elsewhere on the T1's voxels; other labels are 0.
LabelImage brain_labels_on(const ScalarImage& t1, const LabelImage& theirs) {
    LabelImage labels = carry_to_head(theirs, MniMapping{}, grid_of(t1));
    std::size_t n_brain = 0;
    for (std::uint8_t& label : labels.voxels) {
        const bool is_brain = label == tissue::white_matter || label == tissue::grey_matter;
        n_brain += is_brain ? 1 : 0;
        if (!is_brain && label != tissue::csf) label = tissue::air;
    }
    if (n_brain == 0)
        throw Error("the brain labels have no grey or white matter on the T1's head: check that both files "
                    "have the same orientation");
    return labels;
}

/// All that is known of the head before its intensities are looked at.
HeadEvidence gather_evidence(const CroppedHead& cropped, const SegmentationOptions& options,
                             const MniTemplate& mni, const MniMapping& mapping) {
    HeadEvidence evidence;
    evidence.head = cropped.head;
    evidence.priors = carry_priors(mni, mapping, cropped.t1);
    if (options.brain_labels) {
        evidence.brain_labels = brain_labels_on(cropped.t1, *options.brain_labels);
        evidence.brain_hint = mask_where(*evidence.brain_labels, [&](std::size_t n) {
            return evidence.brain_labels->voxels[n] != tissue::air;
        });
        evidence.is_hint_exact = true;
    } else {
        evidence.brain_hint = find_brain_hint(cropped.t1, options, mni, mapping);
        evidence.is_hint_exact = options.brain_mask.has_value();
    }
    return evidence;
}

/// What an expert would want to look at.
std::vector<std::string> unusual(const Segmentation& result, int n_eyes) {
    std::vector<std::string> warnings;
    if (n_eyes < 2)
        warnings.push_back(
            fmt::format("{} of 2 eyes found; the orbits are labelled soft tissue there", n_eyes));
    const double scale = std::cbrt(result.mni.mni_from_head.linear().determinant());
    constexpr double largest_scale =
        1.35; // Adult heads are 3 % to 20 % smaller than MNI space in each direction.
    if (scale > largest_scale || scale < 1 / largest_scale) {
        warnings.push_back(
            fmt::format("the head is scaled by {:.2f} to MNI space; check targets by eye", scale));
    }
    return warnings;
}

void append(const std::vector<std::string>& more, std::vector<std::string>& warnings) {
    warnings.insert(warnings.end(), more.begin(), more.end());
}

} // namespace

Segmentation segment_t1(const ScalarImage& given, const SegmentationOptions& options) {
    Segmentation result;
    const ScalarImage t1 = with_air_at_zero(given);
    const Progress& progress = options.progress;
    MniTemplate mni = options.mni_template ? *options.mni_template : load_mni_template();
    report(progress, 0, "checking the image");
    result.warnings = check_t1(t1, mni.t1, options.t1_name);
    if (mni.labels.voxels.empty()) mni.labels = make_template_labels(mni, part_of(progress, 0.02, 0.12));
    report(progress, 0.15, "finding the head");
    CroppedHead cropped = crop_to_head(t1);
    std::optional<LesionMasks> lesions;
    const ScalarImage unfilled = cropped.t1;
    if (!options.lesions.is_empty()) {
        lesions = place_lesions_on(cropped, options.lesions);
        cropped.t1 = fill_lesions(unfilled, lesions->lesions).t1;
    }
    result.mni = options.mni ? *options.mni
                             : register_to_mni(cropped.t1, mni.t1,
                                               {.is_deformable = options.is_deformable,
                                                .n_threads = options.n_threads,
                                                .progress = part_of(progress, 0.2, 0.6)});
    append(check_against_template(cropped.t1, cropped.whole, mni, result.mni), result.warnings);
    report(progress, 0.6, "carrying the template over");
    HeadEvidence evidence = gather_evidence(cropped, options, mni, result.mni);
    if (options.t2) evidence.t2 = place_t2_on(cropped, options, lesions, part_of(progress, 0.6, 0.65));
    LabelledHead head = label_head(cropped.t1, evidence, part_of(progress, 0.65, 0.9));
    append(head.warnings, result.warnings);
    result.t2 = head.t2;
    if (result.t2) append(result.t2->warnings, result.warnings);
    const int n_eyes = add_eyes(head.corrected, result.mni, head.labels);
    report(progress, 0.9, "cleaning the labels");
    clean_labels(head.labels);
    if (lesions) result.lesions = insert_lesions(*lesions, unfilled, head.labels);
    result.volumes = label_volumes(head.labels);
    append(unusual(result, n_eyes), result.warnings);
    result.tissues = LabelImage(t1.size, t1.head_from_voxel);
    paste(head.labels, cropped.box, result.tissues);
    result.tissues = extend_neck(result.tissues, options.neck_extension).labels;
    report(progress, 1, "segmented");
    return result;
}

} // namespace corticoil::imaging
