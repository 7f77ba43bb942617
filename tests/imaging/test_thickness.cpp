#include "imaging/thickness.h"

#include "core/tissue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace corticoil::imaging {
namespace {

/// Radii of the layers [m].
struct Ball {
    double brain = 0.068;
    double csf = 0.071;
    double bone = 0.078;
    double scalp = 0.085;
};

/// A round head where MNI space has one: about 150 mm wide, its middle at (0, −15, 15) mm.
LabelImage round_head(const Ball& ball, double spacing = 1.5e-3) {
    const Vector3 centre(0, -0.015, 0.015);
    Eigen::Affine3d affine = Eigen::Affine3d::Identity();
    affine.linear() *= spacing;
    affine.translation() = centre - Vector3::Constant(0.090);
    const int n = static_cast<int>(0.180 / spacing) + 1;
    LabelImage labels({n, n, n}, affine);
    for (int k = 0; k < n; ++k) {
        for (int j = 0; j < n; ++j) {
            for (int i = 0; i < n; ++i) {
                const double radius = (affine * Vector3(i, j, k) - centre).norm();
                labels.at(i, j, k) = static_cast<std::uint8_t>(radius < ball.brain   ? tissue::grey_matter
                                                               : radius < ball.csf   ? tissue::csf
                                                               : radius < ball.bone  ? tissue::bone
                                                               : radius < ball.scalp ? tissue::scalp
                                                                                     : tissue::air);
            }
        }
    }
    return labels;
}

const RegionThickness& region(const LayerQuality& quality, const std::string& name) {
    return *std::find_if(quality.regions.begin(), quality.regions.end(),
                         [&](const RegionThickness& candidate) { return candidate.name == name; });
}

/// Sets what lies in a cone around `direction` from the middle, between two radii, to `label`.
void paint(LabelImage& labels, const Vector3& direction, double from, double to, int label,
           double cosine = 0.97) {
    const Vector3 centre(0, -0.015, 0.015);
    for (int k = 0; k < labels.size[2]; ++k) {
        for (int j = 0; j < labels.size[1]; ++j) {
            for (int i = 0; i < labels.size[0]; ++i) {
                const Vector3 arm = labels.head_from_voxel * Vector3(i, j, k) - centre;
                if (arm.norm() < from || arm.norm() >= to) continue;
                if (arm.normalized().dot(direction.normalized()) > cosine)
                    labels.at(i, j, k) = static_cast<std::uint8_t>(label);
            }
        }
    }
}

TEST(Thickness, LayersOfARoundHeadHaveTheirThicknessInEveryRegion) {
    for (const double spacing : {1e-3, 1.3e-3}) {
        const LayerQuality quality = measure_layers(round_head({}, spacing), {});
        ASSERT_EQ(quality.regions.size(), 8U);
        for (const RegionThickness& found : quality.regions) {
            EXPECT_GT(found.area, 10e-4) << found.name;
            EXPECT_NEAR(found.skull.median, 7e-3, 0.5e-3) << found.name << ", " << spacing;
            EXPECT_NEAR(found.csf.median, 3e-3, 0.5e-3) << found.name << ", " << spacing;
            EXPECT_NEAR(found.scalp.median, 7e-3, 0.5e-3) << found.name << ", " << spacing;
        }
        EXPECT_DOUBLE_EQ(quality.nested(), 1);
        EXPECT_DOUBLE_EQ(quality.brain_under_csf, 1);
    }
}

TEST(Thickness, AThinPlaceIsFoundWhereItIsAndNowhereElse) {
    LabelImage labels = round_head({});
    const Vector3 left_parietal(-0.6, -0.5, 0.8);
    paint(labels, left_parietal, 0.072, 0.0785, tissue::scalp, 0.80); // 1 mm of bone is left.
    const LayerQuality quality = measure_layers(labels, {});
    EXPECT_NEAR(region(quality, "left parietal").skull.median, 1.2e-3, 0.9e-3);
    EXPECT_NEAR(region(quality, "right parietal").skull.median, 7e-3, 0.5e-3);
    EXPECT_NEAR(region(quality, "left frontal").skull.median, 7e-3, 0.5e-3);
}

TEST(Thickness, EveryBreachOfTheLayersIsSeen) {
    const Vector3 up(0.3, 0.2, 1);
    const auto with = [&](double from, double to, int label) {
        LabelImage labels = round_head({});
        paint(labels, up, from, to, label);
        return measure_layers(labels, {});
    };
    EXPECT_LT(with(0.0675, 0.0715, tissue::grey_matter).csf_under_bone, 0.99) << "brain reaches bone";
    EXPECT_LT(with(0.0675, 0.0715, tissue::grey_matter).brain_under_csf, 0.99);
    EXPECT_LT(with(0.0705, 0.0785, tissue::scalp).csf_under_bone, 0.99) << "a hole in the skull";
    EXPECT_LT(with(0.0775, 0.0855, tissue::air).bone_under_scalp, 0.99) << "bare bone";
    EXPECT_LT(with(0.0775, 0.0855, tissue::air).nested(), 0.99);
}

TEST(Thickness, BelowTheSkullBaseNothingCounts) {
    LabelImage labels = round_head({});
    paint(labels, Vector3(0, 0, -1), 0.0675, 0.0855, tissue::scalp); // The spine's opening.
    EXPECT_DOUBLE_EQ(measure_layers(labels, {}).nested(), 1);
}

TEST(Thickness, AHeadWithoutABrainHasNoLayers) {
    const LayerQuality quality = measure_layers(LabelImage({4, 4, 4}, Eigen::Affine3d::Identity(), 5), {});
    EXPECT_TRUE(quality.regions.empty());
}

} // namespace
} // namespace corticoil::imaging
