#pragma once

#include "imaging/brain_classes.h"
#include "imaging/voxel_distance.h"

namespace corticoil::imaging {

/// The image divided by its smooth bias field (N4 on voxels of about 4 mm), which is estimated where `mask`
/// is set (the brain) and continued smoothly beyond. The field's mean logarithm in the mask is 0, so
/// intensities keep their scale.
[[nodiscard]] ScalarImage correct_bias(const ScalarImage& image, const Mask& mask);

/// A T1 without its bias field, and the intensities of its brain.
struct CorrectedBrain {
    ScalarImage t1;
    BrainIntensities intensities;
};

/// The bias field estimated together with the classes (Wells et al. 1996, IEEE Trans Med Imaging 15:429): the
/// smoothed difference between the image's logarithm and that of the intensity which each voxel's classes let
/// expect, where `mask` is set (the brain); starts from correct_bias(). What correct_bias() takes for a field
/// because deep and cortical grey matter, or cerebrum and cerebellum, differ, the classes explain.
[[nodiscard]] CorrectedBrain correct_bias_by_classes(const ScalarImage& t1, const Mask& mask,
                                                     const BrainPriors& priors);

} // namespace corticoil::imaging
