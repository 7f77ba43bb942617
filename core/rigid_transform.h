#pragma once

#include "core/types.h"

#include <Eigen/Geometry>

#include <string>

namespace corticoil {

/// A rotation and a translation: p_target = rotation · p_source + translation. Named target_from_source.
///
/// Invariant: the rotation is orthonormal with determinant +1.
class RigidTransform {
  public:
    /// The identity.
    RigidTransform() = default;

    /// From a rotation and a translation [m].
    /// \throws Error if RᵀR differs from I, or det R from +1, by more than 1e-3; smaller deviations (rounded
    /// digits in files) are removed by orthonormalising. `what` names the transform in the message.
    RigidTransform(const Eigen::Matrix3d& rotation, const Vector3& translation,
                   const std::string& what = "transform");

    /// From a 4×4 matrix [m] whose last row is 0 0 0 1. \throws Error as above.
    [[nodiscard]] static RigidTransform from_matrix(const Eigen::Matrix4d& matrix,
                                                    const std::string& what = "transform");

    [[nodiscard]] const Eigen::Matrix3d& rotation() const { return rotation_; }
    [[nodiscard]] const Vector3& translation() const { return translation_; }
    [[nodiscard]] Eigen::Matrix4d matrix() const;
    [[nodiscard]] RigidTransform inverse() const;

    [[nodiscard]] Vector3 apply_to_point(const Vector3& point) const {
        return rotation_ * point + translation_;
    }
    [[nodiscard]] Vector3 apply_to_vector(const Vector3& vector) const { return rotation_ * vector; }
    [[nodiscard]] Points apply_to_points(const Points& points) const {
        return (rotation_ * points).colwise() + translation_;
    }
    [[nodiscard]] VectorField apply_to_vectors(const VectorField& vectors) const {
        return rotation_ * vectors;
    }

    /// c_from_a = c_from_b * b_from_a.
    [[nodiscard]] RigidTransform operator*(const RigidTransform& other) const;

  private:
    Eigen::Matrix3d rotation_ = Eigen::Matrix3d::Identity();
    Vector3 translation_ = Vector3::Zero();
};

} // namespace corticoil
