#pragma once

#include "core/tet_mesh.h"
#include "solver/element_space.h"
#include "solver/quadrature.h"

#include <functional>

namespace corticoil::solver {

/// A vector field given at points: 3×N [m] → 3×N. Must be callable from one thread at a time.
using FieldFunction = std::function<VectorField(const Points&)>;

/// A vector field that is a polynomial in each tetrahedron and may jump between them: what elements of order
/// k see of a source, and the E that they have, is of degree k − 1.
struct ElementField {
    int degree = 0;     ///< 0 or 1.
    VectorField values; ///< Degree 0: one value per tetrahedron, 3×M. Degree 1: at its four corners, 3×4M.

    ElementField() = default;
    /// Constant in each tetrahedron. Implicit: fields of P1 elements are plain values.
    ElementField(VectorField constants)
        : values(std::move(constants)) {} // NOLINT(google-explicit-constructor)
    ElementField(int of_degree, VectorField of_values) : degree(of_degree), values(std::move(of_values)) {}

    [[nodiscard]] int n_tetrahedra() const { return static_cast<int>(values.cols()) / (degree == 0 ? 1 : 4); }
    /// The value at a point of tetrahedron `t`, given by its barycentric coordinates.
    [[nodiscard]] Vector3 at(int t, const Eigen::Vector4d& barycentric) const {
        if (degree == 0) return values.col(t);
        return values.middleCols<4>(Eigen::Index{4} * t) * barycentric;
    }
    /// The mean over tetrahedron `t`.
    [[nodiscard]] Vector3 mean(int t) const { return at(t, Eigen::Vector4d::Constant(0.25)); }
    /// The means over all tetrahedra, 3×M.
    [[nodiscard]] VectorField means() const;
};

/// The polynomial of the space's degree (order − 1) that is closest to `field` in L2 in each tetrahedron,
/// integrals by the given quadrature: for P1 the means. It is all that the elements see of a source. \throws
/// Error if a value is not a finite number.
[[nodiscard]] ElementField projected(const ElementSpace& space, const FieldFunction& field,
                                     Quadrature quadrature);

/// The same for a field that the space's shape functions interpolate between its values at the unknowns'
/// positions (3×n_unknowns): linear in each tetrahedron for P1, quadratic for P2. Exact.
[[nodiscard]] ElementField projected_nodal(const ElementSpace& space, const VectorField& at_unknowns);

/// Its coefficients per shape function, n_local × (1 or 4): row i is what the value at unknown i adds to
/// each.
[[nodiscard]] Eigen::MatrixXd nodal_projection(const ElementSpace& space);

} // namespace corticoil::solver
