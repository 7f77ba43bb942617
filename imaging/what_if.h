#pragma once

#include "core/image.h"

namespace corticoil::imaging {

/// What a head would be like otherwise; lengths in m, 0 changes nothing.
struct WhatIf {
    /// The brain draws back from the skull by this much all around, as in atrophy; CSF takes its place.
    double csf_layer = 0;
    /// Scalp that the head cushion pressed flat in the scanner, at the back of the head.
    double posterior_layer = 0;
    /// Ventricles (CSF more than 20 mm inside the brain) grow by this much into the brain.
    double ventricle_growth = 0;
    /// The cortex loses this much from its outer side, in the sulci too; at least a voxel of it stays.
    double cortex_thinning = 0;

    [[nodiscard]] bool is_nothing() const {
        return csf_layer == 0 && posterior_layer == 0 && ventricle_growth == 0 && cortex_thinning == 0;
    }
};

/// A label map (core/tissue.h) changed accordingly, in the order cortex, ventricles, CSF, scalp. Skull and
/// what is outside it stay where they are but for the posterior layer. The CSF layer compresses the outer 25
/// mm (at least five layers) of the brain, measured from its hull, so cortex and sulci stay and keep their
/// shape; the posterior layer has its full thickness where the scalp faces back and fades out over the sides
/// and below the brain; the grid grows at the back where it has to. An atrophic head for tests is {csf_layer
/// 2 mm, ventricle_growth 3 mm, cortex_thinning 0.5 mm}. \throws Error for lengths that are negative or above
/// 20 mm, and for a map without brain.
[[nodiscard]] LabelImage apply(const WhatIf& what_if, const LabelImage& tissues);

} // namespace corticoil::imaging
