#pragma once

#include "coils/coil.h"

namespace corticoil::coils {

/// Height of the coil's origin above a sphere of `radius` [m] around a point of the coil's z axis when the
/// coil, coming from outside along that axis, first touches it [m]; negative where the casing lies behind the
/// origin. The sphere's centre is then at (0, 0, lift + radius) in the coil frame.
///
/// The casing touches with its triangles (faces, edges, nodes: exact), so the wings of a bent coil count.
/// Without a casing the plane z = 0 touches, or a dipole or wire that reaches beyond it.
/// \throws Error for a radius that is not positive, and where no triangle comes within `radius` of the axis.
[[nodiscard]] double lift_above_sphere(const Coil& coil, double radius);

/// The same for triangles alone: the greatest z of a centre (0, 0, z) of a sphere that touches them and lies
/// beyond them [m]; none where all are farther than `radius` from the z axis.
[[nodiscard]] std::optional<double> touching_centre(const SurfaceMesh& surface, double radius);

} // namespace corticoil::coils
