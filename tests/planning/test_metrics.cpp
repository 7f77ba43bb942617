#include "planning/metrics.h"
#include "planning/surface_field.h"

#include "core/constants.h"
#include "core/tissue.h"
#include "support/box_mesh.h"
#include "support/error_of.h"
#include "support/round_head.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace corticoil::planning {
namespace {

using ::testing::HasSubstr;

TEST(WeightedPercentile, CountsWeightNotItems) {
    Eigen::VectorXd values(4);
    values << 4, 1, 3, 2;
    EXPECT_DOUBLE_EQ(weighted_percentile(values, Eigen::VectorXd::Ones(4), 50), 2);
    EXPECT_DOUBLE_EQ(weighted_percentile(values, Eigen::VectorXd::Ones(4), 100), 4);
    Eigen::VectorXd weights(4);
    weights << 97, 1, 1, 1;
    EXPECT_DOUBLE_EQ(weighted_percentile(values, weights, 50), 4)
        << "the value 4 has almost all of the weight";
    EXPECT_DOUBLE_EQ(weighted_percentile(values, weights, 2), 2);
}

/// A bar of grey matter 0 ≤ z < 0.05 under scalp, where |E| = 10 z.
struct Bar {
    TetMesh mesh = make();
    VectorField field = make_field();

