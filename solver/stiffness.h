#pragma once

#include "core/conductivity.h"
#include "solver/element_space.h"

#include <Eigen/SparseCore>

namespace corticoil::solver {

/// Compressed by rows, so that products run in parallel over rows.
using SparseMatrix = Eigen::SparseMatrix<double, Eigen::RowMajor>;

/// The stiffness matrix K_ij = Σ_T ∫ ∇N_i·σ_T ∇N_j dV, N×N over the space's unknowns, both triangles stored,
/// columns ascending; σ per tetrahedron [S/m]. Symmetric, positive semi-definite; the constants are its null
/// space on a connected mesh. Exact for straight-sided tetrahedra. Assembled row by row in a fixed order with
/// OpenMP: bitwise equal for any number of threads. \throws Error if P2 needs more than 2³¹−1 entries.
[[nodiscard]] SparseMatrix assemble_stiffness(const ElementSpace& space, const Conductivity& conductivity);

} // namespace corticoil::solver
