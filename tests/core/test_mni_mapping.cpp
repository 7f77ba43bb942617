#include "core/mni_mapping.h"

#include <gtest/gtest.h>

#include <memory>

namespace corticoil {
namespace {

/// Displacements that are linear in the point, on a grid that is not aligned with the axes.
std::shared_ptr<const VectorImage> linear_displacement(const Eigen::Matrix3d& gradient) {
    Eigen::Affine3d grid = Eigen::Affine3d::Identity();
    grid.translate(Vector3(-0.05, -0.04, -0.03));
    grid.rotate(Eigen::AngleAxisd(0.2, Vector3(1, 2, 3).normalized()));
    grid.scale(0.01);
    auto image = std::make_shared<VectorImage>(std::array<int, 3>{9, 8, 7}, grid, Eigen::Vector3f(0, 0, 0));
    for (int k = 0; k < 7; ++k) {
        for (int j = 0; j < 8; ++j) {
            for (int i = 0; i < 9; ++i)
                image->at(i, j, k) = (gradient * (grid * Vector3(i, j, k))).cast<float>();
        }
    }
    return image;
}

TEST(VectorImage, InterpolationIsExactForLinearFieldsAndConstantBeyondTheGrid) {
    Eigen::Matrix3d gradient;
    gradient << 0.1, 0.02, 0, -0.03, 0.05, 0.01, 0, 0.04, -0.2;
    const std::shared_ptr<const VectorImage> image = linear_displacement(gradient);
    const Vector3 inside = image->head_from_voxel * Vector3(3.3, 4.6, 2.1);
    EXPECT_LT((interpolate(*image, inside) - gradient * inside).norm(), 1e-8);
    EXPECT_GT((interpolate(*image, inside) - gradient * (inside + Vector3(1e-3, 0, 0))).norm(), 1e-5);
    const Vector3 outside = image->head_from_voxel * Vector3(3.3, 4.6, 9.0);
    const Vector3 at_face = image->head_from_voxel * Vector3(3.3, 4.6, 6.0);
    EXPECT_LT((interpolate(*image, outside) - gradient * at_face).norm(), 1e-8);
}

TEST(MniMapping, DisplacementsAddToTheAffineInBothDirections) {
    MniMapping mapping;
    mapping.mni_from_head.translate(Vector3(0.01, 0, 0));
    mapping.mni_from_head.scale(1.1);
    const Vector3 p_head(0.002, -0.003, 0.004);
    EXPECT_FALSE(mapping.is_deformable());
    EXPECT_LT((mapping.to_head(mapping.to_mni(p_head)) - p_head).norm(), 1e-15);

    // to_mni is p ↦ A p + G p; its inverse's displacement is q ↦ (A + G)⁻¹ q − A⁻¹ q, linear too.
    Eigen::Matrix3d gradient;
    gradient << 0.1, 0.02, 0, -0.03, 0.05, 0.01, 0, 0.04, -0.2;
    mapping.mni_from_head.translation().setZero();
    const Eigen::Matrix3d affine = mapping.mni_from_head.linear();
    mapping.mni_warp = linear_displacement(gradient);
    mapping.head_warp = linear_displacement((affine + gradient).inverse() - affine.inverse());
    EXPECT_TRUE(mapping.is_deformable());
    EXPECT_LT((mapping.to_mni(p_head) - (affine + gradient) * p_head).norm(), 1e-9);
    EXPECT_LT((mapping.to_head(mapping.to_mni(p_head)) - p_head).norm(), 1e-8);
}

} // namespace
} // namespace corticoil
