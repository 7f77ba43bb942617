#pragma once

#include "core/rigid_transform.h"
#include "planning/casing_profile.h"
#include "planning/distance_grid.h"
#include "planning/scalp_places.h"

namespace corticoil::planning {

/// How a coil is held against the scalp, before its casing decides how far out it stands.
struct CoilStance {
    ScalpPlace place;                   ///< Where the coil's axis meets the scalp.
    Vector3 forward = Vector3::UnitY(); ///< Unit, along the scalp: the coil's y axis before it is tilted.
    Eigen::Vector2d tilt{0, 0};         ///< About the coil's x axis, then about its y axis [rad].
    double gap = 0.004;                 ///< Kept between casing and scalp [m].
};

/// Moves a coil by hand: along the scalp, about its axis, out of the tangent plane. Keeps references.
class CoilHandling {
  public:
    CoilHandling(const ScalpPlaces& places, const DistanceGrid& grid) : places_(places), grid_(grid) {}

    /// The stance of a pose: its place is where the coil's axis meets the scalp, or the nearest scalp where
    /// it misses the head. `gap` [m] is taken as given: a pose from a file may stand elsewhere.
    [[nodiscard]] CoilStance stance_of(const RigidTransform& head_from_coil, double gap) const;

    /// Slid along the scalp by `along` [m], x and y along the coil's x and y axes; it keeps its attitude to
    /// the scalp. \throws Error where that leads onto an ear or a face where the head is cut off.
    [[nodiscard]] CoilStance moved(const CoilStance& stance, const Eigen::Vector2d& along) const;

    /// Carried to the scalp point nearest to `point` [m], otherwise as moved().
    [[nodiscard]] CoilStance carried(const CoilStance& stance, const Vector3& point) const;

    /// Turned about the place's inward normal by an angle [rad].
    [[nodiscard]] static CoilStance turned(const CoilStance& stance, double angle);

    /// The coil there: its axis through the place, lifted along it until the casing keeps the gap, which it
    /// may enter by less than 0.5 mm (lift_at()). \throws InfeasibleError where it would have to be lifted by
    /// more than `most_lift`. Cost: tens of microseconds.
    [[nodiscard]] RigidTransform pose(const CoilStance& stance, const CasingProfile& casing) const;

    /// The least distance between points of the casing at a pose and the scalp [m], negative inside, to the
    /// grid's accuracy (0.3 mm). Microseconds.
    [[nodiscard]] double clearance(const RigidTransform& head_from_coil, const CasingProfile& casing) const;

  private:
    [[nodiscard]] CoilStance followed(const CoilStance& stance, const ScalpPlace& place) const;

    const ScalpPlaces& places_;
    const DistanceGrid& grid_;
};

} // namespace corticoil::planning
