#pragma once

#include "coils/coil.h"

#include <optional>

namespace corticoil::coils {

/// Moments [A·m² per ampere] for dipoles at `positions` (3×n [m]) whose vector potential is nearest to
/// `potential` (3×N [T·m/A]) at `points` (3×N [m]): least squares with Tikhonov's regularisation,
/// `regularisation` times the mean diagonal of the normal matrix. None where positions are
/// so close that rounding cannot tell their fields apart. Cost O(N n² + n³), memory O(n²).
[[nodiscard]] std::optional<VectorField> fit_moments(const Points& points, const VectorField& potential,
                                                     const Points& positions, double regularisation);

} // namespace corticoil::coils
