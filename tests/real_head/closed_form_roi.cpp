#include "real_head/closed_form_roi.h"

#include "coils/sphere_field.h"

namespace corticoil::test {

double mean_in_sphere(const coils::Coil& coil, const RigidTransform& head_from_coil,
                      const planning::RoiSamples& samples, double didt, double stand_off) {
    constexpr double head_radius = 0.085; // Deng et al. 2013's head
    const VectorField field = coils::electric_field_in_sphere(
        coils::equivalent_dipoles(coil), didt, Vector3(0, 0, stand_off + head_radius),
        head_from_coil.inverse().apply_to_points(samples.points));
    return field.colwise().norm().dot(samples.volumes) / samples.volumes.sum();
}

} // namespace corticoil::test
