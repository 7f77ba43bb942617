#pragma once

#include "coils/coil.h"
#include "core/rigid_transform.h"
#include "planning/scalp.h"

#include <string>

namespace corticoil::planning {

/// Where a posed coil comes nearest to the scalp, or deepest under it.
struct Clearance {
    double distance = 0;             ///< From the scalp [m]; negative inside the head.
    Vector3 point = Vector3::Zero(); ///< Of the coil, in the head frame [m].
};

/// The least signed distance between any point of the casing's triangles, not of its nodes only, and the
/// scalp: at most `tolerance` [m] above the exact one. A coil without a casing counts with its
/// contact_points(). By bisection of the triangles, nearest first: the distance of a point changes by no more
/// than the point moves. Cost: milliseconds per 1000 triangles.
[[nodiscard]] Clearance signed_clearance(const Scalp& scalp, const coils::Coil& coil,
                                         const RigidTransform& head_from_coil, double tolerance = 2e-5);

/// How far to lift a coil, and how exactly.
struct LiftOptions {
    double gap = 0.004;        ///< Kept between casing and scalp [m]: hair and cloth, as PlacementOptions.
    double tolerance = 0.0001; ///< The casing's clearance ends between `gap` and this much more [m].
    double most_lift = 0.060;  ///< A coil that needs more does not fit the place [m].
};

/// A coil that keeps its distance.
struct LiftedCoil {
    RigidTransform head_from_coil;
    double lift = 0; ///< Along the coil's −z axis, away from the head [m]; 0 where the pose was clear.
    Clearance clearance;
};

/// Moves a coil away from the head along its z axis as little as its casing needs: to the place where it
/// would stop if it came from outside along that axis. A coil that keeps the gap already stays where it is.
/// \throws InfeasibleError naming the coil if it would have to be lifted by more than `most_lift`.
[[nodiscard]] LiftedCoil lift_until_clear(const Scalp& scalp, const coils::Coil& coil,
                                          const RigidTransform& head_from_coil,
                                          const LiftOptions& options = {});

} // namespace corticoil::planning
