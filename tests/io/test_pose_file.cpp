#include "io/pose_file.h"

#include "support/error_of.h"
#include "support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace corticoil::io {
namespace {

using ::testing::HasSubstr;

TEST(PoseFile, RoundTripKeepsMillimetresAndMetresApart) {
    const test::TemporaryFolder folder;
    Pose pose;
    pose.head_from_coil =
        RigidTransform(Eigen::AngleAxisd(0.4, Vector3(1, 2, 3).normalized()).toRotationMatrix(),
                       Vector3(-0.056, -0.015, 0.081));
    pose.coil = "figure8_70mm";
    pose.induced_direction = Vector3(0, 1, 0);
    write_pose(folder / "pose.json", pose);
    EXPECT_THAT(test::read_bytes(folder / "pose.json"), HasSubstr("-56.0"));
    const Pose read = read_pose(folder / "pose.json");
    EXPECT_TRUE(read.head_from_coil.matrix().isApprox(pose.head_from_coil.matrix(), 1e-12));
    EXPECT_EQ(read.coil, "figure8_70mm");
    EXPECT_EQ(read.target, "");
    ASSERT_TRUE(read.induced_direction.has_value());
    EXPECT_TRUE(read.induced_direction->isApprox(Vector3::UnitY()));
}

TEST(PoseFile, BadPosesAreRefused) {
    const test::TemporaryFolder folder;
    const auto message = [&](const std::string& content) {
        test::write_bytes(folder / "pose.json", content);
        return test::error_of([&] { (void)read_pose(folder / "pose.json"); });
    };
    const std::string unit_matrix = "[[1,0,0,0],[0,1,0,0],[0,0,1,0],[0,0,0,1]]";
    EXPECT_EQ(message("{\"head_from_coil\": " + unit_matrix + ", \"coil\": null}"), "no error");
    EXPECT_THAT(message("{\"head_from_coil\": " + unit_matrix + ", \"unit\": \"m\"}"),
                HasSubstr("poses are in mm"));
    EXPECT_THAT(message("{\"head_from_coil\": [[-1,0,0,0],[0,1,0,0],[0,0,1,0],[0,0,0,1]]}"),
                HasSubstr("is not rigid"));
    EXPECT_THAT(message("{}"), HasSubstr("head_from_coil"));
    EXPECT_THAT(message("{\"head_from_coil\": 3}"), HasSubstr("head_from_coil"));
}

} // namespace
} // namespace corticoil::io
