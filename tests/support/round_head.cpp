#include "support/round_head.h"

#include "core/tissue.h"
#include "support/box_mesh.h"

#include <cmath>

namespace corticoil::test {

TetMesh round_head(int n_per_axis) {
    constexpr double radius = 0.09;
    // On the lattice, so that the interface is a sphere.
    const double grey_share = 2.0 * std::floor(0.75 * n_per_axis / 2) / n_per_axis;
    TetMesh mesh =
        box_mesh(Vector3::Constant(-1), Vector3::Constant(1), {n_per_axis, n_per_axis, n_per_axis},
                 [grey_share](const Vector3& p) {
                     return p.cwiseAbs().maxCoeff() < grey_share ? tissue::grey_matter : tissue::scalp;
                 });
    // Each shell of the cube (constant largest coordinate) goes to the sphere of that radius.
    for (int i = 0; i < mesh.n_nodes(); ++i) {
        const Vector3 p = mesh.nodes.col(i);
        if (p.norm() > 0) mesh.nodes.col(i) = radius * p.cwiseAbs().maxCoeff() * p.normalized();
    }
    return mesh;
}

} // namespace corticoil::test
