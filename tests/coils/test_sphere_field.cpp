#include "coils/sphere_field.h"

#include "coils/coil_library.h"
#include "coils/primary_field.h"
#include "core/constants.h"
#include "core/error.h"

#include <Eigen/Geometry>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace corticoil::coils {
namespace {

const MagneticDipoles dipole{Vector3(0.02, -0.01, 0.11), Vector3(0.4, 0.3, -0.8)};
const Vector3 centre(0.01, 0.0, 0.005);

VectorField field_at(const Points& points) {
    return electric_field_in_sphere(dipole, 1e6, centre, points);
}

TEST(SphereField, HasNoRadialComponent) {
    const Points points = Points::Random(3, 50) * 0.04 + centre.replicate(1, 50);
    const VectorField field = field_at(points);
    for (int i = 0; i < points.cols(); ++i) {
        const Vector3 radial = (points.col(i) - centre).normalized();
        EXPECT_LT(std::abs(field.col(i).dot(radial)), 1e-12 * field.col(i).norm());
    }
}

TEST(SphereField, CurlIsMinusTheRateOfBAndDivergenceVanishes) {
    const Vector3 at(0.03, 0.01, 0.05);
    const double step = 1e-5;
    Coil coil;
    coil.dipoles = dipole;
    Eigen::Matrix3d e_jacobian;
    Eigen::Matrix3d a_jacobian;
    for (int axis = 0; axis < 3; ++axis) {
        Points pair(3, 2);
        pair.col(0) = at - step * Vector3::Unit(axis);
        pair.col(1) = at + step * Vector3::Unit(axis);
        const VectorField e = field_at(pair);
        const VectorField a = 1e6 * vector_potential(coil, pair);
        e_jacobian.col(axis) = (e.col(1) - e.col(0)) / (2 * step);
        a_jacobian.col(axis) = (a.col(1) - a.col(0)) / (2 * step);
    }
    const auto curl = [](const Eigen::Matrix3d& j) {
        return Vector3(j(2, 1) - j(1, 2), j(0, 2) - j(2, 0), j(1, 0) - j(0, 1));
    };
    EXPECT_LT((curl(e_jacobian) + curl(a_jacobian)).norm() / curl(a_jacobian).norm(), 1e-6);
    EXPECT_LT(std::abs(e_jacobian.trace()) / curl(a_jacobian).norm(), 1e-6);
}

/// The head-side face of the library's coil lies at the sphere's top.
const Vector3 below_the_coil(0, 0, 0.085);

Points points_in_the_sphere(double radius) {
    Points points = Points::Random(3, 40);
    for (Eigen::Index i = 0; i < points.cols(); ++i) points.col(i) *= radius / (1e-3 + points.col(i).norm());
    return points.colwise() + below_the_coil;
}

double relative_difference(const VectorField& field, const VectorField& reference) {
    return (field - reference).colwise().norm().maxCoeff() / reference.colwise().norm().maxCoeff();
}

TEST(SphereField, OfWiresIsThatOfTheDipolesThatFillThem) {
    const Coil coil = load_coil("figure8_70mm");
    const Points points = points_in_the_sphere(0.07);
    const VectorField wires = electric_field_in_sphere(coil, 1e6, below_the_coil, points);
    std::vector<double> errors;
    for (const int n_rings : {6, 12, 24}) {
        errors.push_back(relative_difference(
            electric_field_in_sphere(equivalent_dipoles(coil, n_rings), 1e6, below_the_coil, points), wires));
    }
    // Dipoles converge to the wires at second order.
    EXPECT_NEAR(std::log2(errors[1] / errors[2]), 2, 0.3);
    EXPECT_LT(errors[2], 2e-4);
    // A sphere elsewhere must not pass.
    const VectorField moved =
        electric_field_in_sphere(coil, 1e6, below_the_coil + Vector3(0, 0, 0.003), points);
    EXPECT_GT(relative_difference(moved, wires), 1e-2);
}

TEST(SphereField, OfAWireThatWindsAroundTheSphereIsThatOfTheOtherSurface) {
    // A closed wire around the sphere spans one surface through it, which holds no dipoles we may use, and
    // one around it: a circle at height h has the cap of a sphere above it.
    constexpr double wire_radius = 0.1;
    constexpr int n = 720;
    Coil coil;
    coil.wires.resize(1);
    coil.wires[0].vertices.resize(3, n);
    MagneticDipoles cap;
    constexpr int n_rings = 120;
    cap.positions.resize(3, n_rings * n);
    cap.moments.resize(3, n_rings * n);
    for (int i = 0; i < n; ++i) {
        const double angle = 2 * pi * i / n;
        const Vector3 spoke(std::cos(angle), std::sin(angle), 0);
        coil.wires[0].vertices.col(i) = wire_radius * spoke;
        for (int ring = 0; ring < n_rings; ++ring) {
            const double polar = pi / 2 * (ring + 0.5) / n_rings;
            const Vector3 normal = std::sin(polar) * spoke + std::cos(polar) * Vector3::UnitZ();
            const double area =
                wire_radius * wire_radius * std::sin(polar) * (pi / 2 / n_rings) * (2 * pi / n);
            cap.positions.col(ring * n + i) = wire_radius * normal;
            cap.moments.col(ring * n + i) = area * normal;
        }
    }
    const Points points = points_in_the_sphere(0.07).colwise() - below_the_coil;
    const VectorField wires = electric_field_in_sphere(coil, 1e6, Vector3::Zero(), points);
    EXPECT_LT(relative_difference(electric_field_in_sphere(cap, 1e6, Vector3::Zero(), points), wires), 1e-3);
    cap.moments *= -1;
    EXPECT_GT(relative_difference(electric_field_in_sphere(cap, 1e6, Vector3::Zero(), points), wires), 1.9);
}

TEST(SphereField, LongSegmentsAreIntegratedFinely) {
    Coil coarse;
    coarse.wires.resize(1);
    coarse.wires[0].vertices.resize(3, 4);
    coarse.wires[0].vertices << -0.1, 0.1, 0.1, -0.1, -0.1, -0.1, 0.1, 0.1, -0.005, -0.005, -0.005, -0.005;
    Coil fine;
    fine.wires.resize(1);
    fine.wires[0].vertices.resize(3, 400);
    for (int i = 0; i < 400; ++i) {
        const Vector3 from = coarse.wires[0].vertices.col(i / 100);
        const Vector3 to = coarse.wires[0].vertices.col((i / 100 + 1) % 4);
        fine.wires[0].vertices.col(i) = from + (i % 100) / 100.0 * (to - from);
    }
    const Points points = points_in_the_sphere(0.084);
    const VectorField reference = electric_field_in_sphere(fine, 1e6, below_the_coil, points);
    EXPECT_LT(relative_difference(electric_field_in_sphere(coarse, 1e6, below_the_coil, points), reference),
              2e-6);
}

TEST(SphereField, RefusesSourcesInsideTheSphere) {
    const Points points = points_in_the_sphere(0.07);
    const Coil coil = load_coil("figure8_70mm");
    EXPECT_THROW((void)electric_field_in_sphere(coil, 1e6, Vector3::Zero(), points), Error);
    Coil dipoles;
    dipoles.dipoles = dipole;
    EXPECT_THROW((void)electric_field_in_sphere(dipoles, 1e6, Vector3(0, 0, 0.1), points), Error);
}

} // namespace
} // namespace corticoil::coils
