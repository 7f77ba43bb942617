#pragma once

#include "solver/stiffness.h"

namespace corticoil::solver {

/// How smoothed aggregation coarsens.
struct AggregationOptions {
    double strength = 0.05; ///< An entry is strong where |a_ij| > strength √(a_ii a_jj); docs/decisions/0005.
    double prolongator_damping =
        1.5; ///< Over the largest eigenvalue of D⁻¹A; 4/3 in theory, docs/decisions/0005.
};

/// The prolongation of smoothed aggregation (Vaněk, Mandel, Brezina 1996, Computing 56:179): nodes gathered
/// greedily into aggregates along strong entries, and the aggregates' constants smoothed by a damped Jacobi
/// step of the matrix without its weak entries (lumped onto the diagonal, which keeps constants constant).
/// Every row has entries, and they sum to one. Aggregates are numbered in the order of their first node.
[[nodiscard]] SparseMatrix smoothed_prolongation(const SparseMatrix& matrix,
                                                 const AggregationOptions& options);

} // namespace corticoil::solver
