// The shortest way from a coil to a field: a layered sphere, the library's figure-of-eight 4 mm above it, and
// the closed form to compare with. Fails if the two differ by more than 10 % at the comparison point.
#include "coils/coil_library.h"
#include "coils/sphere_field.h"
#include "core/constants.h"
#include "core/head_model.h"
#include "meshing/nested_spheres.h"
#include "planning/simulate.h"

#include <fmt/format.h>

#include <cmath>

using namespace corticoil;

int main() {
    // A head: shells of 70, 78, 80, 86 and 92 mm, tetrahedra of about 8 mm, conductivities of Wagner et al.
    // 2004.
    const HeadModel head =
        make_head_model(meshing::nested_spheres(meshing::five_layer_head(0.008)), default_conductivities());

    // A coil above its top: z into the head (down), so y and z of the coil frame point along −y and −z of the
    // head.
    const coils::Coil coil = coils::load_coil("figure8_70mm");
    const RigidTransform head_from_coil(Vector3(1, -1, -1).asDiagonal(), Vector3(0, 0, 0.096));

    // The field at 1 A/µs.
    const planning::Simulator simulator(head);
    const planning::Simulation simulation = simulator.simulate(coil, head_from_coil);
    if (!simulation.report.converged) return 1;

    // 20 mm under the scalp, in grey matter, against Heller & van Hulsteyn 1992.
    const Vector3 point(0, 0, 0.072);
    const int tetrahedron = PointLocator(head.mesh).find(point).value();
    const Vector3 centre = barycentres(head.mesh).col(tetrahedron);
    const Vector3 computed = simulation.field.mean(tetrahedron);
    const RigidTransform coil_from_head = head_from_coil.inverse();
    const Vector3 exact = head_from_coil.apply_to_vectors(coils::electric_field_in_sphere(
        coils::equivalent_dipoles(coil), ampere_per_microsecond,
        coil_from_head.apply_to_point(Vector3::Zero()), coil_from_head.apply_to_point(centre)));
    fmt::print("{} nodes, {} iterations\n", simulation.report.unknowns, simulation.report.iterations);
    fmt::print("|E| {:.3f} V/m at 1 A/µs, closed form {:.3f} V/m\n", computed.norm(), exact.norm());
    constexpr double agreement = 0.1;
    return std::abs(computed.norm() / exact.norm() - 1) < agreement ? 0 : 1;
}
