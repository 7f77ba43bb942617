#pragma once

#include "core/mni_mapping.h"
#include "imaging/brain_classes.h"
#include "imaging/templates.h"

namespace corticoil::imaging {

/// What the template lets expect at each voxel of a T1 before its intensity is known, 0 … 1.
struct TissuePriors {
    BrainPriors brain;        ///< Of the classes inside the skull.
    ScalarImage intracranial; ///< Brain and CSF: everything inside the skull.
    ScalarImage cranium;      ///< Intracranial space and bone.
};

/// Whether a voxel's prior is at least `least`; an empty image rules nothing out.
[[nodiscard]] inline bool is_likely(const ScalarImage& prior, std::size_t voxel, float least) {
    return prior.voxels.empty() || prior.voxels[voxel] >= least;
}

/// Whether a voxel's prior exceeds `most`; an empty image is sure of nothing.
[[nodiscard]] inline bool is_sure(const ScalarImage& prior, std::size_t voxel, float most) {
    return !prior.voxels.empty() && prior.voxels[voxel] > most;
}

/// Deep grey matter of the AAL atlas as a probability on the atlas's grid; empty without an atlas.
[[nodiscard]] ScalarImage deep_grey_of_atlas(const LabelImage& atlas);

/// The template's labels and atlas as probabilities, smoothed by what registrations leave open, on the voxels
/// of `t1`.
[[nodiscard]] TissuePriors carry_priors(const MniTemplate& mni, const MniMapping& mapping,
                                        const ScalarImage& t1);

} // namespace corticoil::imaging
