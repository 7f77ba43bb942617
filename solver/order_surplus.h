#pragma once

#include "core/conductivity.h"
#include "solver/adjoint.h"
#include "solver/element_space.h"

#include <array>
#include <vector>

namespace corticoil::solver {

/// What drives a potential, as its surplus needs it; what is null is absent.
struct SurplusSource {
    const VectorField* rate_at_unknowns = nullptr; ///< ∂A/∂t at the unknowns' positions [V/m].
    const FieldFunctional* functional = nullptr;   ///< The current that an adjoint is driven by.
    /// What a driven boundary adds, per bubble; for P1 the edges' part of P2's load_of_boundary_current()
    /// [A].
    const Eigen::VectorXd* boundary_load = nullptr;
};

/// What elements of the next order would add to a potential of this order: the correction φ' in the span of
/// bubbles (P1: the six edge bubbles λ_i λ_j of P2; P2: the cubic bubbles λ_i λ_j (λ_i − λ_j) of edges and
/// λ_i λ_j λ_k of faces) that solves ∫ σ∇(φ + φ')·∇N = source for every bubble N (hierarchical bases: Bank &
/// Smith 1993, SIAM J Numer Anal 30:921). φ + φ' is continuous, so tangential E is continuous across every
/// face, and its normal current balances across tissue interfaces as far as bubbles can tell: that is what
/// makes it a recovery, and its size an estimate of the discretisation error, in heads whose tissues are one
/// or two elements thick.
///
/// The bubbles' system is well conditioned on any mesh of good shape; a few conjugate-gradient steps with its
/// diagonal solve it to a few per cent. Bitwise equal for any number of threads.
class OrderSurplus {
  public:
    /// Cost O(M); keeps references to the space, its mesh and the conductivities.
    OrderSurplus(const ElementSpace& space, const Conductivity& conductivity);

    /// φ' as coefficients of the bubbles, for a potential at the space's unknowns and the source that it
    /// solves.
    [[nodiscard]] Eigen::VectorXd solve(const Eigen::VectorXd& potential, const SurplusSource& source) const;

    /// −∇φ' projected onto linear functions, to be added to E; 3×4M. For P1 this is exact.
    [[nodiscard]] ElementField field(const Eigen::VectorXd& surplus) const;

    /// A functional of field().
    [[nodiscard]] double value(const FieldFunctional& functional, const Eigen::VectorXd& surplus) const;

    /// ∫ |∇φ'|² dV per tetrahedron [V²m].
    [[nodiscard]] Eigen::VectorXd squared_norms(const Eigen::VectorXd& surplus) const;
    /// ∫ ∇φ'·σ∇ψ' dV per tetrahedron.
    [[nodiscard]] Eigen::VectorXd energies(const Eigen::VectorXd& surplus,
                                           const Eigen::VectorXd& other) const;

  private:
    static constexpr int most_bubbles = 10;
    /// Of ∇λ_p·σ∇λ_q, p ≤ q.
    static constexpr int n_pairs = 10;
    using Pairs = Eigen::Matrix<float, n_pairs, 1>;
    using Local = Eigen::Matrix<double, Eigen::Dynamic, 1, 0, most_bubbles, 1>;
    using LocalMatrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, 0, most_bubbles, most_bubbles>;

    using Corners = Eigen::Matrix<double, 3, 4>;

    void number_bubbles();
    [[nodiscard]] Corners projected_field(int tetrahedron, const Eigen::VectorXd& surplus) const;
    [[nodiscard]] Local local_values(int tetrahedron, const Eigen::VectorXd& surplus) const;
    [[nodiscard]] LocalMatrix element_matrix(const Pairs& pairs) const;
    [[nodiscard]] Eigen::VectorXd gathered(const std::vector<double>& parts) const;
    [[nodiscard]] Eigen::VectorXd residual(const Eigen::VectorXd& potential,
                                           const SurplusSource& source) const;
    void add_functional(const FieldFunctional& functional, std::vector<double>& parts) const;
    [[nodiscard]] Eigen::VectorXd product(const Eigen::VectorXd& surplus) const;

    const ElementSpace& space_;
    const Conductivity& conductivity_;
    int n_bubbles_;            ///< Of a tetrahedron.
    int n_unknowns_ = 0;       ///< Of all bubbles.
    std::vector<int> unknown_; ///< Per tetrahedron and bubble.
    std::vector<float> sign_;  ///< The same: −1 where a cubic edge bubble runs the other way.
    std::vector<int> start_;   ///< Per unknown, into slot_.
    std::vector<int> slot_;    ///< The places of unknown_ that hold it, ascending.
    std::vector<Pairs> pairs_; ///< Volume · ∇λ_p·σ∇λ_q per tetrahedron.
    Eigen::MatrixXf means_;    ///< Row a + n_bubbles b: mean of the coefficients' products, per pair.
    std::vector<Eigen::MatrixXd>
        source_means_; ///< Per bubble: mean of coefficient p times shape function k, 4×n_local.
    std::vector<Eigen::Matrix4d>
        projections_; ///< Per bubble: its c_p projected onto linear functions, by corner.
    Eigen::VectorXd diagonal_;
};

} // namespace corticoil::solver
