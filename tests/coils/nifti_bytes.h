#pragma once

#include "coils/coil.h"

#include <string>

namespace corticoil::test {

/// How nifti_bytes() stores a potential.
struct NiftiBytesOptions {
    int datatype = 16; ///< 4 int16 (scaled), 16 float32, 64 float64.
    bool is_big_endian = false;
    bool has_qform = false;           ///< Instead of the sform; for rotated grids without shear.
    bool has_components_last = false; ///< nx×ny×nz×(stimulators)×3.
    int n_stimulators = 1;            ///< Stimulator s has (s + 1) times the potential.
};

/// A NIfTI-1 file of a sampled potential, written field by field after nifti1.h.
[[nodiscard]] std::string nifti_bytes(const coils::SampledPotential& grid,
                                      const NiftiBytesOptions& options = {});

/// The bytes in gzip's format.
[[nodiscard]] std::string gzipped(const std::string& bytes);

/// A of a coil's dipoles at the points of a grid over [low, high] m with about `step`.
[[nodiscard]] coils::SampledPotential sampled(const coils::Coil& coil, const Vector3& low,
                                              const Vector3& high, double step);

} // namespace corticoil::test
