#include "planning/roi_parts.h"

#include "core/head_model.h"
#include "support/round_head.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace corticoil::planning {
namespace {

RoiSamples samples() {
    return roi_samples(test::round_head(16), ball_roi("ball", Vector3(0.01, 0, 0.04), 0.02));
}

double largest_extent(const RoiSamples& part) {
    return (part.points.rowwise().maxCoeff() - part.points.rowwise().minCoeff()).maxCoeff();
}

TEST(RoiParts, HoldEverySampleOnceAndAreOfLikeVolume) {
    const RoiSamples whole = samples();
    for (const int n : {1, 2, 5, 8}) {
        const std::vector<RoiSamples> parts = roi_parts(whole, n);
        ASSERT_EQ(parts.size(), static_cast<std::size_t>(n));
        double volume = 0;
        std::vector<double> places;
        for (const RoiSamples& part : parts) {
            EXPECT_NEAR(part.volumes.sum(), whole.volumes.sum() / n, 0.1 * whole.volumes.sum() / n);
            EXPECT_EQ(part.points.cols(), part.volumes.size());
            EXPECT_EQ(part.tetrahedra.size(), static_cast<std::size_t>(part.volumes.size()));
            EXPECT_EQ(part.barycentric.cols(), part.volumes.size());
            volume += part.volumes.sum();
            for (Eigen::Index i = 0; i < part.points.cols(); ++i)
                places.push_back(part.points.col(i).dot(Vector3(1, 1.0e2, 1.0e4)));
        }
        EXPECT_NEAR(volume, whole.volumes.sum(), 1e-12 * volume);
        std::vector<double> expected;
        for (Eigen::Index i = 0; i < whole.points.cols(); ++i)
            expected.push_back(whole.points.col(i).dot(Vector3(1, 1.0e2, 1.0e4)));
        std::sort(places.begin(), places.end());
        std::sort(expected.begin(), expected.end());
        EXPECT_EQ(places, expected);
    }
}

TEST(RoiParts, AreCompact) {
    const RoiSamples whole = samples();
    for (const RoiSamples& part : roi_parts(whole, 8))
        EXPECT_LT(largest_extent(part), 0.75 * largest_extent(whole));
    EXPECT_EQ(roi_parts(whole, 1 << 20).size(), static_cast<std::size_t>(whole.volumes.size()));
}

TEST(RoiParts, NormsOfTheirMeansApproachTheMeanNorm) {
    const TetMesh mesh = test::round_head(16);
    const RoiSamples whole = samples();
    // A field that turns around a line through the ROI: its mean all but vanishes.
    VectorField turning(3, mesh.n_tetrahedra());
    const Points centres = barycentres(mesh);
    for (Eigen::Index t = 0; t < centres.cols(); ++t) {
        const Vector3 from = centres.col(t) - Vector3(0.01, 0, 0.04);
        turning.col(t) = Vector3(-from.y(), from.x(), 0).normalized();
    }
    const solver::ElementField field(turning);
    const double expected = mean_magnitude(whole, field);
    const auto estimate = [&](int n) {
        double sum = 0;
        for (const RoiSamples& part : roi_parts(whole, n)) {
            Vector3 mean;
            const auto functionals = mean_field_functionals(part);
            for (int axis = 0; axis < 3; ++axis)
                mean[axis] = functionals[static_cast<std::size_t>(axis)].of(field);
            sum += part.volumes.sum() * mean.norm();
        }
        return sum / whole.volumes.sum();
    };
    EXPECT_NEAR(estimate(64), expected, 0.1 * expected);
    EXPECT_LT(estimate(1), 0.3 * expected) << "the norm of the mean is not the mean of the norm";
}

} // namespace
} // namespace corticoil::planning
