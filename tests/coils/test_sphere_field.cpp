#include "coils/sphere_field.h"

#include "coils/primary_field.h"

#include <Eigen/Geometry>
#include <gtest/gtest.h>

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

} // namespace
} // namespace corticoil::coils
