#pragma once

#include "coils/coil.h"

namespace corticoil::coils {

/// Vector potential per ampere of coil current [T·m/A] at `points` (3×N, coil frame [m]), 3×N.
///
/// Dipoles: A = µ0/4π m × (r − r0)/|r − r0|³. Straight segments from a to b: A = µ0 I/4π t̂
/// ln((ra+rb+L)/(ra+rb−L)) with ra, rb the distances to the ends and L the length. Both are exact for their
/// model. Sampled potentials as potential_of_grids(), \throws Error as it does. Cost O(N × sources), OpenMP;
/// the result does not depend on the number of threads.
[[nodiscard]] VectorField vector_potential(const Coil& coil, const Eigen::Ref<const Points>& points);

/// A coil at a place, driven: what `rate_of_vector_potential` needs.
struct PlacedCoil {
    const Coil& coil;
    RigidTransform head_from_coil;
    double didt = 1e6; ///< [A/s]; 1 A/µs.
};

/// ∂A/∂t [V/m] at `points` (3×N, head frame [m]), 3×N. Quasi-static: A follows the coil current at once.
[[nodiscard]] VectorField rate_of_vector_potential(const PlacedCoil& placed,
                                                   const Eigen::Ref<const Points>& points);

} // namespace corticoil::coils
