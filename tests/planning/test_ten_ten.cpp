#include "planning/ten_ten.h"

#include "planning/scalp_curve.h"
#include "support/ellipsoid.h"
#include "support/error_of.h"

#include <Eigen/Geometry>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <numbers>
#include <set>

namespace corticoil::planning {
namespace {

using ::testing::HasSubstr;

constexpr double pi = std::numbers::pi;

/// Around the origin, its meridians about 1° apart.
SurfaceMesh ellipsoid(const Vector3& radii) {
    return test::ellipsoid(radii, Vector3::Zero(), 180);
}

std::map<std::string, Vector3> places_of(const TenTen& ten_ten) {
    std::map<std::string, Vector3> places;
    for (const ScalpPosition& position : ten_ten.positions) places[position.name] = position.point;
    return places;
}

/// A point of the sphere of radius 0.1 m; angles in degrees.
Vector3 on_sphere(double elevation, double azimuth_from_front_to_left) {
    const double e = elevation * pi / 180;
    const double a = azimuth_from_front_to_left * pi / 180;
    return 0.1 * Vector3(-std::cos(e) * std::sin(a), std::cos(e) * std::cos(a), std::sin(e));
}

const Fiducials equator{on_sphere(0, 0), on_sphere(0, 180), on_sphere(0, 90), on_sphere(0, -90)};

/// Chords of a degree lie by 0.1 m · (1°)²/8 = 4 µm under the sphere.
constexpr double facets = 3e-5;

TEST(TenTen, HasTheEightyOneNamesOnce) {
    const std::vector<std::string> names = ten_ten_names();
    EXPECT_EQ(names.size(), 81);
    EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), names.size());
    for (const char* name :
         {"Nz", "Iz", "Cz", "F3", "F4", "C3", "I1", "I2", "PO9", "PO10", "T9", "AF4", "O2"})
        EXPECT_THAT(names, ::testing::Contains(name));
}

TEST(TenTen, NamesAreFoundInAnyCapitalsWithTheirSide) {
    EXPECT_EQ(find_ten_ten_name("fcz"), "FCz");
    EXPECT_EQ(find_ten_ten_name("PO10"), "PO10");
    EXPECT_FALSE(find_ten_ten_name("F33").has_value());
    EXPECT_FALSE(find_ten_ten_name("").has_value());
    EXPECT_EQ(towards_midline("F3"), 1);
    EXPECT_EQ(towards_midline("T10"), -1);
    EXPECT_EQ(towards_midline("Cz"), 0);
}

TEST(TenTen, ArcsOnASphereAreExact) {
    const TenTen found = ten_ten_positions(ellipsoid(Vector3::Constant(0.1)), equator);
    const std::map<std::string, Vector3> places = places_of(found);
    const auto expect_at = [&](const std::string& name, const Vector3& wanted) {
        EXPECT_LT((places.at(name) - wanted).norm(), facets) << name << ": " << places.at(name).transpose();
    };
    // Half circles of 180° in tenths; the upper rings at 18° and the lower at 0° elevation, fifths of 90°.
    expect_at("Cz", on_sphere(90, 0));
    expect_at("Fpz", on_sphere(18, 0));
    expect_at("Fz", on_sphere(54, 0));
    expect_at("POz", on_sphere(36, 180));
    expect_at("T7", on_sphere(18, 90));
    expect_at("C3", on_sphere(54, 90));
    expect_at("C2", on_sphere(72, -90));
    expect_at("AF7", on_sphere(18, 36));
    expect_at("O2", on_sphere(18, -162));
    expect_at("FT9", on_sphere(0, 72));
    expect_at("PO10", on_sphere(0, -144));
    expect_at("I1", on_sphere(0, 162));
    // F3 halves the arc F7–Fz of the circle in the plane of F7, Fz and F8, whose middle lies on the
    // mid-plane.
    const Vector3 f7 = on_sphere(18, 54);
    const Vector3 fz = on_sphere(54, 0);
    const Vector3 normal = (f7 - fz).cross(Vector3(-f7.x(), f7.y(), f7.z()) - fz).normalized();
    const Vector3 centre = fz.dot(normal) * normal;
    const double angle = std::acos((f7 - centre).normalized().dot((fz - centre).normalized()));
    const Vector3 towards =
        ((f7 - centre) - (f7 - centre).dot((fz - centre).normalized()) * (fz - centre).normalized())
            .normalized();
    const auto on_circle = [&](double share) -> Vector3 {
        const Vector3 axis = (fz - centre).normalized();
        return centre +
               (fz - centre).norm() * (std::cos(share * angle) * axis + std::sin(share * angle) * towards);
    };
    expect_at("F3", on_circle(0.5));
    expect_at("F1", on_circle(0.25));
    EXPECT_GT((places.at("F3") - on_circle(0.45)).norm(), 10 * facets) << "the check can tell";
    EXPECT_NEAR(found.nasion_to_inion, 0.1 * pi, facets);
    EXPECT_NEAR(found.ear_to_ear, 0.1 * pi, facets);
    EXPECT_NEAR(found.circumference, 0.2 * pi * std::cos(18 * pi / 180), 2 * facets);
}

