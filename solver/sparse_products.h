#pragma once

#include "solver/stiffness.h"

namespace corticoil::solver {

/// The transpose, columns ascending. Cost O(entries).
[[nodiscard]] SparseMatrix transposed(const SparseMatrix& matrix);

/// A·B, row-parallel (Gustavson 1978, ACM Trans Math Softw 4:250); columns ascending where `sorted`. Bitwise
/// equal for any number of threads.
[[nodiscard]] SparseMatrix product(const SparseMatrix& a, const SparseMatrix& b, bool sorted);

} // namespace corticoil::solver
