#pragma once

#include "core/types.h"

#include <Eigen/Geometry>

namespace corticoil {

/// The affine between a head and MNI space, both RAS [m].
struct MniMapping {
    Eigen::Affine3d mni_from_head = Eigen::Affine3d::Identity();

    [[nodiscard]] Vector3 to_mni(const Vector3& p_head) const { return mni_from_head * p_head; }
    [[nodiscard]] Vector3 to_head(const Vector3& p_mni) const { return mni_from_head.inverse() * p_mni; }

    /// A direction in MNI axes as a unit vector in the head's axes.
    [[nodiscard]] Vector3 direction_to_head(const Vector3& direction_mni) const;
};

} // namespace corticoil
