#pragma once

#include "core/tet_mesh.h"

#include <Eigen/SparseCore>

namespace corticoil::solver {

/// Compressed by rows, so that products run in parallel over rows.
using SparseMatrix = Eigen::SparseMatrix<double, Eigen::RowMajor>;

/// The P1 stiffness matrix K_ij = Σ_T σ_T ∫ ∇λ_i·∇λ_j dV, N×N, both triangles stored; `conductivity` per
/// tetrahedron [S/m]. Symmetric, positive semi-definite; the constants are its null space on a connected
/// mesh. Assembled row by row in a fixed order with OpenMP: bitwise equal for any number of threads.
[[nodiscard]] SparseMatrix assemble_stiffness(const TetMesh& mesh, const Eigen::VectorXd& conductivity);

} // namespace corticoil::solver
