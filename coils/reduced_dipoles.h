#pragma once

#include "coils/coil.h"

namespace corticoil::coils {

/// Few dipoles in place of a coil, with what they miss.
struct ReducedDipoles {
    MagneticDipoles dipoles;
    /// Root mean square of the difference in A over that of A, at the cortex: on the 70 mm sphere of a head
    /// of 85 mm that the coil touches, between the points of the fit.
    double relative_error = 0;
};

/// At most `n_dipoles` dipoles whose multipole moments match those of the coil as they reach the brain:
/// positions are the centroids of clusters of the coil's own dipoles (k-means, weighted by moment, of
/// positions and axes), which leaves each cluster without a first-order error, moved out of the heads where
/// they come into the coil; moments make A match at the cortex of two spherical heads
/// that the coil touches (85 and 110 mm, 15 mm under the scalp), in the sense of least squares, and stay near
/// the clusters' sums. A is harmonic, so what matches on such a surface matches within. After Stenroos &
/// Koponen 2019 (NeuroImage 203:116159), who match moments with 38 to 76 dipoles to 1.1–1.4 %.
/// docs/benchmarks.md has the error against the count. Takes about a second for 500. \throws Error for a
/// count below 1, as equivalent_dipoles() and lift_above_sphere().
[[nodiscard]] ReducedDipoles reduced_dipoles(const Coil& coil, int n_dipoles);

} // namespace corticoil::coils
