#include "planning/recorded_pose.h"

#include "coils/coil_library.h"
#include "core/constants.h"
#include "planning/clearance.h"
#include "planning/mni_pose.h"
#include "support/error_of.h"
#include "support/round_head.h"

#include <Eigen/Geometry>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace corticoil::planning {
namespace {

using ::testing::HasSubstr;

constexpr double radius = 0.090; // [m] Of the round head.

const Scalp& scalp() {
    static const TetMesh mesh = test::round_head(16);
    static const Scalp made(mesh);
    return made;
}

/// Over the vertex, facing down, the origin at a height above the sphere.
RigidTransform over_vertex(double height, double tilt = 0) {
    const Eigen::Matrix3d rotation = Eigen::AngleAxisd(pi + tilt, Vector3::UnitX()).toRotationMatrix();
    return RigidTransform(rotation, Vector3(0, 0, radius + height));
}

TEST(RecordedPose, IsMovedAlongItsAxisToTheStandOff) {
    for (const char* name : {"figure8_70mm", "double_cone"}) {
        const coils::Coil coil = coils::load_coil(name);
        const RigidTransform contact =
            lift_until_clear(scalp(), coil, over_vertex(0.0, 0.1), {.gap = 0.004}).head_from_coil;
        for (const double error : {-0.014, 0.002, 0.006}) {
            const RigidTransform raw(contact.rotation(),
                                     contact.translation() - error * contact.rotation().col(2));
            const RecordedPose recorded = project_recorded(scalp(), coil, raw, "pulse 3");
            EXPECT_NEAR(recorded.shift, -error, 2e-4) << name; // Positive: away from the head.
            EXPECT_LT((recorded.projected.translation() - contact.translation()).norm(), 2e-4) << name;
            EXPECT_TRUE(recorded.projected.rotation().isApprox(raw.rotation()));
            EXPECT_EQ(recorded.raw.translation(), raw.translation());
            EXPECT_EQ(recorded.is_large, std::abs(error) > 0.003);
            const double clearance = signed_clearance(scalp(), coil, recorded.projected).distance;
            EXPECT_GE(clearance, 0.004 - 2e-5);
            EXPECT_LE(clearance, 0.0042);
        }
    }
}

TEST(RecordedPose, OneThatCannotBeIsRefused) {
    const coils::Coil coil = coils::load_coil("figure8_70mm");
    const auto message = [&](const RigidTransform& pose) {
        return test::error_of([&] { (void)project_recorded(scalp(), coil, pose, "pulse 3"); });
    };
    EXPECT_THAT(message(over_vertex(0.025)), HasSubstr("pulse 3: the coil floats more than 15 mm"));
    EXPECT_THAT(message(over_vertex(-0.020)), HasSubstr("pulse 3: the coil lies more than 15 mm inside"));
    // Axes of another program: z points out of the head.
    for (const double height : {-0.010, 0.004}) {
        EXPECT_THAT(message(RigidTransform(Eigen::Matrix3d::Identity(), Vector3(0, 0, radius + height))),
                    HasSubstr("points out of the head"));
    }
}

TEST(PoseDifference, TellsTiltAndTurnApart) {
    const RigidTransform planned = over_vertex(0.004);
    const auto moved = [&](const Vector3& translation, double tilt, double turn) {
        const Eigen::Matrix3d rotation = (Eigen::AngleAxisd(tilt, Vector3(1, 1, 0).normalized()) *
                                          Eigen::AngleAxisd(turn, Vector3::UnitZ()))
                                             .toRotationMatrix();
        return difference_between(planned, planned * RigidTransform(rotation, translation));
    };
    const PoseDifference difference = moved(Vector3(0.003, 0, 0.004), 0.1, -0.3);
    EXPECT_NEAR(difference.distance, 0.005, 1e-12);
    EXPECT_NEAR(difference.sideways, 0.003, 1e-12);
    EXPECT_NEAR(difference.tilt, 0.1, 1e-12);
    EXPECT_NEAR(difference.rotation, -0.3, 1e-12);
    EXPECT_NEAR(difference.whole_turn, std::hypot(0.1, 0.3), 2e-3); // Small rotations nearly add as vectors.
    EXPECT_NEAR(moved(Vector3::Zero(), 0, 1e-6).rotation, 1e-6, 1e-14);
}

TEST(PoseOnScalp, IsMeasuredFromTheInwardNormal) {
    const PoseOnScalp stands = pose_on_scalp(scalp(), over_vertex(0.006, 0.2));
    EXPECT_NEAR(stands.origin_height, 0.006, 1e-3);
    EXPECT_NEAR(stands.axis_angle, 0.2, 0.02);
    const RigidTransform outward(Eigen::Matrix3d::Identity(), Vector3(0, 0, radius));
    EXPECT_NEAR(pose_on_scalp(scalp(), outward).axis_angle, pi, 0.02);
}

TEST(MniPose, GoesThereAndBackAndStaysRigid) {
    MniMapping mapping; // Larger, turned and sheared, as affine registrations are.
    mapping.mni_from_head =
        Eigen::Translation3d(0.002, -0.01, 0.005) * Eigen::AngleAxisd(0.1, Vector3(1, 2, 3).normalized());
    mapping.mni_from_head.linear() *= 1.1;
    mapping.mni_from_head.linear()(0, 1) += 0.03;
    const RigidTransform pose = over_vertex(0.004, 0.3);
    const RigidTransform mni = pose_to_mni(mapping, pose);
    EXPECT_NEAR(mni.rotation().determinant(), 1, 1e-12);
    // The axis goes through the images of the points that it went through.
    const Vector3 under = mapping.to_mni(pose.apply_to_point(Vector3(0, 0, 0.030)));
    EXPECT_LT((under - mni.translation()).cross(mni.rotation().col(2)).norm(), 1e-9);
    const RigidTransform back = pose_to_head(mapping, mni);
    // 10 mm are 11 there, so that the origin comes back within a millimetre; directions to within the shear.
    EXPECT_LT((back.translation() - pose.translation()).norm(), 0.0015);
    EXPECT_LT(std::acos(back.rotation().col(2).dot(pose.rotation().col(2))), 1e-3);
    EXPECT_LT(std::acos(back.rotation().col(1).dot(pose.rotation().col(1))), 0.02);
}

} // namespace
} // namespace corticoil::planning
