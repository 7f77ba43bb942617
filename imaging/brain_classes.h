#pragma once

#include "core/image.h"
#include "imaging/voxel_distance.h"

#include <array>

namespace corticoil::imaging {

/// Mean intensities of the three classes on a T1 (CSF < grey < white) and their common noise.
struct BrainIntensities {
    double csf = 0;
    double grey = 0;
    double white = 0;
    double deviation = 1;
};

/// Fits three tissues and the two mixtures between neighbours (means half-way) to the histogram of the voxels
/// in `brain`, by expectation maximisation: a Gaussian mixture with partial volume (Ruan et al. 2000, IEEE
/// Trans Med Imaging 19:1179). \throws Error where the voxels do not show three classes.
[[nodiscard]] BrainIntensities fit_brain_intensities(const ScalarImage& t1, const Mask& brain);

/// Labels white matter, grey matter and CSF in `region` (0 elsewhere): the most probable class of each voxel
/// under Gaussian noise and a Markov random field over the six neighbours, by mean-field iterations (Zhang et
/// al. 1997, Signal Process 58:65).
[[nodiscard]] LabelImage classify_brain(const ScalarImage& t1, const Mask& region,
                                        const BrainIntensities& intensities);

} // namespace corticoil::imaging
