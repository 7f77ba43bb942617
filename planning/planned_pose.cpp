#include "planning/planned_pose.h"

#include "core/constants.h"
#include "planning/clearance.h"

#include <algorithm>

namespace corticoil::planning {

namespace {

/// A little nearer than the search's lift: the exact one is found from there.
RigidTransform lowered(const RankedPose& ranked, double gap) {
    constexpr double margin = 0.0015; // [m]
    const double down = std::min(margin, ranked.best.lift - gap);
    const RigidTransform& pose = ranked.head_from_coil;
    return {pose.rotation(), pose.translation() + std::max(0.0, down) * pose.rotation().col(2),
            "lowered pose"};
}

} // namespace

PlannedPose planned_pose(const RankedPose& ranked, const PlannedSearch& search, const coils::Coil& coil,
                         const Scalp& scalp, double gap, const Vector3& usual_direction) {
    const auto mean_at = [&](const RigidTransform& at) -> Vector3 {
        return search.field.values(coil, at, ampere_per_microsecond).head<3>();
    };
    PlannedPose planned;
    RigidTransform pose = lowered(ranked, gap);
    const Vector3 mean = mean_at(pose);
    if (mean.dot(usual_direction) < 0) {
        const Eigen::Matrix3d half_turn = Eigen::Vector3d(-1, -1, 1).asDiagonal();
        const RigidTransform turned(pose.rotation() * half_turn, pose.translation(), "turned pose");
        constexpr double as_good = 0.99;
        planned.drives_backwards = mean_at(turned).norm() < as_good * mean.norm();
        if (!planned.drives_backwards) pose = turned;
    }
    const LiftedCoil lifted = lift_until_clear(scalp, coil, pose, {.gap = gap});
    planned.head_from_coil = lifted.head_from_coil;
    planned.clearance = lifted.clearance.distance;
    planned.lift = (search.places[ranked.place].point - lifted.head_from_coil.translation())
                       .dot(lifted.head_from_coil.rotation().col(2));
    return planned;
}

} // namespace corticoil::planning
