#include "sphere_head.h"
#include "viz/surface_statistics.h"

#include "core/constants.h"
#include "core/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace corticoil::viz {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

/// Ten separate triangles: area of number i is (i + 1)² / 2 · 1e-6 m², all its nodes have the value
/// `values[i]`.
SurfaceMesh separate_triangles() {
    SurfaceMesh surface;
    surface.nodes.resize(3, 30);
    surface.triangles.resize(3, 10);
    for (int i = 0; i < 10; ++i) {
        const double side = (i + 1) * 1e-3;
        surface.nodes.col(3 * i) = Vector3(i, 0, 0);
        surface.nodes.col(3 * i + 1) = Vector3(i + side, 0, 0);
        surface.nodes.col(3 * i + 2) = Vector3(i, side, 0);
        surface.triangles.col(i) << 3 * i, 3 * i + 1, 3 * i + 2;
    }
    return surface;
}

TEST(AreaWeightedPercentile, WeighsByAreaNotByNode) {
    const SurfaceMesh surface = separate_triangles();
    Eigen::VectorXd values(30);
    for (int i = 0; i < 10; ++i) values.segment(3 * i, 3).setConstant(i);
    // Areas grow as 1, 4, … 100, in total 385: values up to 6 cover 140 / 385 = 36 %, up to 7 cover 53 %.
    EXPECT_NEAR(area_weighted_percentile(surface, values, 45), 7, 1e-12);
    EXPECT_NEAR(area_weighted_percentile(surface, values, 60), 8, 1e-12);
    EXPECT_EQ(area_weighted_percentile(surface, values, 0), 0);
    EXPECT_EQ(area_weighted_percentile(surface, values, 100), 9);
    // By node the median would be 4.5.
    EXPECT_GT(area_weighted_percentile(surface, values, 50), 6.5);
}

TEST(AreaWeightedPercentile, OfTheHeightOnASphereIsArchimedes) {
    // The area of a sphere below the height z is proportional to z + r.
    const SurfaceMesh surface = test::sphere(1.0, 120);
    const Eigen::VectorXd heights = surface.nodes.row(2);
    for (const double percentile : {1.0, 25.0, 50.0, 90.0, 99.9}) {
        EXPECT_NEAR(area_weighted_percentile(surface, heights, percentile), 2 * percentile / 100 - 1, 0.03);
    }
}

TEST(AreaWeightedPercentile, RefusesWhatHasNone) {
    SurfaceMesh surface = separate_triangles();
    Eigen::VectorXd values = Eigen::VectorXd::Ones(30);
    values[4] = std::numeric_limits<double>::quiet_NaN();
    EXPECT_THAT([&] { (void)area_weighted_percentile(surface, values, 50); },
                ThrowsMessage<Error>(HasSubstr("the field at surface node 4 is nan")));
    EXPECT_THAT([&] { (void)area_weighted_percentile(surface, Eigen::VectorXd::Ones(30), 101); },
                ThrowsMessage<Error>(HasSubstr("percentile 101")));
    surface.nodes.setZero();
    EXPECT_THAT([&] { (void)area_weighted_percentile(surface, Eigen::VectorXd::Ones(30), 50); },
                ThrowsMessage<Error>(HasSubstr("has no area")));
}

TEST(SphereCut, LiesOnTheSphereAndAddsUpToACircle) {
    const SurfaceMesh surface = test::sphere(0.07, 100);
    const Vector3 centre(0.07, 0, 0);
    const double radius = 0.020;
    double length = 0;
    for (const Points& line : sphere_cut(surface, centre, radius)) {
        ASSERT_EQ(line.cols(), 2);
        EXPECT_NEAR((line.col(0) - centre).norm(), radius, 1e-12);
        EXPECT_NEAR((line.col(1) - centre).norm(), radius, 1e-12);
        length += (line.col(1) - line.col(0)).norm();
    }
    // Two spheres meet in a circle of radius r·√(1 − (r / 2R)²).
    const double circle = radius * std::sqrt(1 - std::pow(radius / 0.14, 2));
    EXPECT_NEAR(length, 2 * pi * circle, 0.02 * length);
    EXPECT_TRUE(sphere_cut(surface, Vector3(1, 0, 0), radius).empty());
}

} // namespace
} // namespace corticoil::viz
