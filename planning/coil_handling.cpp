#include "planning/coil_handling.h"

#include "core/constants.h"
#include "core/describe_point.h"
#include "core/error.h"
#include "planning/lift_profile.h"

#include <Eigen/Geometry>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace corticoil::planning {

namespace {

/// Columns x, y, z of a coil that is not tilted.
Eigen::Matrix3d untilted(const Vector3& normal, const Vector3& forward) {
    const Vector3 z = -normal;
    const Vector3 y = (forward - forward.dot(z) * z).normalized();
    Eigen::Matrix3d frame;
    frame << y.cross(z), y, z;
    return frame;
}

Eigen::Matrix3d tilted_by(const Eigen::Vector2d& tilt) {
    return (Eigen::AngleAxisd(tilt[0], Vector3::UnitX()) * Eigen::AngleAxisd(tilt[1], Vector3::UnitY()))
        .toRotationMatrix();
}

/// Where a ray meets the scalp first, coming from outside, by steps of the distance (sphere tracing).
std::optional<Vector3> first_meeting(const DistanceGrid& grid, const Vector3& from,
                                     const Vector3& direction) {
    constexpr double near_enough = 1e-5; // [m]
    constexpr double reach = 0.15;       // [m] Coils stand within some centimetres.
    double along = 0;
    while (along < reach) {
        const double distance = grid.distance(from + along * direction);
        if (distance < near_enough) return from + along * direction;
        along += distance;
    }
    return std::nullopt;
}

} // namespace

CoilStance CoilHandling::stance_of(const RigidTransform& head_from_coil, double gap) const {
    const Eigen::Matrix3d& rotation = head_from_coil.rotation();
    const Vector3 axis = rotation.col(2);
    constexpr double outside = 0.05; // [m] A pose may lie a little inside the head.
    const std::optional<Vector3> met =
        first_meeting(grid_, head_from_coil.translation() - outside * axis, axis);
    CoilStance stance;
    stance.place = places_.nearest(met.value_or(head_from_coil.translation()));
    stance.gap = gap;
    // R = F Rx(a) Ry(b) with F's z axis inward: Rᵀ(−n) = Ry(−b) Rx(−a) e_z = (−cos a sin b, sin a, cos a cos
    // b).
    const Vector3 inward = rotation.transpose() * -stance.place.normal;
    stance.tilt = {std::asin(std::clamp(inward.y(), -1.0, 1.0)), std::atan2(-inward.x(), inward.z())};
    stance.forward = (rotation * tilted_by(stance.tilt).transpose()).col(1);
    return stance;
}

CoilStance CoilHandling::followed(const CoilStance& stance, const ScalpPlace& place) const {
    if (!places_.is_place(place.point)) {
        throw Error(fmt::format("the scalp at {} is no place for a coil: an ear, the tip of the nose, or "
                                "near a face where the head is cut off",
                                describe_point(place.point)));
    }
    CoilStance there = stance;
    there.place = place;
    const Vector3 forward =
        Eigen::Quaterniond::FromTwoVectors(stance.place.normal, place.normal) * stance.forward;
    there.forward = untilted(place.normal, forward).col(1);
    return there;
}

CoilStance CoilHandling::moved(const CoilStance& stance, const Eigen::Vector2d& along) const {
    const Eigen::Matrix3d frame = untilted(stance.place.normal, stance.forward);
    return followed(stance, places_.slide(stance.place, along.x() * frame.col(0) + along.y() * frame.col(1)));
}

CoilStance CoilHandling::carried(const CoilStance& stance, const Vector3& point) const {
    return followed(stance, places_.nearest(point));
}

CoilStance CoilHandling::turned(const CoilStance& stance, double angle) {
    CoilStance there = stance;
    there.forward = Eigen::AngleAxisd(angle, Vector3(-stance.place.normal)) * stance.forward;
    return there;
}

RigidTransform CoilHandling::pose(const CoilStance& stance, const CasingProfile& casing) const {
    const Eigen::Matrix3d rotation = untilted(stance.place.normal, stance.forward) * tilted_by(stance.tilt);
    const RigidTransform on_scalp(rotation, stance.place.point, "coil on the scalp");
    const double lift = std::max(stance.gap, lift_at(grid_, casing, on_scalp, stance.gap));
    if (!std::isfinite(lift)) {
        throw InfeasibleError(fmt::format(
            "the coil does not fit at {}: it would have to be lifted by more than {:.0f} mm before its "
            "casing clears the scalp",
            describe_point(stance.place.point), most_lift * millimetres_per_metre));
    }
    return {rotation, stance.place.point - lift * rotation.col(2), "coil on the scalp"};
}

double CoilHandling::clearance(const RigidTransform& head_from_coil, const CasingProfile& casing) const {
    const CasingProfile::Coordinates& points = casing.points();
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < points.x.size(); ++i) {
        const Vector3 point(points.x[i], points.y[i], points.z[i]);
        least = std::min(least, grid_.distance(head_from_coil.apply_to_point(point)));
    }
    return least;
}

} // namespace corticoil::planning
