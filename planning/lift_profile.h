#pragma once

#include "core/rigid_transform.h"
#include "planning/casing_profile.h"
#include "planning/distance_grid.h"

#include <span>

namespace corticoil::planning {

/// A coil that has to be lifted further than this from a place does not fit it [m].
inline constexpr double most_lift = 0.060;

/// How far a coil has to be lifted from one place of the scalp, for every rotation about the place's axis.
///
/// `head_from_plane`: origin the scalp point, z axis into the head. lifts[j] [m] belongs to the rotation
/// θ_j = 2πj/n_rotations; the pose is head_from_plane · Rz(θ_j) · translate(0, 0, −lifts[j]). The coil comes
/// from outside along −z and stops where its casing would be nearer than `gap` [m] to the scalp: the lift is
/// the largest, over points of the casing, of their z plus the height of the scalp (offset by the gap) under
/// them, and never less than `gap` itself. Infinity where it would be above `most_lift`.
///
/// The scalp's heights are sampled once, on rings around the axis, by sphere tracing (Hart 1996, The Visual
/// Computer 12:527) in the distance grid; the rotations are a correlation of heights and casing in which sums
/// take the place of products and the largest that of the sum. About 0.1 ms, 0.3 ms for a double cone.
///
/// Errors on Colin27 (docs/verification.md): 99 poses of 100 intrude into the gap by less than 0.3 mm; where
/// the tip of the nose, an ear or the edge of the neck catches a coil, up to 2 mm. lift_at() of the pose
/// closes that: do so for poses that are reported. Lifts are too large by 0.2 mm, up to 1.2 mm where contact
/// is steep. Thread-safe. `lifts`: as many as the profile's rotations.
void lifts(const DistanceGrid& grid, const CasingProfile& profile, const RigidTransform& head_from_plane,
           double gap, std::span<float> lifts);

/// How far the coil at one pose has to be lifted along its −z axis [m] so that its casing keeps `gap` [m]
/// from the scalp, coming from outside; 0 where it keeps 0.2 mm more already, infinity above `most_lift`. The
/// lifted coil intrudes into the gap by less than 0.5 mm. 10 to 50 µs. Thread-safe.
[[nodiscard]] double lift_at(const DistanceGrid& grid, const CasingProfile& profile,
                             const RigidTransform& head_from_coil, double gap);

} // namespace corticoil::planning
