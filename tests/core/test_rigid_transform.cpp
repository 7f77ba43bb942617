#include "core/rigid_transform.h"
#include "support/error_of.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace corticoil {
namespace {

using test::error_of;
using ::testing::HasSubstr;

TEST(RigidTransform, InverseUndoesAndProductChains) {
    const RigidTransform a(Eigen::AngleAxisd(0.3, Vector3(1, 2, 3).normalized()).toRotationMatrix(),
                           Vector3(1, 2, 3));
    const RigidTransform b(Eigen::AngleAxisd(-1.1, Vector3(0, 1, 1).normalized()).toRotationMatrix(),
                           Vector3(0, -1, 5));
    const Vector3 point(0.2, -0.7, 1.5);
    EXPECT_TRUE(a.inverse().apply_to_point(a.apply_to_point(point)).isApprox(point, 1e-14));
    EXPECT_TRUE((a * b).apply_to_point(point).isApprox(a.apply_to_point(b.apply_to_point(point)), 1e-14));
    EXPECT_TRUE((a * b).matrix().isApprox(a.matrix() * b.matrix(), 1e-14));
}

TEST(RigidTransform, RoundedDigitsAreOrthonormalised) {
    Eigen::Matrix3d rotation = Eigen::AngleAxisd(0.5, Vector3(1, 1, 0).normalized()).toRotationMatrix();
    rotation = (rotation * 1e4).array().round() / 1e4;
    const RigidTransform transform(rotation, Vector3::Zero());
    EXPECT_TRUE((transform.rotation().transpose() * transform.rotation()).isIdentity(1e-14));
}

TEST(RigidTransform, ShearMirrorAndNanAreRefused) {
    Eigen::Matrix3d sheared = Eigen::Matrix3d::Identity();
    sheared(0, 1) = 0.1;
    EXPECT_THAT(error_of([&] { (void)RigidTransform(sheared, Vector3::Zero(), "pose.json"); }),
                HasSubstr("pose.json: is not rigid"));
    const Eigen::Matrix3d mirrored = Vector3(-1, 1, 1).asDiagonal();
    EXPECT_THAT(error_of([&] { (void)RigidTransform(mirrored, Vector3::Zero()); }),
                HasSubstr("determinant -1"));
    Eigen::Matrix4d matrix = Eigen::Matrix4d::Identity();
    matrix(0, 3) = std::numeric_limits<double>::quiet_NaN();
    EXPECT_THAT(error_of([&] { (void)RigidTransform::from_matrix(matrix); }),
                HasSubstr("not a finite number"));
    matrix = Eigen::Matrix4d::Identity();
    matrix(3, 0) = 5;
    EXPECT_THAT(error_of([&] { (void)RigidTransform::from_matrix(matrix); }), HasSubstr("last row"));
}

} // namespace
} // namespace corticoil
