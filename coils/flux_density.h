#pragma once

#include "coils/coil.h"

namespace corticoil::coils {

/// Magnetic flux density B per ampere of coil current [T/A] at `points` (3×N, coil frame [m]), 3×N: what a
/// pump, a shunt or a stimulator at a point sees.
///
/// Dipoles: B = µ0/4π (3 (m·r̂) r̂ − m)/r³. Straight segments from a to b (vectors to the point): B = µ0 I/4π
/// (a × b)(|a| + |b|)/(|a||b| (|a||b| + a·b)), Biot–Savart's law integrated. Both are exact for their model.
/// Sampled potentials: curl A by central differences of 1 mm. Not finite on a source itself. \throws Error as
/// vector_potential().
[[nodiscard]] VectorField flux_density(const Coil& coil, const Eigen::Ref<const Points>& points);

} // namespace corticoil::coils
