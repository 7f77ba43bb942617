#pragma once

#include "core/tet_mesh.h"

namespace corticoil::solver {

/// Volume of a tetrahedron and the constant gradients of its four P1 shape functions λ_i.
struct TetrahedronGradients {
    double volume;                         ///< [m³], positive for a positively oriented tetrahedron.
    Eigen::Matrix<double, 3, 4> gradients; ///< Column i is ∇λ_i [1/m]; columns sum to zero.
};

/// Of one tetrahedron of a mesh.
[[nodiscard]] TetrahedronGradients gradients_of(const TetMesh& mesh, int tetrahedron);

} // namespace corticoil::solver
