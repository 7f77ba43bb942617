#include "imaging/lesion_filling.h"

#include "core/tissue.h"
#include "imaging/mask_algebra.h"
#include "phantom_head.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace corticoil::imaging {
namespace {

using test::error_of;
using ::testing::HasSubstr;

/// A ball in the phantom's labels.
Mask ball(const LabelImage& grid, const Vector3& centre, double radius) {
    Mask mask(grid.size, grid.head_from_voxel);
    for (int k = 0; k < grid.size[2]; ++k) {
        for (int j = 0; j < grid.size[1]; ++j) {
            for (int i = 0; i < grid.size[0]; ++i) {
                const Vector3 point = grid.head_from_voxel * Vector3(i, j, k);
                mask.at(i, j, k) = (point - centre).norm() <= radius ? 1 : 0;
            }
        }
    }
    return mask;
}

struct Moments {
    double mean = 0;
    double deviation = 0;
};

/// Of the image over `reference` in a mask.
Moments ratio_in(const ScalarImage& image, const ScalarImage& reference, const Mask& mask) {
    double sum = 0, squares = 0, n_voxels = 0;
    for (std::size_t n = 0; n < mask.voxels.size(); ++n) {
        if (mask.voxels[n] == 0) continue;
        const double ratio = image.voxels[n] / reference.voxels[n];
        sum += ratio;
        squares += ratio * ratio;
        ++n_voxels;
    }
    return {sum / n_voxels, std::sqrt(squares / n_voxels - sum * sum / n_voxels / n_voxels)};
}

/// The phantom's white matter without noise.
ScalarImage white_without_noise(const LabelImage& grid) {
    ScalarImage white(grid.size, grid.head_from_voxel);
    for (int k = 0; k < grid.size[2]; ++k) {
        for (int j = 0; j < grid.size[1]; ++j) {
            for (int i = 0; i < grid.size[0]; ++i) {
                const double y = (grid.head_from_voxel * Vector3(i, j, k)).y();
                white.at(i, j, k) = static_cast<float>(110 * (1 + 0.15 * (y + 0.015) / 0.080));
            }
        }
    }
    return white;
}

// One deep lesion, one in the front where the bias is +9 %, one that touches grey matter.
struct LesionedPhantom {
    test::PhantomHead head = test::make_phantom_head();
    Mask lesions = either(either(ball(head.labels, Vector3(-0.025, -0.02, 0.02), 0.006),
                                 ball(head.labels, Vector3(-0.010, 0.032, 0.02), 0.005)),
                          ball(head.labels, Vector3(0.040, -0.015, 0.015), 0.005));
    ScalarImage t1 = head.t1;

    LesionedPhantom() {
        for (std::size_t n = 0; n < t1.voxels.size(); ++n) {
            if (lesions.voxels[n] != 0) t1.voxels[n] *= 0.5F;
        }
    }
};

TEST(LesionFilling, TakesTheLocalMeanAndNoiseOfWhiteMatter) {
    const LesionedPhantom phantom;
    const FilledT1 filled = fill_lesions(phantom.t1, phantom.lesions);
    const ScalarImage white = white_without_noise(phantom.head.labels);
    const Moments after = ratio_in(filled.t1, white, phantom.lesions);
    EXPECT_NEAR(after.mean, 1, 0.015);
    const double noise = 5 / std::sqrt(3) / 110; // Uniform over ±5.
    EXPECT_NEAR(after.deviation, noise, 0.4 * noise);
    EXPECT_LT(ratio_in(phantom.t1, white, phantom.lesions).mean, 0.6) << "unfilled";
    for (std::size_t n = 0; n < filled.t1.voxels.size(); ++n) {
        if (phantom.lesions.voxels[n] == 0) {
            ASSERT_EQ(filled.t1.voxels[n], phantom.t1.voxels[n]) << "what is no lesion stays";
        }
    }
}

TEST(LesionFilling, FollowsTheBiasField) {
    const LesionedPhantom phantom;
    const FilledT1 filled = fill_lesions(phantom.t1, phantom.lesions);
    const Mask front = ball(phantom.head.labels, Vector3(-0.010, 0.032, 0.02), 0.005);
    const ScalarImage constant(phantom.t1.size, phantom.t1.head_from_voxel, 110.0F);
    EXPECT_NEAR(ratio_in(filled.t1, constant, front).mean, 1.088, 0.02);
}

TEST(LesionFilling, IsTheSameOnEveryRun) {
    const LesionedPhantom phantom;
    EXPECT_EQ(fill_lesions(phantom.t1, phantom.lesions).t1.voxels,
              fill_lesions(phantom.t1, phantom.lesions).t1.voxels);
}

TEST(LesionFilling, NeedsSurroundings) {
    const ScalarImage t1({4, 4, 4}, Eigen::Affine3d(Eigen::Scaling(1e-3)), 100);
    const Mask all({4, 4, 4}, t1.head_from_voxel, 1);
    EXPECT_THAT(error_of([&] { (void)fill_lesions(t1, all); }), HasSubstr("around the lesions"));
}

} // namespace
} // namespace corticoil::imaging
