#include "core/voxel_parts.h"
#include "imaging/mask_algebra.h"
#include "imaging/resample.h"
#include "imaging/voxel_distance.h"
#include "imaging/voxel_parts.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

namespace corticoil::imaging {
namespace {

Eigen::Affine3d anisotropic() {
    Eigen::Affine3d affine = Eigen::Affine3d::Identity();
    affine.linear() = Vector3(1e-3, 1.5e-3, 0.7e-3).asDiagonal();
    return affine;
}

Mask random_mask() {
    Mask mask({14, 11, 17}, anisotropic());
    std::mt19937 generator(3);
    std::bernoulli_distribution coin(0.02);
    for (std::uint8_t& voxel : mask.voxels) voxel = coin(generator) ? 1 : 0;
    return mask;
}

TEST(VoxelDistance, EqualsBruteForceOnUnequalSpacing) {
    const Mask mask = random_mask();
    const double limit = 4.2e-3;
    const ScalarImage distance = squared_distance_to(mask, limit);
    for (int k = 0; k < mask.size[2]; ++k) {
        for (int j = 0; j < mask.size[1]; ++j) {
            for (int i = 0; i < mask.size[0]; ++i) {
                double nearest = std::numeric_limits<double>::infinity();
                for (int c = 0; c < mask.size[2]; ++c) {
                    for (int b = 0; b < mask.size[1]; ++b) {
                        for (int a = 0; a < mask.size[0]; ++a) {
                            if (mask.at(a, b, c) == 0) continue;
                            const Vector3 step = mask.head_from_voxel.linear() * Vector3(a - i, b - j, c - k);
                            nearest = std::min(nearest, step.squaredNorm());
                        }
                    }
                }
                if (nearest > limit * limit) {
                    ASSERT_TRUE(std::isinf(distance.at(i, j, k)));
                } else {
                    ASSERT_NEAR(distance.at(i, j, k), nearest, 1e-10);
                }
            }
        }
    }
}

TEST(VoxelDistance, ClosingFillsASlitAndOpeningRemovesASpur) {
    Mask mask({30, 30, 30}, Eigen::Affine3d(Eigen::Scaling(1e-3)));
    for (int k = 8; k < 22; ++k) {
        for (int j = 8; j < 22; ++j) {
            for (int i = 8; i < 22; ++i) mask.at(i, j, k) = i == 15 ? 0 : 1;
        }
    }
    mask.at(25, 15, 15) = mask.at(24, 15, 15) = mask.at(23, 15, 15) = mask.at(22, 15, 15) = 1;
    const Mask closed = close(mask, 2e-3);
    EXPECT_EQ(closed.at(15, 15, 15), 1);
    const Mask opened = open(closed, 2e-3);
    EXPECT_EQ(opened.at(24, 15, 15), 0);
    EXPECT_EQ(opened.at(10, 15, 15), 1);
}

TEST(VoxelDistance, ClosingDoesNotGrowAlongTheImageFaces) {
    // A ball that touches the upper face: nothing may be added beside it at the face.
    Mask mask({31, 31, 20}, Eigen::Affine3d(Eigen::Scaling(1e-3)));
    for (int k = 0; k < 20; ++k) {
        for (int j = 0; j < 31; ++j) {
            for (int i = 0; i < 31; ++i)
                mask.at(i, j, k) = (Vector3(i, j, k) - Vector3(15, 15, 9)).norm() <= 10.3 ? 1 : 0;
        }
    }
    const Mask closed = close(mask, 6e-3);
    EXPECT_EQ(count(without(closed, dilate(mask, 1e-3))), 0U);
}

TEST(VoxelDistance, SmoothingKeepsAConstantAndTheSum) {
    ScalarImage image({21, 21, 21}, anisotropic(), 3.0F);
    for (const float value : smooth(image, 2e-3).voxels) ASSERT_NEAR(value, 3, 1e-5);
    std::fill(image.voxels.begin(), image.voxels.end(), 0.0F);
    image.at(10, 10, 10) = 1;
    double sum = 0;
    for (const float value : smooth(image, 1e-3).voxels) sum += value;
    EXPECT_NEAR(sum, 1, 1e-5);
}

TEST(VoxelParts, FacesConnectEdgesDoNot) {
    Mask mask({4, 4, 4}, Eigen::Affine3d::Identity());
    mask.at(0, 0, 0) = mask.at(1, 0, 0) = 1;
    mask.at(2, 1, 0) = 1;
    const VoxelParts parts = find_voxel_parts(mask);
    ASSERT_EQ(parts.n_voxels.size(), 2U);
    EXPECT_EQ(count(largest_part(mask)), 2U);
    EXPECT_EQ(count(parts_of_at_least(mask, 2)), 2U);
    EXPECT_EQ(count(largest_part(Mask({3, 3, 3}, Eigen::Affine3d::Identity()))), 0U);
}

TEST(VoxelParts, FillsCavitiesAndWhatIsOpenAlongOneAxisOnly) {
    Mask shell({7, 7, 7}, Eigen::Affine3d::Identity());
    for (int k = 1; k < 6; ++k) {
        for (int j = 1; j < 6; ++j) {
            for (int i = 1; i < 6; ++i)
                shell.at(i, j, k) = i == 1 || i == 5 || j == 1 || j == 5 || k == 5 || k == 1 ? 1 : 0;
        }
    }
    EXPECT_EQ(fill_enclosed(shell).at(3, 3, 3), 1);
    shell.at(3, 3, 1) = 0;
    EXPECT_EQ(fill_enclosed(shell).at(3, 3, 3), 0);
    EXPECT_EQ(fill_enclosed_in_planes(shell, 2).at(3, 3, 3), 1);
    EXPECT_EQ(fill_enclosed_in_planes(shell, 2).at(0, 0, 3), 0);
}

TEST(VoxelParts, OpenVoxelsTakeTheNearestLabel) {
    LabelImage labels({9, 1, 1}, Eigen::Affine3d::Identity());
    labels.at(0, 0, 0) = 4;
    labels.at(8, 0, 0) = 5;
    Mask open_voxels({9, 1, 1}, Eigen::Affine3d::Identity());
    for (int i = 1; i < 7; ++i) open_voxels.at(i, 0, 0) = 1;
    fill_from_neighbours(labels, open_voxels);
    EXPECT_EQ(labels.at(6, 0, 0), 4) << "voxel 7 is closed and 0: nothing comes from that side";
    EXPECT_EQ(labels.at(7, 0, 0), 0);
}

TEST(Resample, FollowsTheAffinesAndIsZeroOutside) {
    ScalarImage image({10, 12, 14}, anisotropic());
    for (int k = 0; k < 14; ++k) {
        for (int j = 0; j < 12; ++j) {
            for (int i = 0; i < 10; ++i) image.at(i, j, k) = static_cast<float>(i + 10 * j + 100 * k);
        }
    }
    const Eigen::Affine3d shifted = anisotropic() * Eigen::Translation3d(2.5, 3.25, 4);
    const ScalarImage result = resample(image, {3, 3, 20}, shifted, Eigen::Affine3d::Identity());
    EXPECT_NEAR(result.at(1, 1, 1), 3.5 + 42.5 + 500, 1e-3);
    EXPECT_EQ(result.at(0, 0, 19), 0);
}

} // namespace
} // namespace corticoil::imaging
