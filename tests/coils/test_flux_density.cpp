#include "coils/flux_density.h"

#include "coils/coil_library.h"
#include "coils/primary_field.h"
#include "core/constants.h"

#include <gtest/gtest.h>

#include <cmath>

namespace corticoil::coils {
namespace {

TEST(FluxDensity, OfALoopOnItsAxisIsTheTextbooks) {
    // B = µ0 I R² / (2 (R² + z²)^(3/2)); a polygon of 720 corners is within 2e-5.
    Coil coil;
    constexpr double radius = 0.04;
    constexpr int n = 720;
    WirePath loop;
    loop.vertices.resize(3, n);
    for (int i = 0; i < n; ++i) {
        const double angle = 2 * pi * i / n;
        loop.vertices.col(i) = radius * Vector3(std::cos(angle), std::sin(angle), 0);
    }
    coil.wires.push_back(loop);
    const Points points = Vector3(0, 0, 0.03);
    const double expected =
        vacuum_permeability * radius * radius / (2 * std::pow(radius * radius + 0.03 * 0.03, 1.5));
    const VectorField b = flux_density(coil, points);
    EXPECT_NEAR(b(2, 0), expected, 1e-4 * expected);
    EXPECT_NEAR(b.col(0).head<2>().norm(), 0, 1e-12 * expected + 1e-18);
}

TEST(FluxDensity, IsTheCurlOfThePotentialForWiresAndDipoles) {
    for (const std::string name : {"figure8_70mm", "double_cone"}) {
        Coil coil = load_coil(name);
        coil.dipoles = {Vector3(0.01, 0.02, -0.01), Vector3(1e-4, -2e-4, 3e-4)};
        const Vector3 point(0.02, -0.03, 0.04);
        constexpr double h = 1e-5;
        Eigen::Matrix3d jacobian; // ∂A_i/∂x_j
        for (int j = 0; j < 3; ++j) {
            const Points ahead = point + h * Vector3::Unit(j);
            const Points behind = point - h * Vector3::Unit(j);
            jacobian.col(j) = (vector_potential(coil, ahead) - vector_potential(coil, behind)) / (2 * h);
        }
        const Vector3 curl(jacobian(2, 1) - jacobian(1, 2), jacobian(0, 2) - jacobian(2, 0),
                           jacobian(1, 0) - jacobian(0, 1));
        const Vector3 b = flux_density(coil, Points(point)).col(0);
        EXPECT_LT((b - curl).norm(), 1e-6 * curl.norm()) << name;
        // A is not B: the wrong function misses.
        EXPECT_GT((Vector3(vector_potential(coil, Points(point)).col(0)) - curl).norm(), 0.1 * curl.norm());
    }
}

} // namespace
} // namespace corticoil::coils
