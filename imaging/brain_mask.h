#pragma once

#include "imaging/tissue_priors.h"

namespace corticoil::imaging {

/// Fits a brain mask that was carried over from another head to this one: what has the intensity of brain and
/// hangs together with the mask's core through more than a few millimetres stays or is added, the rest goes.
/// Nothing is added where the priors see no intracranial space.
[[nodiscard]] Mask refine_brain_mask(const ScalarImage& t1, const Mask& carried,
                                     const BrainIntensities& intensities, const TissuePriors& priors);

} // namespace corticoil::imaging
