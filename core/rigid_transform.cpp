#include "core/rigid_transform.h"

#include "core/error.h"

#include <Eigen/SVD>
#include <fmt/format.h>

namespace corticoil {

namespace {
/// How far RᵀR may be from I: four decimals in a file leave 1e-4, a sheared or scaled matrix far more.
constexpr double rotation_tolerance = 1e-3;
} // namespace

RigidTransform::RigidTransform(const Eigen::Matrix3d& rotation, const Vector3& translation,
                               const std::string& what)
    : translation_(translation) {
    if (!rotation.allFinite() || !translation.allFinite()) {
        throw Error(fmt::format("{}: holds a value that is not a finite number", what));
    }
    const double deviation =
        (rotation.transpose() * rotation - Eigen::Matrix3d::Identity()).cwiseAbs().maxCoeff();
    const double determinant = rotation.determinant();
    if (deviation > rotation_tolerance || determinant < 0) {
        throw Error(fmt::format(
            "{}: is not rigid (determinant {:.4f}, RᵀR differs from the identity by {:.2g}); give "
            "a rotation with determinant +1 and a translation",
            what, determinant, deviation));
    }
    const Eigen::JacobiSVD<Eigen::Matrix3d> svd(rotation, Eigen::ComputeFullU | Eigen::ComputeFullV);
    rotation_ = svd.matrixU() * svd.matrixV().transpose();
}

RigidTransform RigidTransform::from_matrix(const Eigen::Matrix4d& matrix, const std::string& what) {
    if (!(matrix.row(3) - Eigen::RowVector4d(0, 0, 0, 1)).isZero(rotation_tolerance)) {
        throw Error(fmt::format(
            "{}: the last row of the 4×4 matrix must be 0 0 0 1 (matrices are given by rows)", what));
    }
    return RigidTransform(matrix.topLeftCorner<3, 3>(), matrix.topRightCorner<3, 1>(), what);
}

Eigen::Matrix4d RigidTransform::matrix() const {
    Eigen::Matrix4d result = Eigen::Matrix4d::Identity();
    result.topLeftCorner<3, 3>() = rotation_;
    result.topRightCorner<3, 1>() = translation_;
    return result;
}

RigidTransform RigidTransform::inverse() const {
    RigidTransform result;
    result.rotation_ = rotation_.transpose();
    result.translation_ = -(result.rotation_ * translation_);
    return result;
}

RigidTransform RigidTransform::operator*(const RigidTransform& other) const {
    RigidTransform result;
    result.rotation_ = rotation_ * other.rotation_;
    result.translation_ = rotation_ * other.translation_ + translation_;
    return result;
}

} // namespace corticoil
