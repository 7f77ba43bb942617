#pragma once

#include "imaging/brain_classes.h"
#include "imaging/head_mask.h"
#include "imaging/t2_evidence.h"
#include "imaging/tissue_priors.h"

namespace corticoil::imaging {

/// Nested sets: brain ⊂ intracranial ⊂ cranium ⊂ head.
struct SkullLayers {
    Mask brain;                      ///< Grey and white matter.
    Mask intracranial;               ///< Brain and CSF: everything inside the skull.
    Mask cranium;                    ///< Intracranial space and bone.
    Mask head;                       ///< Everything that is not outside air.
    float bone_csf_threshold = 0;    ///< Intensity half-way between bone and CSF.
    float bone_tissue_threshold = 0; ///< Intensity half-way between bone and the soft tissue around it.
};

/// What is known before the skull is looked for.
struct SkullEvidence {
    const HeadMask& head;
    const Mask& brain_mask;
    const LabelImage& brain_classes;
    const TissuePriors& priors;
    const T2Evidence* t2 = nullptr; ///< Where there is one.
};

/// Finds the inner and outer surface of the skull on a bias-corrected T1: bone is dark, so the inner surface
/// lies where CSF darkens to bone near the brain, the outer where bone brightens to scalp; marrow, which is
/// bright, is closed over. The priors decide where a T1 cannot: a voxel that is surely within a surface
/// belongs there whatever its intensity (sinuses, dura, marrow of the skull base), one that is surely outside
/// does not (orbits, temporal fossa). On a T2 CSF is bright and bone dark: it decides at the inner surface
/// where it is clearly either. For the outer surface it is not asked: fat is bright on one T2 and suppressed
/// on another, muscle nearly as dark as bone.
[[nodiscard]] SkullLayers find_skull_layers(const ScalarImage& t1, const SkullEvidence& evidence,
                                            const BrainIntensities& intensities);

/// Widens layers where they are too thin: at least a voxel of CSF (in all 26 directions) around the brain,
/// about two of bone around that and two of soft tissue around bone.
void enforce_nesting(SkullLayers& layers);

} // namespace corticoil::imaging
