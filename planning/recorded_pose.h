#pragma once

#include "coils/coil.h"
#include "core/rigid_transform.h"
#include "planning/scalp.h"

#include <string>

namespace corticoil::planning {

/// How far recorded poses are believed.
struct RecordedPoseOptions {
    double stand_off = 0.004; ///< Of the casing from the scalp [m], as PlacementOptions.
    /// Shifts beyond this are more than trackers and compressed hair explain: both poses are computed [m].
    double large_shift = 0.003;
    /// Beyond this the head's registration, the image or the axes are wrong [m].
    double most_shift = 0.015;
};

/// A pose as a navigation program recorded it, and where the coil must have been.
struct RecordedPose {
    RigidTransform raw;
    RigidTransform projected; ///< Moved along the coil's z axis until the casing keeps the stand-off.
    double shift = 0;         ///< Away from the head (along −z) [m]; negative: the recorded coil floated.
    bool is_large = false;    ///< Compute both.
};

/// Projects a recorded pose: the casing comes from outside along the coil's z axis and stops at the stand-off
/// (within 0.1 mm). Registrations err by millimetres, so recorded coils float or intrude. \throws Error
/// naming `what` where the coil would have to be moved by more than `most_shift`, or its z axis points out of
/// the head.
[[nodiscard]] RecordedPose project_recorded(const Scalp& scalp, const coils::Coil& coil,
                                            const RigidTransform& raw, const std::string& what,
                                            const RecordedPoseOptions& options = {});

/// How far one pose is from another, in the first one's axes.
struct PoseDifference {
    double distance = 0; ///< Between the origins [m].
    double sideways = 0; ///< The part of it across the first one's z axis [m].
    double tilt = 0;     ///< Between the z axes [rad].
    double rotation =
        0; ///< In the plane: about z, after the tilt is undone, counted about the inward axis [rad].
    double whole_turn = 0; ///< Angle of the one rotation from the first to the second [rad].
};
[[nodiscard]] PoseDifference difference_between(const RigidTransform& planned,
                                                const RigidTransform& recorded);

/// How a pose stands on a scalp.
struct PoseOnScalp {
    double origin_height = 0;              ///< Of the coil's origin above the scalp [m], negative inside.
    Vector3 scalp_point = Vector3::Zero(); ///< Nearest to the origin [m].
    double axis_angle = 0; ///< Between the coil's z axis and the inward smoothed normal [rad].
};
[[nodiscard]] PoseOnScalp pose_on_scalp(const Scalp& scalp, const RigidTransform& head_from_coil);

} // namespace corticoil::planning
