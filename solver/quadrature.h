#pragma once

#include "core/types.h"

namespace corticoil::solver {

/// Order of the quadrature over a tetrahedron: the degree of polynomials that it integrates exactly.
enum class Quadrature {
    barycentre, ///< One point, degree 1.
    degree_2,   ///< Four points.
    degree_4    ///< Eleven points (Keast 1986, Comput Methods Appl Mech Eng 55:339, rule 6).
};

/// Points of a quadrature rule and their weights, which sum to one.
struct QuadratureRule {
    Eigen::Matrix4Xd barycentric; ///< Barycentric coordinates of each point.
    Eigen::VectorXd weights;
};

/// The points and weights of a rule.
[[nodiscard]] QuadratureRule quadrature_rule(Quadrature quadrature);

} // namespace corticoil::solver
