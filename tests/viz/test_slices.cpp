#include "viz/slices.h"

#include "core/error.h"

#include <Eigen/Geometry>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace corticoil::viz {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

/// 2 mm voxels whose axes run to A, L and I instead of R, A and S.
Eigen::Affine3d turned_axes() {
    Eigen::Affine3d affine = Eigen::Affine3d::Identity();
    affine.linear() << 0, -2e-3, 0, 2e-3, 0, 0, 0, 0, -2e-3;
    affine.translation() << 0.020, -0.010, 0.030;
    return affine;
}

TEST(ImageSampler, FollowsTheAffine) {
    ScalarImage image({11, 13, 17}, turned_axes());
    for (int k = 0; k < 17; ++k) {
        for (int j = 0; j < 13; ++j) {
            for (int i = 0; i < 11; ++i) {
                const Vector3 point = image.head_from_voxel * Vector3(i, j, k);
                image.at(i, j, k) = static_cast<float>(100 * point.x() + 10 * point.y() + point.z());
            }
        }
    }
    const ImageSampler<float> sampler(image, "image");
    const Vector3 point(0.0103, -0.0017, 0.0121);
    ASSERT_TRUE(sampler.linear(point));
    EXPECT_NEAR(*sampler.linear(point), 100 * point.x() + 10 * point.y() + point.z(), 1e-6);
    ASSERT_TRUE(sampler.nearest(point));
    EXPECT_NEAR(*sampler.nearest(point), 100 * 0.010 + 10 * -0.002 + 0.012, 1e-6);
    EXPECT_FALSE(sampler.linear(Vector3(0.1, 0, 0)));
    EXPECT_FALSE(sampler.nearest(Vector3(0, 0, std::numeric_limits<double>::quiet_NaN())));
}

TEST(ImageSampler, SingleVoxelAndNanAreFine) {
    ScalarImage image({1, 1, 1}, Eigen::Affine3d::Identity(), std::numeric_limits<float>::quiet_NaN());
    EXPECT_EQ(ImageSampler<float>(image, "image").linear(Vector3::Zero()), 0.0);
    image.voxels[0] = 3;
    EXPECT_EQ(ImageSampler<float>(image, "image").linear(Vector3(0.4, 0, 0)), 3.0);
}

TEST(ImageSampler, RefusesBrokenImages) {
    EXPECT_THAT([] { (void)ImageSampler<float>(ScalarImage(), "the T1"); },
                ThrowsMessage<Error>(HasSubstr("the T1: has 0 voxels")));
    ScalarImage image({2, 2, 2}, Eigen::Affine3d::Identity());
    image.head_from_voxel.linear().setZero();
    EXPECT_THAT([&] { (void)ImageSampler<float>(image, "the T1"); },
                ThrowsMessage<Error>(HasSubstr("its affine")));
    image = ScalarImage({2, 2, 2}, Eigen::Affine3d::Identity());
    image.voxels.pop_back();
    EXPECT_THAT([&] { (void)ImageSampler<float>(image, "the T1"); },
                ThrowsMessage<Error>(HasSubstr("7 voxels for a size of 2×2×2")));
}

} // namespace
} // namespace corticoil::viz
