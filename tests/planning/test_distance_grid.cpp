// Distances around a sphere and around a head with a cavity, on a grid.
#include "planning/distance_grid.h"

#include "core/error.h"
#include "support/round_head.h"

#include <Eigen/Geometry>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <omp.h>

#include <cmath>
#include <random>

namespace corticoil::planning {
namespace {

constexpr double radius = 0.090;
constexpr double facets = 0.0002; ///< [m] how far the test head's triangles lie below the sphere, rounded up.

struct Head {
    TetMesh mesh = test::round_head(32);
    Scalp scalp{mesh};
    DistanceGrid grid{scalp};
};

const Head& head() {
    static const Head one;
    return one;
}

Vector3 random_direction(std::mt19937& random) {
    std::normal_distribution<double> normal;
    return Vector3(normal(random), normal(random), normal(random)).normalized();
}

/// Wrong variant: the nearest node's distance.
double at_nearest_node(const DistanceGrid& grid, const Vector3& point) {
    const Eigen::Vector3i at = ((point - grid.node(0, 0, 0)) / grid.spacing()).array().round().cast<int>();
    return grid.distance(grid.node(at[0], at[1], at[2]));
}

TEST(DistanceGrid, IsTheDistanceNearTheScalp) {
    std::mt19937 random(1);
    std::uniform_real_distribution<double> height(-0.008, 0.008);
    double worst_of_nodes = 0;
    for (int i = 0; i < 2000; ++i) {
        const Vector3 point = (radius + height(random)) * random_direction(random);
        EXPECT_NEAR(head().grid.distance(point), head().scalp.signed_distance(point), 0.0001);
        EXPECT_NEAR(head().grid.distance(point), point.norm() - radius, facets + 0.0001);
        worst_of_nodes =
            std::max(worst_of_nodes, std::abs(at_nearest_node(head().grid, point) - (point.norm() - radius)));
    }
    EXPECT_GT(worst_of_nodes, 0.001);
}

TEST(DistanceGrid, IsABoundFarAway) {
    std::mt19937 random(2);
    std::uniform_real_distribution<double> height(0.008, 0.150);
    for (int i = 0; i < 2000; ++i) {
        const Vector3 point = (radius + height(random)) * random_direction(random);
        const double exact = point.norm() - radius;
        // Beyond the grid's margin it is √(d² + e²) for a way of d from the scalp to the grid's border and e
        // on: no less than (d + e)/√2.
        EXPECT_LE(head().grid.distance(point), exact + 0.001) << point;
        EXPECT_GE(head().grid.distance(point), 0.7 * exact - facets) << point;
        if (exact < 0.020) {
            EXPECT_GE(head().grid.distance(point), exact - 0.001) << point;
        }
    }
}

TEST(DistanceGrid, HasCavitiesInside) {
    const TetMesh hollow = extract(test::round_head(16), [centres = barycentres(test::round_head(16))](
                                                             int t) { return centres.col(t).norm() > 0.03; });
    const Scalp scalp(hollow);
    const DistanceGrid grid(scalp);
    EXPECT_GT(scalp.signed_distance(Vector3::Zero()), 0.08) << "no tetrahedron holds the middle";
    EXPECT_LT(grid.distance(Vector3::Zero()), -0.08);
}

TEST(DistanceGrid, DoesNotDependOnTheNumberOfThreads) {
    const int before = omp_get_max_threads();
    omp_set_num_threads(1);
    const DistanceGrid one(head().scalp, {.spacing = 0.004});
    omp_set_num_threads(3);
    const DistanceGrid three(head().scalp, {.spacing = 0.004});
    omp_set_num_threads(before);
    ASSERT_EQ(one.size(), three.size());
    const auto n = static_cast<std::size_t>(one.size()[0]) * static_cast<std::size_t>(one.size()[1]) *
                   static_cast<std::size_t>(one.size()[2]);
    EXPECT_TRUE(std::equal(one.view().pairs, one.view().pairs + n, three.view().pairs));
}

TEST(DistanceGrid, RefusesAMeshInMillimetres) {
    TetMesh mesh = test::round_head(4);
    mesh.nodes *= 1000;
    const Scalp scalp(mesh);
    try {
        const DistanceGrid grid(scalp);
        FAIL() << "a head of 180 m";
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), ::testing::HasSubstr("check the mesh's unit"));
    }
}

} // namespace
} // namespace corticoil::planning