    static TetMesh make() {
        return test::box_mesh(Vector3::Zero(), Vector3(0.1, 0.1, 0.1), {4, 4, 40}, [](const Vector3& p) {
            return p[2] < 0.05 ? tissue::grey_matter : tissue::scalp;
        });
    }
    [[nodiscard]] VectorField make_field() const {
        VectorField values = VectorField::Zero(3, mesh.n_tetrahedra());
        values.row(1) = 10 * barycentres(mesh).row(2);
        return values;
    }
};

TEST(FieldMetrics, OnlyGreyMatterCounts) {
    const Bar bar;
    const FieldMetrics metrics = field_metrics(bar.mesh, bar.field, std::nullopt);
    EXPECT_NEAR(metrics.p999, 0.5, 0.01);
    EXPECT_NEAR(metrics.p95, 0.475, 0.01);
    // |E| ≥ half of the robust maximum fills the upper half of the grey matter.
    EXPECT_NEAR(metrics.focality_volume_50, 0.5 * 0.1 * 0.1 * 0.05, 0.02 * 0.1 * 0.1 * 0.05);
    EXPECT_NEAR(metrics.focality_volume_75, 0.25 * 0.1 * 0.1 * 0.05, 0.02 * 0.1 * 0.1 * 0.05);
    EXPECT_NEAR(metrics.hot_spot.z(), 0.05, 0.002);
    EXPECT_FALSE(metrics.roi.has_value());
}

TEST(FieldMetrics, BallRoiIsCutWithGreyMatter) {
    const Bar bar;
    const Vector3 centre(0.05, 0.05, 0.05);
    const FieldMetrics metrics = field_metrics(bar.mesh, bar.field, ball_roi("centre", centre, 0.02));
    ASSERT_TRUE(metrics.roi.has_value());
    // Half a ball: volume 2π r³/3, centroid 3r/8 below the plane.
    EXPECT_NEAR(metrics.roi->volume, 2 * pi * 8e-6 / 3, 0.05 * 2 * pi * 8e-6 / 3);
    EXPECT_NEAR(metrics.roi->mean_magnitude, 10 * (0.05 - 0.0075), 0.005);
    EXPECT_NEAR(metrics.roi->mean_vector_norm, metrics.roi->mean_magnitude, 1e-12)
        << "E has one direction here";
    // Wrong variant: a ball in the scalp holds no grey matter.
    EXPECT_THAT(test::error_of([&] {
                    (void)field_metrics(bar.mesh, bar.field,
                                        ball_roi("scalp", Vector3(0.05, 0.05, 0.09), 0.02));
                }),
                HasSubstr("holds no grey matter"));
}

TEST(FieldMetrics, MaskRoiFollowsItsAffine) {
    const Bar bar;
    LabelImage mask({10, 10, 10}, Eigen::Affine3d(Eigen::Scaling(0.01)));
    mask.head_from_voxel.translation() = Vector3::Constant(0.005);
    mask.at(5, 5, 2) = 1; // the voxel 0.05 … 0.06, 0.05 … 0.06, 0.02 … 0.03
    const FieldMetrics metrics = field_metrics(bar.mesh, bar.field, mask_roi("mask", mask));
    EXPECT_NEAR(metrics.roi->mean_magnitude, 0.25, 0.01);
    EXPECT_THAT(test::error_of([] {
                    (void)mask_roi("mask", LabelImage({2, 2, 2}, Eigen::Affine3d::Identity()));
                }),
                HasSubstr("every voxel of the mask is zero"));
}

TEST(FieldMetrics, WithoutGreyMatterThereIsNothingToMeasure) {
    Bar bar;
    for (int& label : bar.mesh.labels) label = tissue::scalp;
    EXPECT_THAT(test::error_of([&] { (void)field_metrics(bar.mesh, bar.field, std::nullopt); }),
                HasSubstr("no grey matter"));
}

TEST(MeanMagnitudeFunctional, IsTheMeanAtItsFieldAndItsDerivativeAround) {
    const Bar bar;
    const RoiSamples samples = roi_samples(bar.mesh, ball_roi("centre", Vector3(0.05, 0.05, 0.04), 0.02));
    VectorField values = bar.field;
    values.row(0).setConstant(0.2);
    const solver::FieldFunctional functional = mean_magnitude_functional(samples, values);
    const auto mean = [&](const VectorField& field) {
        double sum = 0;
        for (Eigen::Index i = 0; i < samples.volumes.size(); ++i)
            sum += samples.volumes[i] * field.col(samples.tetrahedra[static_cast<std::size_t>(i)]).norm();
        return sum / samples.volumes.sum();
    };
    EXPECT_NEAR(functional.of(values), mean(values), 1e-13);
    constexpr double step = 1e-4;
    const VectorField change = step * (VectorField::Random(3, values.cols()).array() + 1).matrix();
    EXPECT_NEAR(functional.of(VectorField(values + change)), mean(values + change), 10 * step * step / 0.2);
    EXPECT_GT(std::abs(functional.of(change)), 1e-2 * step) << "the change must show";
    // No direction where there is no field.
    const VectorField none = VectorField::Zero(3, values.cols());
    EXPECT_EQ(mean_magnitude_functional(samples, none).weights.norm(), 0);
}

TEST(RoiSamples, OfAnotherTissue) {
    const Bar bar;
    EXPECT_NEAR(roi_samples(bar.mesh, std::nullopt, tissue::scalp).volumes.sum(), 0.1 * 0.1 * 0.05, 1e-12);
    EXPECT_THAT(test::error_of([&] { (void)roi_samples(bar.mesh, std::nullopt, tissue::white_matter); }),
                HasSubstr("nothing to measure"));
}

TEST(SurfaceField, SplitsIntoNormalAndTangential) {
    const TetMesh mesh = test::round_head();
    // A uniform field along z: E·n into the cortex is −cos θ, positive at the bottom.
    const VectorField field = Vector3(0, 0, 2).replicate(1, mesh.n_tetrahedra());
    const SurfaceField cortex = grey_matter_field(mesh, field);
    for (int i = 0; i < cortex.surface.n_nodes(); ++i) {
        const double cosine = cortex.surface.nodes.col(i).normalized().z();
        EXPECT_NEAR(cortex.magnitude[i], 2, 1e-12);
        EXPECT_NEAR(cortex.normal[i], -2 * cosine, 0.35);
        EXPECT_NEAR(std::hypot(cortex.normal[i], cortex.tangential[i]), 2, 1e-9);
    }
}

} // namespace
} // namespace corticoil::planning
