#pragma once

#include "core/mni_mapping.h"
#include "core/rigid_transform.h"

namespace corticoil::planning {

/// The mapping's affine without what scales and shears (polar decomposition): it turns axes of the head into
/// axes of MNI space.
[[nodiscard]] Eigen::Matrix3d mni_from_head_rotation(const MniMapping& mapping);

/// A pose of MNI space in the head. Warps are not valid outside the head, so two points on the coil's z axis
/// under the scalp go through the mapping and give the axis; y goes through the affine; the three are made
/// orthonormal, and the origin keeps its distance from the first point. The coil comes near the scalp only:
/// put it back at its stand-off (project_recorded()).
[[nodiscard]] RigidTransform pose_to_head(const MniMapping& mapping, const RigidTransform& mni_from_coil);

/// The same from the head to MNI space.
[[nodiscard]] RigidTransform pose_to_mni(const MniMapping& mapping, const RigidTransform& head_from_coil);

} // namespace corticoil::planning
