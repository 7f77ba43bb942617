#pragma once

#include "coils/coil.h"

#include <string>

namespace corticoil::coils {

/// A continuation that misses the sampled A by more than this is none (root mean square, relative).
inline constexpr double largest_continuation_residual = 0.02;

/// The sum of a coil's sampled potentials [T·m/A] at `points` (3×N, coil frame [m]), 3×N; zero for a coil
/// without any.
///
/// Inside a grid by Lagrange's polynomial through four samples along each axis (linear along an axis of two
/// or three samples): over samples h apart of a field that varies on the scale L an error of order (h/L)⁴.
/// With h = 5 mm under a figure-of-eight of 70 mm, of the largest |A| at the same depth: 1.2 % in the plane
/// of the face, 0.08 % from 5 mm on. Outside by the continuation's dipoles; there 1.4 % in the plane of the
/// face, 0.4 % at 5 mm, 0.011 % at 22 mm (docs/verification.md). \throws Error if points lie outside and
/// there is no continuation, or so near its dipoles that they lie in the coil.
[[nodiscard]] VectorField potential_of_grids(const Coil& coil, const Eigen::Ref<const Points>& points);

/// Fits dipoles on a plane behind the head-side face, over the area where |A| is large, to the samples at z >
/// 5 mm (least squares with Tikhonov's regularisation). In a half-space in front of all sources such a layer
/// reproduces any A; nothing where a grid has too few samples there, where dipoles leave more than
/// `largest_continuation_residual`, as for sources that reach before the face, and where A is 0. Takes at
/// most about a second.
[[nodiscard]] std::optional<PotentialContinuation> fit_continuation(const SampledPotential& grid);

/// \throws Error naming `name` unless the grid has at least two samples along each axis, as many values as
/// its size says, finite and below 1 T·m/A, and a finite affine without collapsed axes within 10 m.
void check_sampled_potential(const SampledPotential& grid, const std::string& name);

} // namespace corticoil::coils
