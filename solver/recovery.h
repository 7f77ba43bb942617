#pragma once

#include "solver/order_surplus.h"

namespace corticoil::solver {

/// E with its surplus, and what that says of the discretisation error.
struct RecoveredField {
    ElementField field; ///< E + surplus [V/m], linear in each tetrahedron; its potential is continuous.
    Eigen::VectorXd
        error; ///< Estimated root mean square |E_h − E| in each tetrahedron [V/m], E_h not recovered.
    Eigen::VectorXd surplus; ///< As OrderSurplus::solve().
};

/// What discretisation does to a functional of E_h, the elements' own field with ∂A/∂t linear in each
/// tetrahedron.
struct FunctionalError {
    double correction = 0;  ///< What to add to it: −∫ ∇φ'·σ∇ψ' dV.
    double half_width = 0;  ///< Of the interval that the truth is expected in, around the corrected value.
    double uncorrected = 0; ///< Its value for E_h.
};

/// Recovers E from potentials on one head, by the surplus of the next order (order_surplus.h).
class FieldRecovery {
  public:
    /// Keeps references. Cost O(M).
    FieldRecovery(const ElementSpace& space, const Conductivity& conductivity)
        : space_(space), surplus_(space, conductivity) {}

    /// For a potential and the source that it solves. Cost of a few products with the bubbles' matrix.
    [[nodiscard]] RecoveredField recover(const Eigen::VectorXd& potential, const SurplusSource& source) const;

    /// The dual-weighted estimate of a functional's error: with ψ the adjoint potential and ψ' its surplus,
    /// J(E) − J(E_h) = −∫ ∇(φ − φ_h)·σ∇(ψ − ψ_h) dV ≈ −∫ ∇φ'·σ∇ψ' dV (Becker & Rannacher 2001, Acta Numer
    /// 10:1, section 3) is the correction c. The half width is 0.8 (|c| + 0.1 Σ |parts of c by tetrahedron|):
    /// how far the correction itself may be off, and what cancelled in it.
    [[nodiscard]] FunctionalError error_of(const FieldFunctional& functional,
                                           const Eigen::VectorXd& adjoint_potential,
                                           const RecoveredField& recovered) const;

    /// The same for every head, order and ROI, by measurement (docs/decisions/0007).
    static constexpr double interval_factor = 0.8;
    static constexpr double share_of_absolute_parts = 0.1;

  private:
    const ElementSpace& space_;
    OrderSurplus surplus_;
};

/// E at points of the head [V/m], 3×N, from the tetrahedron that each lies in: tangential E is continuous
/// there, normal E jumps where σ does. \throws Error naming a point outside the mesh.
[[nodiscard]] VectorField field_at_points(const PointLocator& locator, const TetMesh& mesh,
                                          const ElementField& field, const Points& points);

/// E at the nodes as one tissue sees it [V/m], 3×N: the volume-weighted mean over the tetrahedra of that
/// label around each node; zero at nodes of other tissues.
[[nodiscard]] VectorField field_at_nodes(const TetMesh& mesh, const ElementField& field, int label);

} // namespace corticoil::solver
