#pragma once

#include "coils/primary_field.h"

namespace corticoil::test {

/// E [V/m] at `points` (3×N, head frame [m]) that a coil of wires induces in a ball around the origin whose σ
/// depends on the radius alone: the coil outside, the points inside.
///
/// E has no radial part and ∇×E = −Ḃ, ∇·E = 0, so with ∇×Ḃ = 0 in the ball E(r) = r × ∫₀¹ s Ḃ(s r) ds (the
/// gauge of Poincaré). Ḃ of straight segments by Biot and Savart, the integral by Gauss and Legendre: an
/// oracle that shares nothing with coils::electric_field_in_sphere() or vector_potential(). With 20
/// abscissae in place of 12, errors of 1e-3 measured against it keep four digits.
[[nodiscard]] VectorField electric_field_in_sphere_of_wires(const coils::PlacedCoil& placed,
                                                            const Points& points);

} // namespace corticoil::test
