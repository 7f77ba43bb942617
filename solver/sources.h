#pragma once

#include "core/tet_mesh.h"

#include <functional>

namespace corticoil::solver {

/// A vector field given at points: 3×N [m] → 3×N. Must be callable from one thread at a time.
using FieldFunction = std::function<VectorField(const Points&)>;

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

/// Mean of `field` over each tetrahedron, 3×M: all that P1 elements see of a source.
/// \throws Error if a value is not a finite number.
[[nodiscard]] VectorField element_means(const TetMesh& mesh, const FieldFunction& field,
                                        Quadrature quadrature);

/// Mean over each tetrahedron of a field that is linear in it between its values at the nodes (3×N), 3×M.
[[nodiscard]] VectorField element_means_of_nodal(const TetMesh& mesh, const VectorField& at_nodes);

/// b_i = −∫ σ ∇λ_i·∂A/∂t dV from the element means of ∂A/∂t [V/m]: the volume form, for any σ per tetrahedron
/// [S/m]. From ∇·(σ∇φ) = −∇·(σ∂A/∂t) with an insulating boundary, n·σE = 0.
[[nodiscard]] Eigen::VectorXd load_of_rate_of_vector_potential(const TetMesh& mesh,
                                                               const Eigen::VectorXd& conductivity,
                                                               const VectorField& rate_means);

/// b_i = ∫ ∇λ_i·J dV for a current density J impressed in the volume [A/m²], from its element means; ∇·(σE +
/// J) = 0.
[[nodiscard]] Eigen::VectorXd load_of_impressed_current(const TetMesh& mesh,
                                                        const VectorField& current_means);

/// b_i = −∮ λ_i J·n dS for a current density that leaves through the outer boundary [A/m²], n outwards;
/// quadrature of degree 2 per triangle (three points).
[[nodiscard]] Eigen::VectorXd load_of_boundary_current(const TetMesh& mesh, const FieldFunction& current);

} // namespace corticoil::solver
