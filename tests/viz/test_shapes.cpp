#include "sphere_head.h"
#include "viz/ambient_shading.h"
#include "viz/solid_shapes.h"

#include "core/constants.h"

#include <Eigen/Geometry>
#include <gtest/gtest.h>

#include <cmath>

namespace corticoil::viz {
namespace {

double enclosed_volume(const SurfaceMesh& surface) {
    double volume = 0;
    for (int t = 0; t < surface.n_triangles(); ++t) {
        const Vector3 a = surface.nodes.col(surface.triangles(0, t));
        const Vector3 b = surface.nodes.col(surface.triangles(1, t));
        const Vector3 c = surface.nodes.col(surface.triangles(2, t));
        volume += a.dot(b.cross(c)) / 6;
    }
    return volume;
}

/// Area of a regular polygon of 10 sides in a unit circle.
constexpr double decagon_area = 2.938926;

TEST(Tube, EnclosesLengthTimesSection) {
    Points line(3, 4);
    line << 0, 0.1, 0.1, 0.3, 0, 0, 0, 0, 0, 0, 0, 0;
    EXPECT_NEAR(enclosed_volume(tube(line, 0.01)), 0.3 * 1e-4 * decagon_area, 1e-9);
}

TEST(Tube, OfAPointIsEmpty) {
    EXPECT_EQ(tube(Points::Zero(3, 5), 0.01).n_triangles(), 0);
    EXPECT_EQ(tube(Points(3, 0), 0.01).n_triangles(), 0);
}

TEST(Arrow, IsClosedAndPointsOutwards) {
    const SurfaceMesh shape = arrow(Vector3(0, 0, 0), Vector3(0, 0.1, 0), 0.002);
    const VectorField areas = area_vectors(shape);
    EXPECT_LT(areas.rowwise().sum().norm(), 1e-12);
    EXPECT_GT(enclosed_volume(shape), 0);
    EXPECT_NEAR(shape.nodes.row(1).maxCoeff(), 0.1, 1e-12);
}

TEST(Joined, KeepsEveryPart) {
    const SurfaceMesh part = test::sphere(0.01, 8);
    const std::vector<SurfaceMesh> parts{part, {}, part};
    const SurfaceMesh whole = joined(parts);
    EXPECT_EQ(whole.n_nodes(), 2 * part.n_nodes());
    EXPECT_NEAR(enclosed_volume(whole), 2 * enclosed_volume(part), 1e-15);
}

TEST(NodeOpenness, IsLowInAGrooveAndHighOnARidge) {
    // A sphere whose radius ripples with the longitude, 12 grooves of 10 mm.
    SurfaceMesh surface = test::sphere(0.05, 90);
    Eigen::VectorXd ripple(surface.n_nodes());
    for (int node = 0; node < surface.n_nodes(); ++node) {
        const Vector3 point = surface.nodes.col(node);
        const double flank = std::hypot(point.x(), point.y()) / 0.05;
        ripple[node] = flank * flank * std::cos(12 * std::atan2(point.y(), point.x()));
        surface.nodes.col(node) *= 1 + 0.1 * ripple[node];
    }
    const Eigen::VectorXd openness = node_openness(surface);
    EXPECT_GE(openness.minCoeff(), 0);
    EXPECT_LE(openness.maxCoeff(), 1);
    double ridge = 1;
    double groove = 0;
    for (int node = 0; node < surface.n_nodes(); ++node) {
        if (ripple[node] > 0.95) ridge = std::min(ridge, openness[node]);
        if (ripple[node] < -0.95) groove = std::max(groove, openness[node]);
    }
    EXPECT_GT(ridge, groove + 0.3);
}

} // namespace
} // namespace corticoil::viz
