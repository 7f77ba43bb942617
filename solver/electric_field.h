#pragma once

#include "core/tet_mesh.h"

namespace corticoil::solver {

/// E = −∇φ − ∂A/∂t in each tetrahedron [V/m], 3×M, from the potential at the nodes [V] and the element means
/// of ∂A/∂t [V/m]; pass an empty `rate_means` where there is no ∂A/∂t.
[[nodiscard]] VectorField electric_field(const TetMesh& mesh, const Eigen::VectorXd& potential,
                                         const VectorField& rate_means);

} // namespace corticoil::solver
