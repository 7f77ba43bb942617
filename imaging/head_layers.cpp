#include "imaging/head_layers.h"

#include "core/tissue.h"
#include "imaging/bias_correction.h"
#include "imaging/brain_mask.h"
#include "imaging/contrast_check.h"
#include "imaging/label_cleaning.h"
#include "imaging/mask_algebra.h"
#include "imaging/skull_layers.h"
#include "imaging/voxel_parts.h"

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

/// White matter, grey matter and CSF from the T1, and from the second image where there is one.
struct ClassifiedBrain {
    LabelImage classes;
    std::optional<JudgedT2> t2;
};

ClassifiedBrain classify(const CorrectedBrain& brain, const Mask& brain_mask, const HeadEvidence& evidence) {
    ClassifiedBrain result;
    const Mask region = both(dilate(brain_mask, grey_matter_reach), evidence.head.mask);
    const BrainPriors& priors = evidence.priors.brain;
    result.classes = evidence.brain_labels ? *evidence.brain_labels
                                           : classify_brain(brain.t1, region, brain.intensities, priors);
    if (evidence.t2) {
        result.t2 = judge_t2(*evidence.t2, result.classes, evidence.head.mask);
        if (!evidence.brain_labels) {
            const BrainPriors with_both{with_t2(priors.tissue, result.t2->evidence), priors.deep_grey};
            result.classes = classify_brain(brain.t1, region, brain.intensities, with_both);
        }
    }
    if (!evidence.brain_labels) clean_brain(result.classes, brain_mask);
    return result;
}

} // namespace

LabelledHead label_head(const ScalarImage& t1, const HeadEvidence& evidence, const Progress& progress) {
    LabelledHead result;
    report(progress, 0, "correcting the bias field");
    constexpr double sulcus = 3e-3; // Sulci that a tight mask leaves out [m].
    constexpr double cortex = 2e-3; // The hint's rim may hold dura and bone [m].
    Mask brain_mask = fill_enclosed(close(evidence.brain_hint, sulcus));
    const CorrectedBrain brain =
        correct_bias_by_classes(t1, erode(brain_mask, cortex), evidence.priors.brain);
    if (const auto warning = describe_enhancement(brain.t1, brain_mask, brain.intensities))
        result.warnings.push_back(*warning);
    report(progress, 0.5, "classifying the brain");
    if (!evidence.brain_labels && !evidence.is_hint_exact)
        brain_mask = refine_brain_mask(brain.t1, brain_mask, brain.intensities, evidence.priors);
    const ClassifiedBrain classified = classify(brain, brain_mask, evidence);
    report(progress, 0.7, "finding the skull");
    const SkullLayers layers =
        find_skull_layers(brain.t1,
                          {evidence.head, brain_mask, classified.classes, evidence.priors,
                           classified.t2 ? &classified.t2->evidence : nullptr},
                          brain.intensities);
    result.labels = combine(layers, classified.classes);
    if (classified.t2) result.t2 = classified.t2->report;
    result.corrected = brain.t1;
    return result;
}

} // namespace corticoil::imaging
