#include "planning/scalp_rule.h"

#include "core/constants.h"
#include "core/describe_point.h"
#include "core/error.h"

#include <Eigen/Geometry>
#include <fmt/format.h>

#include <algorithm>

namespace corticoil::planning {

namespace {

constexpr double centimetres_per_metre = 100;

Vector3 position(const ScalpLandmarks& landmarks, const std::string& name) {
    const auto found = landmarks.positions.find(name);
    if (found == landmarks.positions.end()) {
        throw Error(fmt::format("scalp rule: the head has no 10-10 position {}; make electrodes.json again "
                                "with: corticoil mesh SUBJECT --keep-mesh",
                                name));
    }
    return found->second;
}

struct HeadAxes {
    Vector3 right;
    Vector3 front;
    Vector3 up;
};

HeadAxes head_axes(const ScalpLandmarks& landmarks) {
    HeadAxes axes;
    axes.right = (position(landmarks, "T10") - position(landmarks, "T9")).normalized();
    const Vector3 front = position(landmarks, "Nz") - position(landmarks, "Iz");
    axes.front = (front - front.dot(axes.right) * axes.right).normalized();
    axes.up = axes.right.cross(axes.front);
    return axes;
}

} // namespace

std::string describe(const ScalpRule& rule) {
    switch (rule.kind) {
    case ScalpRuleKind::ten_ten:
        return rule.position + " on the subject's scalp";
    case ScalpRuleKind::from_inion:
        return fmt::format("{:g} cm {} of the inion, {:g} cm below it", rule.lateral * centimetres_per_metre,
                           rule.is_right ? "right" : "left", rule.below * centimetres_per_metre);
    case ScalpRuleKind::in_front_of:
        return fmt::format("{:g} cm in front of the scalp over {}", rule.forward * centimetres_per_metre,
                           rule.target);
    }
    CORTICOIL_ASSERT(false);
}

Vector3 walk_on_scalp(const Scalp& scalp, const Vector3& start, const ScalpWalk& walk) {
    constexpr double step = 0.001;      // [m] A few times finer than the facets.
    constexpr double smoothing = 0.010; // [m] As PlacementOptions.
    const Vector3 across = walk.plane_normal.normalized();
    Vector3 point = scalp.nearest_point(start);
    const Vector3 first_normal = scalp.smoothed_normal(point, smoothing);
    Vector3 heading = walk.direction - walk.direction.dot(first_normal) * first_normal;
    constexpr double least_tangential_share = 0.05;
    if (heading.norm() < least_tangential_share * walk.direction.norm()) {
        throw Error(
            fmt::format("scalp rule: at {} its direction leads away from the scalp", describe_point(point)));
    }
    double left = walk.length;
    while (left > 0) {
        // The tangent in the plane; its sense is that of the last step.
        Vector3 tangent = across.cross(scalp.smoothed_normal(point, smoothing)).normalized();
        if (tangent.dot(heading) < 0) tangent = -tangent;
        heading = tangent;
        const double stride = std::min(step, left);
        // The walked length is that along the tangents: wrinkles between them do not count.
        point = scalp.nearest_point(point + stride * tangent);
        left -= stride;
    }
    return point;
}

Vector3 scalp_point(const Scalp& scalp, const ScalpRule& rule, const ScalpLandmarks& landmarks) {
    if (rule.kind == ScalpRuleKind::ten_ten) return scalp.nearest_point(position(landmarks, rule.position));
    const HeadAxes axes = head_axes(landmarks);
    if (rule.kind == ScalpRuleKind::in_front_of) {
        return walk_on_scalp(scalp, scalp.nearest_point(landmarks.target),
                             {axes.right, axes.front, rule.forward});
    }
    const Vector3 to_side = rule.is_right ? axes.right : Vector3(-axes.right);
    const Vector3 beside = walk_on_scalp(scalp, position(landmarks, "Iz"), {axes.up, to_side, rule.lateral});
    return walk_on_scalp(scalp, beside, {axes.right, -axes.up, rule.below});
}

} // namespace corticoil::planning
