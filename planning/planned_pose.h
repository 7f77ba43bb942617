#pragma once

#include "planning/planner.h"
#include "planning/search.h"

namespace corticoil::planning {

/// A placement of a search as it is handed out.
struct PlannedPose {
    RigidTransform head_from_coil;
    double lift = 0;      ///< Of the coil's origin above the scalp's point, along the coil's axis [m].
    double clearance = 0; ///< Of the casing from the scalp [m].
    /// E in the search's first region points against the usual direction, because the coil is not symmetric
    /// and turned round it would give that region less than 99 % of its |mean E|.
    bool drives_backwards = false;
};

/// The exact pose of a placement: the casing at `gap` [m] from the scalp to a tenth of a millimetre (the
/// search's lift may be a millimetre too large), and, since |E| does not know which way the current flows but
/// pulses do, turned by half a turn where that drives E along `usual_direction` (head frame).
/// \throws InfeasibleError as lift_until_clear().
[[nodiscard]] PlannedPose planned_pose(const RankedPose& ranked, const PlannedSearch& search,
                                       const coils::Coil& coil, const Scalp& scalp, double gap,
                                       const Vector3& usual_direction);

} // namespace corticoil::planning
