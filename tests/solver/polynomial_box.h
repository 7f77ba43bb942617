#pragma once

#include "core/tet_mesh.h"

#include <array>

namespace corticoil::solver::test_systems {

/// A potential that is a polynomial of degree 2 or 3 with every monomial of that degree, for lengths about
/// 0.1 m.
struct Polynomial {
    int degree;
    [[nodiscard]] Eigen::VectorXd values(const Points& points) const;
    [[nodiscard]] VectorField gradients(const Points& points) const;
};

/// A box of two layers, labels 1 and 2, whose inner nodes are moved and whose tetrahedra start at any of
/// their corners: edges and faces run both ways.
[[nodiscard]] TetMesh shuffled_box(const std::array<int, 3>& n);

} // namespace corticoil::solver::test_systems
