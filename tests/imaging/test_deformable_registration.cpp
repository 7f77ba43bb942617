#include "imaging/deformable_registration.h"

#include "core/error.h"
#include "imaging/carry.h"
#include "imaging/itk_deformable.h"
#include "imaging/local_correlation.h"
#include "imaging/nifti.h"
#include "support/temporary_folder.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <memory>

namespace corticoil::imaging {
namespace {

constexpr int n = 24; // Voxels along each axis of the small images, at 2 mm.

Eigen::Affine3d lattice() {
    return Eigen::Translation3d(-0.024, -0.024, -0.024) * Eigen::Scaling(2e-3);
}

/// Blobs, displaced by `shift` [voxels] along x.
std::vector<float> blobs(double shift) {
    std::vector<float> voxels;
    for (int k = 0; k < n; ++k) {
        for (int j = 0; j < n; ++j) {
            for (int i = 0; i < n; ++i) {
                const double x = i - shift;
                const double radius =
                    std::sqrt((x - 12) * (x - 12) + (j - 12) * (j - 12) + (k - 12) * (k - 12));
                voxels.push_back(static_cast<float>(100 / (1 + std::exp(radius - 7)) +
                                                    10 * std::sin(0.9 * x) * std::sin(0.8 * j)));
            }
        }
    }
    return voxels;
}

ImageView view(const std::vector<float>& voxels) {
    ImageView image;
    image.size = {n, n, n};
    image.head_from_voxel = {2, 0, 0, -24, 0, 2, 0, -24, 0, 0, 2, -24};
    image.voxels = voxels;
    return image;
}

void in_order(int count, const std::function<void(int)>& slice) {
    for (int k = 0; k < count; ++k) slice(k);
}

void backwards(int count, const std::function<void(int)>& slice) {
    for (int k = count - 1; k >= 0; --k) slice(k);
}

TEST(LocalCorrelation, ForcePointsToTheMatchAndVanishesWhereImagesAreEqual) {
    const std::vector<float> fixed = blobs(0);
    const std::vector<float> moving = blobs(0.5);
    const std::vector<std::uint8_t> mask(fixed.size(), 1);
    const CorrelatedImages shifted{{n, n, n}, {2, 2, 2}, fixed, moving, mask};
    const CorrelationForce force = correlation_force(shifted, 2, in_order);
    double along = 0;
    for (std::size_t voxel = 0; voxel < fixed.size(); ++voxel) along += force.force[3 * voxel];
    EXPECT_GT(along, 0) << "moving(x + u) matches fixed(x) for u along +x";
    EXPECT_LT(force.mean, 0.999);
    EXPECT_EQ(force.force, correlation_force(shifted, 2, backwards).force);

    const CorrelationForce none = correlation_force({{n, n, n}, {2, 2, 2}, fixed, fixed, mask}, 2, in_order);
    EXPECT_NEAR(none.mean, 1, 1e-9);
    for (const double component : none.force) ASSERT_EQ(component, 0);
}

TEST(DeformableRegistration, FindsAShiftWhateverTheContrastOnAnyNumberOfThreads) {
    const std::vector<float> fixed = blobs(0);
    std::vector<float> moving = blobs(1);
    for (float& voxel : moving) voxel = 300 - 2 * voxel; // Inverted: only the correlation is left.
    const std::vector<std::uint8_t> mask(fixed.size(), 1);
    const ImagePair images{view(fixed), view(moving), mask, mask};
    DeformableOptions options;
    options.levels = {{.shrink = 2, .smoothing_mm = 1, .n_iterations = 10},
                      {.shrink = 1, .smoothing_mm = 0, .n_iterations = 15}};
    options.n_threads = 1;
    const std::vector<float> one = register_deformable(images, options);
    options.n_threads = 2;
    EXPECT_EQ(one, register_deformable(images, options));
    const std::size_t rim = 19 + n * (12 + n * 12); // Where the blob's edge lies along x.
    EXPECT_NEAR(one[3 * rim], 2, 0.6) << "[mm]; a voxel is 2 mm";
    EXPECT_LT(std::abs(one[3 * rim + 1]), 0.6);
}

/// A mapping whose displacement of MNI points is known.
MniMapping wavy_mapping(double amplitude) {
    MniMapping mapping;
    mapping.mni_from_head = Eigen::Translation3d(0.002, -0.001, 0.003) *
                            Eigen::AngleAxisd(0.1, Vector3::UnitX()) * Eigen::Scaling(1.1);
    VectorImage warp({n, n, n}, lattice(), Eigen::Vector3f::Zero());
    for (int k = 0; k < n; ++k) {
        for (int j = 0; j < n; ++j) {
            for (int i = 0; i < n; ++i) {
                const Vector3 q = warp.head_from_voxel * Vector3(i, j, k);
                const Vector3 u(std::sin(250 * q[1]), std::sin(200 * q[2]), std::sin(300 * q[0]));
                warp.at(i, j, k) = (amplitude * u).cast<float>();
            }
        }
    }
    InverseWarp inverse = invert_head_warp(mapping, warp, {n, n, n}, lattice());
    EXPECT_EQ(inverse.n_not_inverted, 0U);
    mapping.mni_warp = std::make_shared<VectorImage>(std::move(inverse.mni_warp));
    mapping.head_warp = std::make_shared<VectorImage>(std::move(warp));
    return mapping;
}

TEST(DeformableRegistration, TheInverseTakesPointsBack) {
    const MniMapping mapping = wavy_mapping(1.5e-3);
    double largest = 0;
    double largest_by_affine = 0;
    for (double x = -0.012; x < 0.012; x += 0.7e-3) {
        for (double y = -0.012; y < 0.012; y += 0.7e-3) {
            const Vector3 p(x, y, 0.3 * x - 0.2 * y);
            const Vector3 q = mapping.to_mni(p);
            largest = std::max(largest, (mapping.to_head(q) - p).norm());
            largest_by_affine = std::max(largest_by_affine, (mapping.mni_from_head.inverse() * q - p).norm());
        }
    }
    EXPECT_LT(largest, 0.06e-3);
    EXPECT_GT(largest_by_affine, 1e-3) << "the affine alone misses";
}

TEST(DeformableRegistration, RefusesAnImageThatIsLargerThanAScanner) {
    ScalarImage t1({n, n, n}, Eigen::Affine3d(Eigen::Scaling(0.1)));
    t1.voxels = blobs(0);
    EXPECT_THROW((void)add_warp(MniMapping{}, t1, t1), Error);
}

TEST(Carry, LabelsComeBackThroughTheMapping) {
    const MniMapping mapping = wavy_mapping(1e-3);
    LabelImage labels({n, n, n}, lattice());
    for (int k = 0; k < n; ++k) {
        for (int j = 0; j < n; ++j) {
            for (int i = 0; i < n; ++i) labels.at(i, j, k) = static_cast<std::uint8_t>(1 + i / 6);
        }
    }
    const VoxelGrid grid{{8, 8, 8}, Eigen::Translation3d(-0.004, -0.004, -0.004) * Eigen::Scaling(1e-3)};
    const LabelImage carried = carry_to_head(labels, mapping, grid);
    const Vector3 q = lattice().inverse() * mapping.to_mni(grid.head_from_voxel * Vector3(3, 5, 2));
    EXPECT_EQ(carried.at(3, 5, 2), 1 + static_cast<int>(std::round(q[0])) / 6);
}

TEST(VectorNifti, ReturnsWhatWasWritten) {
    const test::TemporaryFolder folder;
    const std::filesystem::path path = folder.path() / "warp.nii.gz";
    const VectorImage warp = *wavy_mapping(1e-3).head_warp;
    write_nifti(path, warp);
    const VectorImage again = read_vector_nifti(path);
    ASSERT_EQ(again.size, warp.size);
    EXPECT_LT((again.head_from_voxel.matrix() - warp.head_from_voxel.matrix()).norm(), 1e-8);
    for (std::size_t voxel = 0; voxel < warp.voxels.size(); ++voxel)
        ASSERT_LT((again.voxels[voxel] - warp.voxels[voxel]).norm(), 1e-6F);
    EXPECT_ANY_THROW((void)read_nifti(path)) << "three numbers per voxel are no image";
}

} // namespace
} // namespace corticoil::imaging
