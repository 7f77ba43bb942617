#include "imaging/segmentation.h"

#include "core/error.h"
#include "core/tissue.h"
#include "imaging/bias_correction.h"
#include "imaging/brain_classes.h"
#include "imaging/brain_mask.h"
#include "imaging/carry.h"
#include "imaging/contrast_check.h"
#include "imaging/eyes.h"
#include "imaging/head_mask.h"
#include "imaging/input_checks.h"
#include "imaging/label_cleaning.h"
#include "imaging/lesion_filling.h"
#include "imaging/mask_algebra.h"
#include "imaging/mni_registration.h"
#include "imaging/neck_extension.h"
#include "imaging/resample.h"
#include "imaging/skull_layers.h"
#include "imaging/voxel_parts.h"

#include <fmt/format.h>

#include <cmath>
#include <utility>

namespace corticoil::imaging {

namespace {

/// How far grey matter may lie outside the brain mask [m]: masks are tight on the cortex.
constexpr double grey_matter_reach = 2e-3;

/// Labels of the layers, from outside in.
LabelImage combine(const SkullLayers& layers, const LabelImage& brain_classes) {
    LabelImage labels(layers.head.size, layers.head.head_from_voxel);
    for (std::size_t n = 0; n < labels.voxels.size(); ++n) {
        int label = tissue::air;
        if (layers.brain.voxels[n] != 0) {
            label = brain_classes.voxels[n];
        } else if (layers.intracranial.voxels[n] != 0) {
            label = tissue::csf;
        } else if (layers.cranium.voxels[n] != 0) {
            label = tissue::bone;
        } else if (layers.head.voxels[n] != 0) {
            label = tissue::scalp;
        }
        labels.voxels[n] = static_cast<std::uint8_t>(label);
    }
    return labels;
}

/// The T1 around the head: what lies further out costs time and tells nothing.
struct CroppedHead {
    ScalarImage t1;
    HeadMask head;
    VoxelBox box;
};

CroppedHead crop_to_head(const ScalarImage& t1) {
    constexpr double margin = 10e-3; // [m]
    CroppedHead cropped;
    const HeadMask head = find_head(t1);
    cropped.box = box_around(head.mask, margin);
    cropped.t1 = crop(t1, cropped.box);
    cropped.head = {crop(head.mask, cropped.box), head.threshold};
    return cropped;
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

/// The brain on the T1, its classes and the layers around it, as labels.
LabelImage label_head(const CroppedHead& cropped, const Mask& hint, bool is_hint_exact,
                      const Progress& progress, ScalarImage& corrected, std::vector<std::string>& warnings) {
    report(progress, 0, "correcting the bias field");
    constexpr double cortex = 2e-3; // The hint's rim may hold dura and bone [m].
    corrected = correct_bias(cropped.t1, erode(hint, cortex));
    report(progress, 0.3, "classifying the brain");
    constexpr double sulcus = 3e-3; // Sulci that a tight mask leaves out [m].
    Mask brain_mask = fill_enclosed(close(hint, sulcus));
    const BrainIntensities intensities = fit_brain_intensities(corrected, brain_mask);
    if (auto warning = describe_enhancement(corrected, brain_mask, intensities))
        warnings.push_back(std::move(*warning));
    if (!is_hint_exact) brain_mask = refine_brain_mask(corrected, brain_mask, intensities);
    const Mask region = both(dilate(brain_mask, grey_matter_reach), cropped.head.mask);
    LabelImage classes = classify_brain(corrected, region, intensities);
    clean_brain(classes, brain_mask);
    report(progress, 0.6, "finding the skull");
    const SkullLayers layers = find_skull_layers(corrected, cropped.head, brain_mask, classes, intensities);
    return combine(layers, classes);
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

} // namespace

Segmentation segment_t1(const ScalarImage& t1, const SegmentationOptions& options) {
    Segmentation result;
    const Progress& progress = options.progress;
    const MniTemplate mni = options.mni_template ? *options.mni_template : load_mni_template();
    report(progress, 0, "checking the image");
    result.warnings = check_t1(t1, mni.t1);
    report(progress, 0.05, "finding the head");
    CroppedHead cropped = crop_to_head(t1);
    std::optional<LesionMasks> lesions;
    const ScalarImage unfilled = cropped.t1;
    if (!options.lesions.is_empty()) {
        lesions = place_lesions(options.lesions, cropped.head.mask);
        cropped.t1 = fill_lesions(unfilled, lesions->lesions).t1;
    }
    result.mni = register_to_mni(cropped.t1, mni.t1,
                                 {.is_deformable = options.is_deformable,
                                  .n_threads = options.n_threads,
                                  .progress = part_of(progress, 0.1, 0.4)});
    for (std::string& warning : check_against_template(cropped.t1, cropped.head.mask, mni, result.mni))
        result.warnings.push_back(std::move(warning));
    const Mask hint = find_brain_hint(cropped.t1, options, mni, result.mni);
    ScalarImage corrected;
    LabelImage labels = label_head(cropped, hint, options.brain_mask.has_value(), part_of(progress, 0.4, 0.8),
                                   corrected, result.warnings);
    const int n_eyes = add_eyes(corrected, result.mni, labels);
    report(progress, 0.8, "cleaning the labels");
    clean_labels(labels);
    if (lesions) result.lesions = insert_lesions(*lesions, unfilled, labels);
    result.volumes = label_volumes(labels);
    for (std::string& warning : unusual(result, n_eyes)) result.warnings.push_back(std::move(warning));
    result.tissues = LabelImage(t1.size, t1.head_from_voxel);
    paste(labels, cropped.box, result.tissues);
    result.tissues = extend_neck(result.tissues, options.neck_extension).labels;
    report(progress, 1, "segmented");
    return result;
}

} // namespace corticoil::imaging
