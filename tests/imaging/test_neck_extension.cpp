#include "imaging/neck_extension.h"

#include <gtest/gtest.h>

namespace corticoil::imaging {
namespace {

/// A column of 90×90 mm from `first` to `last` along the image's third axis, 3 mm voxels, whose sections
/// differ.
LabelImage column(int first, int last, double direction) {
    Eigen::Affine3d affine = Eigen::Affine3d::Identity();
    affine.linear() = Vector3(3e-3, 3e-3, direction * 3e-3).asDiagonal();
    affine.translation() = Vector3(0.01, 0.02, 0.03);
    LabelImage labels({40, 40, 30}, affine);
    for (int k = first; k <= last; ++k) {
        for (int j = 5; j < 35; ++j) {
            for (int i = 5; i < 35; ++i)
                labels.at(i, j, k) = static_cast<std::uint8_t>(i < 20 + k % 3 ? 5 : 4);
        }
    }
    return labels;
}

TEST(NeckExtension, ContinuesACutFaceDownwardsAndKeepsThePlace) {
    for (const double direction : {1.0, -1.0}) {
        const LabelImage labels = direction > 0 ? column(0, 20, direction) : column(9, 29, direction);
        const ExtendedLabels extended = extend_neck(labels, 0.060);
        ASSERT_TRUE(extended.is_extended);
        EXPECT_EQ(extended.n_added_slices, 20);
        EXPECT_EQ(extended.labels.size, (std::array<int, 3>{40, 40, 50}));
        // Every voxel of the original lies where it was; 60 mm below the lowest there is still neck.
        const int shift = direction > 0 ? 20 : 0;
        const Vector3 there = extended.labels.head_from_voxel * Vector3(10, 10, 15 + shift);
        EXPECT_TRUE(there.isApprox(labels.head_from_voxel * Vector3(10, 10, 15), 1e-12));
        EXPECT_EQ(extended.labels.at(10, 10, 15 + shift), labels.at(10, 10, 15));
        const int lowest = direction > 0 ? 0 : 49;
        EXPECT_EQ(extended.labels.at(10, 10, lowest), 5);
        EXPECT_EQ(extended.labels.at(30, 10, lowest), 4);
        EXPECT_EQ(extended.labels.at(0, 0, lowest), 0);
    }
}

TEST(NeckExtension, UsesTheRoomBelowACutInsideTheImage) {
    const ExtendedLabels extended = extend_neck(column(15, 29, 1), 0.030);
    ASSERT_TRUE(extended.is_extended);
    EXPECT_EQ(extended.n_added_slices, 0);
    EXPECT_EQ(extended.labels.at(10, 10, 6), 5);
    EXPECT_EQ(extended.labels.at(10, 10, 5), 0);
}

TEST(NeckExtension, AddsOneNeckHoweverOften) {
    for (const double direction : {1.0, -1.0}) {
        const LabelImage labels = direction > 0 ? column(0, 20, direction) : column(9, 29, direction);
        EXPECT_FALSE(has_added_neck(labels, 0.060)) << "a neck that varies is a person's";
        LabelImage once = extend_neck(labels, 0.060).labels;
        EXPECT_TRUE(has_added_neck(once, 0.060));
        for (int i = 20; i < 25; ++i) once.at(i, 20, direction > 0 ? 10 : 40) = 3; // An edited vessel.
        const ExtendedLabels twice = extend_neck(once, 0.060);
        EXPECT_FALSE(twice.is_extended);
        EXPECT_EQ(twice.labels.voxels, once.voxels);
        EXPECT_TRUE(extend_neck(once, 0.090).is_extended) << "a longer one is wanted";
    }
    const LabelImage inside = extend_neck(column(15, 29, 1), 0.030).labels;
    EXPECT_FALSE(extend_neck(inside, 0.030).is_extended);
}

TEST(NeckExtension, LeavesTipsAndZeroLengthAlone) {
    LabelImage tip({40, 40, 30}, Eigen::Affine3d(Eigen::Scaling(3e-3)));
    for (int k = 0; k < 20; ++k) {
        for (int i = 20 - k / 2; i <= 20 + k / 2; ++i) tip.at(i, 20, k) = 5;
    }
    EXPECT_FALSE(extend_neck(tip, 0.060).is_extended);
    EXPECT_FALSE(extend_neck(column(0, 20, 1), 0).is_extended);
    EXPECT_FALSE(extend_neck(LabelImage({5, 5, 5}, Eigen::Affine3d::Identity()), 0.060).is_extended);
}

} // namespace
} // namespace corticoil::imaging
