#include "coils/sphere_contact.h"

#include "coils/coil_library.h"
#include "core/constants.h"

#include "support/error_of.h"

#include <Eigen/Geometry>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace corticoil::coils {
namespace {

using test::error_of;
using ::testing::HasSubstr;

constexpr double radius = 0.085;
constexpr double never = -1;

SurfaceMesh triangle(const Vector3& a, const Vector3& b, const Vector3& c) {
    SurfaceMesh mesh;
    mesh.nodes.resize(3, 3);
    mesh.nodes << a, b, c;
    mesh.triangles.resize(3, 1);
    mesh.triangles << 0, 1, 2;
    return mesh;
}

double touching(const Vector3& a, const Vector3& b, const Vector3& c) {
    return touching_centre(triangle(a, b, c), radius).value_or(never);
}

/// The wrong variant: the sphere rests on nodes alone.
double touching_nodes(const SurfaceMesh& mesh) {
    double centre = never;
    for (int i = 0; i < mesh.n_nodes(); ++i) {
        const double squared = radius * radius - mesh.nodes.col(i).head<2>().squaredNorm();
        if (squared >= 0) centre = std::max(centre, mesh.nodes(2, i) + std::sqrt(squared));
    }
    return centre;
}

TEST(SphereContact, OfAFaceByHand) {
    // A level face at z = 3 mm, wherever its nodes are and however it is turned.
    const Vector3 a(0.3, -0.2, 0.003);
    const Vector3 b(-0.3, -0.2, 0.003);
    const Vector3 c(0, 0.4, 0.003);
    EXPECT_NEAR(touching(a, b, c), 0.003 + radius, 1e-15);
    EXPECT_NEAR(touching(a, c, b), 0.003 + radius, 1e-15);
    // Tilted by 30° around y: the centre is R from the plane, R/cos 30° above it along z.
    const Eigen::Matrix3d tilt = Eigen::AngleAxisd(pi / 6, Vector3::UnitY()).toRotationMatrix();
    const Vector3 down(0, 0, 0.003);
    EXPECT_NEAR(touching(tilt * (a - down), tilt * (b - down), tilt * (c - down)), radius / std::cos(pi / 6),
                1e-15);
}

TEST(SphereContact, OfAnEdgeAndANodeByHand) {
    // A wedge that hangs down from a level edge, 40 mm beside the axis; it rises towards y = 0.
    const double rise = std::sqrt(radius * radius - 0.040 * 0.040);
    EXPECT_NEAR(touching({-0.1, 0.04, 0.002}, {0.1, 0.04, 0.002}, {0, 0.1, -0.1}), 0.002 + rise, 1e-15);
    // A sloping edge through the axis: in its plane the sphere is a circle on a line of slope 1/2.
    EXPECT_NEAR(touching({-0.1, 0, -0.05}, {0.1, 0, 0.05}, {0, 0, -0.2}), radius * std::sqrt(1.25), 1e-15);
    // A tip, and an upright edge that ends there.
    const double tip = 0.01 + std::sqrt(radius * radius - 0.030 * 0.030);
    EXPECT_NEAR(touching({0.03, 0, 0.01}, {0.03, 0.01, -0.2}, {0.04, -0.01, -0.2}), tip, 1e-15);
    EXPECT_NEAR(touching({0.03, 0, 0.01}, {0.03, 0, -0.2}, {0.05, 0, -0.2}), tip, 1e-15);
}

TEST(SphereContact, OfRandomTrianglesIsTheLimitOfSampling) {
    std::mt19937 generator(3);
    std::uniform_real_distribution<double> uniform(-1, 1);
    int n_touching = 0;
    for (int trial = 0; trial < 300; ++trial) {
        Eigen::Matrix3d corners = Eigen::Matrix3d::NullaryExpr([&] { return 0.1 * uniform(generator); });
        if (trial % 5 == 0) corners.row(0).setConstant(corners(0, 0)); // Upright.
        constexpr int n = 400;
        double sampled = never;
        for (int i = 0; i <= n; ++i) {
            for (int j = 0; i + j <= n; ++j) {
                const Vector3 p = corners * Vector3(i, j, n - i - j) / static_cast<double>(n);
                const double squared = radius * radius - p.head<2>().squaredNorm();
                if (squared >= 0) sampled = std::max(sampled, p.z() + std::sqrt(squared));
            }
        }
        const double exact = touching(corners.col(0), corners.col(1), corners.col(2));
        EXPECT_GE(exact, sampled - 1e-12) << "trial " << trial;
        // Where the sphere only grazes the cylinder around the axis, samples come near as a root does.
        EXPECT_LE(exact, sampled + 2e-3) << "trial " << trial;
        if (sampled != never && exact - sampled < 1e-5) ++n_touching;
    }
    EXPECT_GT(n_touching, 200);
}

TEST(SphereContact, NodesAloneMissTheFacesOfACoarseBentCasing) {
    // Two wings, each a rectangle of 100×100 mm, that rise by 20° from the line between them.
    SurfaceMesh bent;
    const double up = 0.1 * std::tan(pi / 9);
    bent.nodes.resize(3, 6);
    bent.nodes << 0, 0, 0.1, 0.1, -0.1, -0.1, -0.05, 0.05, -0.05, 0.05, -0.05, 0.05, 0, 0, up, up, up, up;
    bent.triangles.resize(3, 4);
    bent.triangles << 0, 0, 0, 0, 2, 3, 1, 5, 3, 1, 5, 4;
    EXPECT_NEAR(touching_centre(bent, radius).value_or(never), radius / std::cos(pi / 9), 1e-12);
    EXPECT_LT(touching_nodes(bent), radius - 0.01) << "nodes alone let the sphere in by more than 10 mm";
}

TEST(SphereContact, LiftOfCoils) {
    EXPECT_NEAR(lift_above_sphere(load_coil("figure8_70mm"), radius), 0, 1e-15);
    Coil coil = load_coil("figure8_70mm");
    coil.casing.reset();
    EXPECT_NEAR(lift_above_sphere(coil, radius), 0, 1e-15) << "without a casing the plane z = 0 touches";
    coil.casing = triangle({0.3, -0.2, -0.001}, {-0.3, -0.2, -0.001}, {0, 0.4, -0.001});
    EXPECT_NEAR(lift_above_sphere(coil, radius), -0.001, 1e-15);
    // A dipole beside the axis, before the face.
    coil.casing.reset();
    coil.dipoles.positions = Vector3(0.051, 0, 0.030);
    coil.dipoles.moments = Vector3(0, 0, 1);
    EXPECT_NEAR(lift_above_sphere(coil, radius), 0.030 + 0.068 - radius, 1e-15);
    coil.casing = triangle({0.2, 0.2, 0}, {0.3, 0.2, 0}, {0.2, 0.3, 0});
    EXPECT_THAT(error_of([&] { (void)lift_above_sphere(coil, radius); }), HasSubstr("never touches"));
    EXPECT_THAT(error_of([&] { (void)lift_above_sphere(coil, 0); }), HasSubstr("no surface"));
}

} // namespace
} // namespace corticoil::coils
