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

/// The same for a whole coil, its wires included, all in the coil's frame.
///
/// An element dl of wire at r0 (both from the centre) with radial leads to infinity is a loop whose flux has
/// a closed form too: Sarvas' potential U of a current dipole Q, integrated outwards along the ray through
/// r0, is −(Q × r)·r̂0/(4π D) with D = |r0 − r| + r0 − r·r̂0, and the flux through the strip that dl sweeps is
/// its tangential derivative. By reciprocity, with v = dl × r̂0 and a = |r0 − r|, E(r) = −µ0 İ/4π r × [v/(r0
/// D) + r̂0 (r·v)(1/a + 1/r0)/D²]. Around a closed wire the leads cancel; they induce nothing in a sphere
/// anyway. Segments are integrated by Gauss' rule of three points on pieces that are short beside their
/// distance from the points: exact to about 1e-6. Sampled A counts by the dipoles of its
/// continuation. \throws Error for sampled A without one, and for a source that is not outside the sphere
/// through the outermost point.
[[nodiscard]] VectorField electric_field_in_sphere(const Coil& coil, double didt, const Vector3& centre,
                                                   const Eigen::Ref<const Points>& points);

} // namespace corticoil::coils
