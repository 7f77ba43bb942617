// Places on a round head with an ear and a neck that is cut off.
#include "planning/scalp_places.h"

#include "core/error.h"
#include "support/round_head.h"

#include <Eigen/Geometry>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

namespace corticoil::planning {
namespace {

constexpr double radius = 0.090;
constexpr double cut_height = -0.060;
constexpr double ear_height = 0.020;
constexpr double facets = 0.0004; ///< [m] how far the test head's triangles lie below the sphere, rounded up.

/// The distance from the middle to the surface along a unit vector.
double surface_along(const Vector3& direction) {
    if (direction.z() < 0 && radius * direction.z() < cut_height) return cut_height / direction.z();
    // The ear stands out to the right: a fold 5 mm wide and 40 mm long.
    const bool is_ear = direction.x() > 0 && std::abs(radius * direction.y()) < 0.0025 &&
                        std::abs(radius * direction.z()) < 0.020;
    return is_ear ? radius + ear_height : radius;
}

TetMesh head_with_ear() {
    TetMesh mesh = test::round_head(40);
    for (int i = 0; i < mesh.n_nodes(); ++i) {
        const Vector3 point = mesh.nodes.col(i);
        if (point.norm() > 0) mesh.nodes.col(i) *= surface_along(point.normalized()) / radius;
    }
    return mesh;
}

struct Head {
    TetMesh mesh = head_with_ear();
    Scalp scalp{mesh};
    DistanceGrid grid{scalp};
    ScalpPlaces places{scalp, grid};
};

const Head& head() {
    static const Head one;
    return one;
}

const Vector3 top(0, 0, radius);

double angle_between(const Vector3& a, const Vector3& b) {
    return std::atan2(a.cross(b).norm(), a.dot(b));
}

TEST(ScalpPlaces, NormalsAreTheSmoothedOnes) {
    constexpr double degree = 0.0174533;
    double worst = 0;
    double worst_of_half = 0;
    const ScalpPlaces half(head().scalp, head().grid, 0.005);
    for (const ScalpPlace& place : head().places.around(Vector3(radius, 0.01, 0.03), {0.060, 0.005})) {
        const Vector3 smoothed = head().scalp.smoothed_normal(place.point, 0.010);
        worst = std::max(worst, angle_between(place.normal, smoothed));
        worst_of_half = std::max(worst_of_half, angle_between(half.normal_at(place.point), smoothed));
    }
    EXPECT_LT(worst, 0.5 * degree);
    EXPECT_GT(worst_of_half, 2 * degree) << "near the ear another smoothing must show";
}

TEST(ScalpPlaces, DistancesAreAlongTheScalp) {
    double worst_of_chords = 0;
    for (const ScalpPlace& place : head().places.around(top, {0.100, 0.005})) {
        const double along = radius * angle_between(place.point, top);
        EXPECT_NEAR(place.geodesic_distance, along, 0.0007);
        worst_of_chords = std::max(worst_of_chords, along - (place.point - top).norm());
    }
    EXPECT_GT(worst_of_chords, 0.004);
}

TEST(ScalpPlaces, LieApartAndLeaveNoGap) {
    constexpr double reach = 0.040;
    constexpr double spacing = 0.004;
    const std::vector<ScalpPlace> places = head().places.around(top, {reach, spacing});
    EXPECT_NEAR((places.front().point - top).norm(), 0, facets);
    EXPECT_EQ(places.front().geodesic_distance, 0);
    for (std::size_t i = 0; i < places.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j)
            ASSERT_GE((places[i].point - places[j].point).norm(), spacing * (1 - 1e-9));
    }
    std::mt19937 random(3);
    std::uniform_real_distribution<double> share(0, 1);
    for (int i = 0; i < 500; ++i) {
        const double polar = (reach - spacing) / radius * std::sqrt(share(random));
        const double azimuth = 6.2832 * share(random);
        const Vector3 point = radius * Vector3(std::sin(polar) * std::cos(azimuth),
                                               std::sin(polar) * std::sin(azimuth), std::cos(polar));
        double nearest = std::numeric_limits<double>::infinity();
        for (const ScalpPlace& place : places) nearest = std::min(nearest, (place.point - point).norm());
        EXPECT_LT(nearest, 1.25 * spacing + facets);
    }
}

TEST(ScalpPlaces, AreTheSameEveryTime) {
    const std::vector<ScalpPlace> one = head().places.around(top, {0.030, 0.003});
    const std::vector<ScalpPlace> other = ScalpPlaces(head().scalp, head().grid).around(top, {0.030, 0.003});
    ASSERT_EQ(one.size(), other.size());
    for (std::size_t i = 0; i < one.size(); ++i) {
        EXPECT_EQ(one[i].point, other[i].point);
        EXPECT_EQ(one[i].normal, other[i].normal);
    }
}

TEST(ScalpPlaces, AreNotOnEarsNorNearCuts) {
    int n_of_scalp_there = 0;
    for (int node = 0; node < head().scalp.surface().n_nodes(); ++node) {
        const Vector3 point = head().scalp.surface().nodes.col(node);
        n_of_scalp_there += point.norm() > radius + 0.5 * ear_height ? 1 : 0;
        if (point.norm() > radius + 0.5 * ear_height || point.z() < cut_height + 0.001) {
            EXPECT_FALSE(head().places.is_place(point)) << point;
        }
    }
    EXPECT_GT(n_of_scalp_there, 5);
    const std::vector<ScalpPlace> places = head().places.around(Vector3(0, radius, 0), {0.25, 0.005});
    double nearest_to_cut = 1;
    for (const ScalpPlace& place : places) {
        EXPECT_LT(place.point.norm(), radius + 0.5 * ear_height) << place.point;
        nearest_to_cut = std::min(nearest_to_cut, place.point.z() - cut_height);
    }
    // The border of 10 mm is measured from the cut's plane, of which the edge is 67 mm from the axis.
    EXPECT_GT(nearest_to_cut, 0.005);
    EXPECT_LT(nearest_to_cut, 0.015);
    // Everything else is there: the sphere less the cap under the cut and the border.
    const double area = 2 * 3.1416 * radius * (radius - cut_height - nearest_to_cut);
    EXPECT_NEAR(static_cast<double>(places.size()) * 0.005 * 0.005 / area, 0.85, 0.15);
    EXPECT_THROW((void)head().places.around(Vector3(0, 0, cut_height), {0.010, 0.002}), Error);
}

TEST(ScalpPlaces, SlideAlongTheScalp) {
    constexpr double way = 0.040;
    const ScalpPlace start = head().places.nearest(top);
    const ScalpPlace there = head().places.slide(start, Vector3(0, way, 0.010));
    EXPECT_NEAR(radius * angle_between(there.point, top), way, 0.0005);
    EXPECT_LT(angle_between(there.normal, there.point), 0.01);
    EXPECT_NEAR(there.point.x(), 0, 0.0005);
    EXPECT_NEAR(there.geodesic_distance, way, 0.0001);
    // Wrong variant: one step in the tangent plane and down.
    const ScalpPlace at_once = head().places.nearest(top + Vector3(0, way, 0));
    EXPECT_GT(std::abs(radius * angle_between(at_once.point, top) - way), 0.002);
}

TEST(ScalpPlaces, HavePlanes) {
    const ScalpPlace place = head().places.nearest(Vector3(0, 1, 1));
    const RigidTransform plane = head_from_plane(place, Vector3(1, 0, 0.5));
    EXPECT_EQ(plane.translation(), place.point);
    EXPECT_NEAR((plane.rotation().col(2) + place.normal).norm(), 0, 1e-12);
    EXPECT_GT(plane.rotation().col(0).x(), 0.8);
    EXPECT_THROW((void)head_from_plane(place, place.normal), Error);
}

} // namespace
} // namespace corticoil::planning
