#pragma once

#include "core/types.h"
#include "planning/scalp.h"

#include <map>
#include <string>

namespace corticoil::planning {

enum class ScalpRuleKind {
    ten_ten,     ///< A 10-10 position.
    from_inion,  ///< So far to one side of the inion, then so far below.
    in_front_of, ///< So far in front of the scalp point over another target.
};

/// How labs without navigation find a place on the scalp. Lengths are along the scalp.
struct ScalpRule {
    ScalpRuleKind kind = ScalpRuleKind::ten_ten;
    std::string position; ///< ten_ten: its name.
    bool is_right = false;
    double lateral = 0; ///< from_inion [m]
    double below = 0;   ///< from_inion [m]
    std::string target; ///< in_front_of: a target of the library with a coordinate.
    double forward = 0; ///< in_front_of [m]
};

/// The rule in words: "3 cm left of the inion, 1 cm below".
[[nodiscard]] std::string describe(const ScalpRule& rule);

/// What rules start from on one head.
struct ScalpLandmarks {
    std::map<std::string, Vector3> positions; ///< 10-10 positions by name [m].
    /// Where a rule's `target` lies in this head [m]; only for in_front_of.
    Vector3 target = Vector3::Zero();
};

/// The point of the scalp [m] that a rule leads to. Axes are the head's own: to the right from T9 to T10, to
/// the front from Iz to Nz, made perpendicular to it. A walk stays in the plane through its start that is
/// parallel to the walked direction and the scalp's normal there. \throws Error if a position is missing.
[[nodiscard]] Vector3 scalp_point(const Scalp& scalp, const ScalpRule& rule, const ScalpLandmarks& landmarks);

/// A walk over the scalp.
struct ScalpWalk {
    Vector3 plane_normal = Vector3::UnitX(); ///< Of the plane that it keeps parallel to.
    Vector3 direction = Vector3::UnitY();    ///< Where it sets out to; its tangential part counts.
    double length = 0;                       ///< Along the scalp [m].
};

/// The point after a walk from `start` [m], in steps of 1 mm over the scalp smoothed at 10 mm, so that hair
/// and wrinkles do not lengthen it. \throws Error if the direction is along the scalp's normal.
[[nodiscard]] Vector3 walk_on_scalp(const Scalp& scalp, const Vector3& start, const ScalpWalk& walk);

} // namespace corticoil::planning
