#pragma once

#include "coils/coil.h"

namespace corticoil::coils {

/// E [V/m] at `points` (3×N [m]) inside a sphere around `centre` [m] whose conductivity depends on the radius
/// alone, induced by dipoles outside it whose coil current changes by `didt` [A/s]. All in the dipoles'
/// frame.
///
/// Heller & van Hulsteyn 1992 (Biophys J 63:129), from Sarvas 1987 by reciprocity:
/// E(r) = −µ0/(4π F²) [F (r × ṁ) − (∇F·ṁ)(r × r0)]. The result does not depend on σ(r) or the radius.
[[nodiscard]] VectorField electric_field_in_sphere(const MagneticDipoles& dipoles, double didt,
                                                   const Vector3& centre,
                                                   const Eigen::Ref<const Points>& points);

} // namespace corticoil::coils
