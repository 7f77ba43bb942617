#pragma once

#include "core/image.h"
#include "imaging/voxel_distance.h"

namespace corticoil::imaging {

/// A T1 without its lesions.
struct FilledT1 {
    ScalarImage t1;
    double white = 0; ///< Typical intensity of the white matter around the lesions.
    double noise = 0; ///< Its standard deviation around the local mean.
};

/// Gives the voxels of `lesions` the intensity of the normal white matter around them: its local mean, which
/// follows the bias field, with its noise. Lesions are dark on T1, and would be classified as grey matter or
/// CSF and move the classes' boundaries elsewhere too; filled, they do neither (Chard et al. 2010, J Magn
/// Reson Imaging 32:223; Battaglini et al. 2012, Hum Brain Mapp 33:2062).
///
/// White matter is what has the brightest frequent intensity within a few millimetres of the lesions, so
/// neither classes nor a registration are needed first. The noise is the same on every run. \throws Error
/// where fewer than 20 voxels around the lesions are left to judge by.
[[nodiscard]] FilledT1 fill_lesions(const ScalarImage& t1, const Mask& lesions);

} // namespace corticoil::imaging
