#include "planning/recorded_pose.h"

#include "core/constants.h"
#include "core/error.h"
#include "planning/clearance.h"

#include <Eigen/Geometry>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace corticoil::planning {

namespace {

/// Angle between unit vectors, exact for small ones too.
double angle_between(const Vector3& a, const Vector3& b) {
    return std::atan2(a.cross(b).norm(), a.dot(b));
}

RigidTransform moved_along_z(const RigidTransform& pose, double distance) {
    return RigidTransform(pose.rotation(), pose.translation() + distance * pose.rotation().col(2));
}

} // namespace

RecordedPose project_recorded(const Scalp& scalp, const coils::Coil& coil, const RigidTransform& raw,
                              const std::string& what, const RecordedPoseOptions& options) {
    if (pose_on_scalp(scalp, raw).axis_angle > pi / 2) {
        throw Error(fmt::format("{}: the coil's z axis points out of the head; check the coil's axes in the "
                                "program that recorded it",
                                what));
    }
    // From as deep as a believable pose can have floated, the coil is lifted to where it keeps the stand-off.
    const RigidTransform deep = moved_along_z(raw, options.most_shift);
    RecordedPose recorded;
    recorded.raw = raw;
    try {
        const LiftedCoil lifted = lift_until_clear(
            scalp, coil, deep, {.gap = options.stand_off, .most_lift = 2 * options.most_shift});
        if (lifted.lift > 0) {
            recorded.projected = lifted.head_from_coil;
            recorded.shift = lifted.lift - options.most_shift;
            recorded.is_large = std::abs(recorded.shift) > options.large_shift;
            return recorded;
        }
    } catch (const InfeasibleError&) {
        throw Error(
            fmt::format("{}: the coil lies more than {:g} mm inside the head; check the image that the "
                        "head was registered to, and the coil's axes (z into the head)",
                        what, options.most_shift * millimetres_per_metre));
    }
    throw Error(
        fmt::format("{}: the coil floats more than {:g} mm above the scalp, or misses the head; check the "
                    "image that the head was registered to, and that the coil was on the head",
                    what, options.most_shift * millimetres_per_metre));
}

PoseDifference difference_between(const RigidTransform& planned, const RigidTransform& recorded) {
    const RigidTransform planned_from_recorded = planned.inverse() * recorded;
    PoseDifference difference;
    difference.distance = planned_from_recorded.translation().norm();
    difference.sideways = planned_from_recorded.translation().head<2>().norm();
    const Eigen::Matrix3d rotation = planned_from_recorded.rotation();
    const Vector3 axis = rotation.col(2);
    difference.tilt = angle_between(Vector3::UnitZ(), axis);
    const Eigen::Matrix3d untilted =
        Eigen::Quaterniond::FromTwoVectors(axis, Vector3::UnitZ()).toRotationMatrix() * rotation;
    difference.rotation = std::atan2(untilted(1, 0), untilted(0, 0));
    difference.whole_turn = Eigen::AngleAxisd(rotation).angle();
    return difference;
}

PoseOnScalp pose_on_scalp(const Scalp& scalp, const RigidTransform& head_from_coil) {
    constexpr double smoothing = 0.010; // [m] As PlacementOptions.
    const Vector3& origin = head_from_coil.translation();
    const Vector3 nearest = scalp.nearest_point(origin);
    const Vector3 normal = scalp.smoothed_normal(nearest, smoothing);
    return {scalp.signed_distance(origin), nearest, angle_between(head_from_coil.rotation().col(2), -normal)};
}

} // namespace corticoil::planning
