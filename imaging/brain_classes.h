#pragma once

#include "core/image.h"
#include "imaging/voxel_distance.h"

#include <array>
#include <cstddef>
#include <vector>

namespace corticoil::imaging {

/// Mean intensities of the brain's classes on a T1 (CSF < grey < deep grey < white) and their common noise.
/// Thalamus, putamen and pallidum hold myelin: they lie between cortex and white matter.
struct BrainIntensities {
    double csf = 0;
    double grey = 0;
    double white = 0;
    double deep_grey = 0; ///< 0 where there is none to see.
    double deviation = 1;
};

/// What a template says about each voxel of a T1 before its intensity is known: probabilities, 0 … 1. An
/// empty image says nothing.
struct BrainPriors {
    ScalarImage tissue;    ///< Grey or white matter, which of them the T1 decides; the rest is CSF.
    ScalarImage deep_grey; ///< Caudate, putamen, thalamus. Empty: none.
};

/// The four classes in the order of energies: CSF, cortical grey, white, deep grey matter.
inline constexpr std::size_t n_brain_classes = 4;
using ClassValues = std::array<float, n_brain_classes>;

/// Fits three tissues and the two mixtures between neighbours (means half-way) to the histogram of the voxels
/// in `brain`, by expectation maximisation: a Gaussian mixture with partial volume (Ruan et al. 2000, IEEE
/// Trans Med Imaging 19:1179). Voxels that are likely deep grey matter take no part; their mean is fitted
/// apart. \throws Error where the voxels do not show three classes.
[[nodiscard]] BrainIntensities fit_brain_intensities(const ScalarImage& t1, const Mask& brain,
                                                     const BrainPriors& priors = {});

/// Energies of a voxel's classes, −log(likelihood · prior): ½ ((y − μ_c)/σ)² − log π_c, intensities beyond
/// the darkest and brightest mean as these. The deviation is common, so that grey and white matter part where
/// each fills half a voxel.
class ClassEnergies {
  public:
    ClassEnergies(const BrainIntensities& intensities, const BrainPriors& priors);
    [[nodiscard]] ClassValues at(std::size_t voxel, double intensity) const;

  private:
    const BrainPriors& priors_;
    std::array<double, n_brain_classes> mean_{};
    double darkest_;
    double brightest_;
    double deviation_;
};

/// Probabilities from energies: exp(−E) with sum 1.
[[nodiscard]] ClassValues probabilities_of(const ClassValues& energies);

/// Labels white matter, grey matter and CSF in `region` (0 elsewhere): the most probable class of each voxel
/// under Gaussian noise, priors and a Markov random field over the six neighbours, by mean-field iterations
/// (Zhang et al. 1997, Signal Process 58:65).
[[nodiscard]] LabelImage classify_brain(const ScalarImage& t1, const Mask& region,
                                        const BrainIntensities& intensities, const BrainPriors& priors = {});

} // namespace corticoil::imaging