TEST(TenTen, MeasuresArcsNotAnglesOnAnEllipsoid) {
    const Vector3 radii(0.075, 0.1, 0.085);
    const auto front = [&](double angle) -> Vector3 { // In the mid-plane, by the ellipse's parameter.
        return {0, radii.y() * std::cos(angle), radii.z() * std::sin(angle)};
    };
    const double drop = -20 * pi / 180;
    const Fiducials fiducials{front(drop), front(pi - drop), Vector3(-radii.x(), 0, 0),
                              Vector3(radii.x(), 0, 0)};
    const auto arc = [&](double from, double to) { // ∫ |d front/dt| dt by the midpoint rule.
        constexpr int n = 20'000;
        double sum = 0;
        for (int i = 0; i < n; ++i) {
            const double t = from + (to - from) * (i + 0.5) / n;
            sum += std::hypot(radii.y() * std::sin(t), radii.z() * std::cos(t)) * (to - from) / n;
        }
        return sum;
    };
    const TenTen found = ten_ten_positions(ellipsoid(radii), fiducials);
    const double whole = arc(drop, pi - drop);
    EXPECT_NEAR(found.nasion_to_inion, whole, facets);
    const Vector3 fz = places_of(found).at("Fz");
    const double parameter = std::atan2(fz.z() / radii.z(), fz.y() / radii.y());
    EXPECT_NEAR(arc(drop, parameter) / whole, 0.3, 2e-4);
    const double equal_angles = drop + 0.3 * (pi - 2 * drop);
    EXPECT_GT(std::abs(arc(drop, equal_angles) / whole - 0.3), 5e-3) << "angles are not arcs here";
}

TEST(TenTen, VertexHalvesBothCurvesOfAnAsymmetricHead) {
    const SurfaceMesh head = ellipsoid({0.075, 0.1, 0.085});
    // Preauricular points before the middle, at unequal heights.
    const auto at = [](double x_sign, double y, double z) {
        return Vector3(x_sign * 0.075 * std::sqrt(1 - std::pow(y / 0.1, 2) - std::pow(z / 0.085, 2)), y, z);
    };
    const Fiducials fiducials{Vector3(0, 0.1, 0), Vector3(0, -0.1, 0), at(-1, 0.02, -0.02),
                              at(1, 0.015, -0.01)};
    const Vector3 vertex = places_of(ten_ten_positions(head, fiducials)).at("Cz");
    const ScalpCurve sagittal(head, {fiducials.nasion, vertex, fiducials.inion});
    const ScalpCurve coronal(head, {fiducials.left_preauricular, vertex, fiducials.right_preauricular});
    EXPECT_NEAR(sagittal.arc_of(vertex) / sagittal.length(), 0.5, 1e-4);
    EXPECT_NEAR(coronal.arc_of(vertex) / coronal.length(), 0.5, 1e-4);
    EXPECT_GT(std::abs(vertex.x()), 1e-3) << "so the mid-point of the symmetric head would be wrong";
}

TEST(TenTen, TapeBridgesHollows) {
    SurfaceMesh dented = ellipsoid(Vector3::Constant(0.1));
    for (int node = 0; node < dented.n_nodes(); ++node) {
        const Vector3 p = dented.nodes.col(node);
        const double angle = std::acos(std::min(1.0, p.dot(on_sphere(54, 0)) / 0.01));
        if (angle < 0.05) dented.nodes.col(node) = 0.97 * p;
    }
    const ScalpCurve curve(dented, {equator.nasion, on_sphere(90, 0), equator.inion});
    // The chord over the hollow of 2 · 0.05 rad (and the facets at its rim) is 0.1 m · 0.1³/24 shorter than
    // the arc.
    EXPECT_NEAR(curve.length(), 0.1 * pi, 1e-4);
    const double arc = 0.3 * curve.length();
    EXPECT_GT(curve.tape_point(arc).norm(), 0.0998) << "the tape hangs over it";
    EXPECT_NEAR(curve.scalp_point(arc).norm(), 0.097, 2e-4) << "the position lies on the skin";
}

TEST(TenTen, RefusesFiducialsThatMakeNoHead) {
    const SurfaceMesh head = ellipsoid(Vector3::Constant(0.1));
    Fiducials mixed = equator;
    mixed.inion = mixed.nasion * 0.5;
    mixed.left_preauricular = mixed.nasion * 0.2;
    mixed.right_preauricular = mixed.nasion * 0.3;
    EXPECT_THAT(test::error_of([&] { (void)ten_ten_positions(head, mixed); }), HasSubstr("fiducials"));
}

} // namespace
} // namespace corticoil::planning
