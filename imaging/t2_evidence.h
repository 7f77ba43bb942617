#pragma once

#include "core/image.h"
#include "imaging/brain_classes.h"
#include "imaging/t2_registration.h"
#include "imaging/t2_report.h"

#include <cstddef>

namespace corticoil::imaging {

/// A second image with what its intensities mean.
struct T2Evidence {
    ScalarImage image; ///< On the T1's voxels, without its bias field.
    Mask covered;      ///< Where it has something to say.
    T2Contrast contrast = T2Contrast::t2;
    double csf = 0; ///< Medians of the tissues' cores.
    double grey = 0;
    double white = 0;
    double bone = 0;          ///< Typical of the dark half of what surrounds the brain.
    double deviation = 1;     ///< Around CSF's and the brain's medians, as the T1's classes show it.
    bool shows_skull = false; ///< CSF is bright, bone dark and the voxels small enough.
};

/// A second image as evidence, and what is to be said of it.
struct JudgedT2 {
    T2Evidence evidence;
    T2Report report;
};

/// Recognises the contrast of a second image on cores of the T1's classes (white matter, grey matter, CSF; 0
/// elsewhere), after a bias correction of its own. `head` is the T1's. \throws Error naming the image where
/// it is brain-extracted, looks like a T1, shows CSF and brain alike, or is another head: where CSF and brain
/// of the T1 do not appear as such.
[[nodiscard]] JudgedT2 judge_t2(const PlacedT2& placed, const LabelImage& t1_classes, const Mask& head);

/// Tissue priors by Bayes' rule with what the second image says of CSF against brain: p ← p L(brain) / (p
/// L(brain) + (1 − p) L(CSF)), Gaussian likelihoods between the two medians. Grey and white matter remain the
/// T1's to tell apart. An empty prior counts as ½.
[[nodiscard]] ScalarImage with_t2(const ScalarImage& tissue_prior, const T2Evidence& evidence);

/// What a T2 says of a voxel near the skull's inner surface; nothing where it does not cover it.
enum class SkullSide { csf, bone, undecided };
[[nodiscard]] SkullSide skull_side(const T2Evidence& evidence, std::size_t voxel);

} // namespace corticoil::imaging
