#include "verification/layered_box.h"

#include "support/box_mesh.h"

#include <array>
#include <cmath>
#include <random>

namespace corticoil::test {

namespace {

constexpr double side = layered_box_side;
constexpr std::array<double, 2> planes{side / 4, side / 2}; // z of the jumps [m]

} // namespace

int layer_of(const Vector3& p) {
    return p[2] < planes[0] ? 0 : p[2] < planes[1] ? 1 : 2;
}

TetMesh layered_box(int n) {
    TetMesh mesh = box_mesh(Vector3::Zero(), Vector3::Constant(side), {n, n, n}, layer_of);
    std::mt19937 generator(7);
    std::uniform_real_distribution<double> uniform(-0.15 * side / n, 0.15 * side / n);
    for (int i = 0; i < mesh.n_nodes(); ++i) {
        Vector3 shift(uniform(generator), uniform(generator), uniform(generator));
        for (int axis = 0; axis < 3; ++axis) {
            const double value = mesh.nodes(axis, i);
            if (value < 1e-9 || value > side - 1e-9) shift[axis] = 0;
        }
        for (const double plane : planes) {
            if (std::abs(mesh.nodes(2, i) - plane) < 1e-9) shift[2] = 0;
        }
        mesh.nodes.col(i) += shift;
    }
    return mesh;
}

Vector3 potential_gradient(const Vector3& p) {
    const Vector3 u = p / side;
    return 0.02 / side *
           Vector3(2 * std::cos(2 * u[0]) * std::cos(u[1]) * u[2] * u[2],
                   -std::sin(2 * u[0]) * std::sin(u[1]) * u[2] * u[2],
                   std::sin(2 * u[0]) * std::cos(u[1]) * 2 * u[2]);
}

} // namespace corticoil::test
