#pragma once

#include "coils/coil.h"
#include "core/rigid_transform.h"
#include "planning/scalp.h"

#include <optional>
#include <string>
#include <vector>

namespace corticoil::planning {

/// How a coil is put over a point of the brain.
struct PlacementOptions {
    double stand_off =
        0.004; ///< Coil origin above the scalp [m]: hair and cloth; 4 mm as in common planning practice.
    double smoothing =
        0.010; ///< Of the scalp's normal [m]; a figure-of-eight's middle rests on about 2 cm of scalp.
};

/// A coil pose and what led to it.
struct Placement {
    RigidTransform head_from_coil;
    Vector3 scalp_point = Vector3::Zero(); ///< [m]
    Vector3 scalp_normal = Vector3::UnitZ();
    double target_depth = 0; ///< From the scalp point to the target [m].
};

/// Puts the coil over the scalp point nearest to `target`: its z axis along the inward smoothed normal, its
/// origin at the stand-off, turned so that the E that it induces for dI/dt > 0 points along
/// `induced_direction` (head frame, projected onto the tangent plane). A coil without a direction of its own
/// is turned by its y axis. \throws Error if the target lies outside the head, or the direction is along the
/// normal.
[[nodiscard]] Placement place_over(const Scalp& scalp, const coils::Coil& coil, const Vector3& target,
                                   const Vector3& induced_direction, const PlacementOptions& options = {});

/// Puts the coil over `scalp_point` itself; `target` [m] only gives the target's depth. Otherwise as
/// place_over().
[[nodiscard]] Placement place_on(const Scalp& scalp, const coils::Coil& coil, const Vector3& scalp_point,
                                 const Vector3& target, const Vector3& induced_direction,
                                 const PlacementOptions& options = {});

/// The first point of the brain (white or grey matter, lesions) straight under a point of the scalp: along
/// the inward smoothed normal, in steps of 0.25 mm [m]; nothing within 80 mm.
[[nodiscard]] std::optional<Vector3> brain_below(const TetMesh& mesh, const Scalp& scalp,
                                                 const Vector3& scalp_point, double smoothing = 0.010);

/// How deep a coil reaches into the head.
struct Contact {
    double depth = 0;     ///< Of the casing's deepest point under the scalp [m]; 0 when it is outside.
    double clearance = 0; ///< Of the casing's nearest point above the scalp [m]; 0 when it reaches inside.
    std::vector<std::string> warnings; ///< In words, with the depth.
};

/// Checks a pose. Up to 15 mm inside the head is a warning: scalps yield, hair is compressed, poses are
/// rounded. \throws Error for a coil that is deeper in the head.
[[nodiscard]] Contact check_contact(const Scalp& scalp, const coils::Coil& coil,
                                    const RigidTransform& head_from_coil);

} // namespace corticoil::planning
