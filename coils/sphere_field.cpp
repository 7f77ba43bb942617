#include "coils/sphere_field.h"

#include "core/constants.h"

#include <Eigen/Geometry>

namespace corticoil::coils {

VectorField electric_field_in_sphere(const MagneticDipoles& dipoles, double didt, const Vector3& centre,
                                     const Eigen::Ref<const Points>& points) {
    VectorField field(3, points.cols());
#pragma omp parallel for schedule(static)
    for (Eigen::Index i = 0; i < points.cols(); ++i) {
        const Vector3 r = points.col(i) - centre;
        Vector3 sum = Vector3::Zero();
        for (Eigen::Index k = 0; k < dipoles.positions.cols(); ++k) {
            // a = r0 − r, F = a (R a + R² − r·r0), ∇F = (a²/R + a·r0/a + 2a + 2R) r0 − (a + 2R + a·r0/a) r
            const Vector3 r0 = dipoles.positions.col(k) - centre;
            const Vector3 m_dot = dipoles.moments.col(k) * didt;
            const Vector3 a_vector = r0 - r;
            const double a = a_vector.norm();
            const double R = r0.norm();
            const double F = a * (R * a + R * R - r.dot(r0));
            const double ar = a_vector.dot(r0) / a;
            const Vector3 gradient = (a * a / R + ar + 2 * a + 2 * R) * r0 - (a + 2 * R + ar) * r;
            sum -= (F * r.cross(m_dot) - gradient.dot(m_dot) * r.cross(r0)) / (F * F);
        }
        field.col(i) = vacuum_permeability / (4 * pi) * sum;
    }
    return field;
}

} // namespace corticoil::coils
