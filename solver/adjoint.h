#pragma once

#include "solver/element_field.h"
#include "solver/potential_solver.h"

#include <span>
#include <vector>

namespace corticoil::solver {

/// A linear functional of E, Σ_i w_i·E(x_i): with w_i a direction times the share of the volume that a
/// quadrature point stands for, the mean of E along that direction over a ROI.
struct FieldFunctional {
    std::vector<int> tetrahedra;  ///< Where each point lies.
    Eigen::Matrix4Xd barycentric; ///< And where in it.
    VectorField weights;          ///< w_i, 3×N.

    /// Its value for a field.
    [[nodiscard]] double of(const ElementField& field) const;
    [[nodiscard]] int n_points() const { return static_cast<int>(tetrahedra.size()); }
};

/// b_k = Σ_i w_i·∇N_k(x_i): the load of the current w impressed at the functional's points. Its potential ψ
/// is the functional's adjoint: the field that the ROI would send outside.
[[nodiscard]] Eigen::VectorXd load_of_functional(const ElementSpace& space,
                                                 const FieldFunctional& functional);

/// The adjoint potentials ψ of several functionals as one block, one column each.
[[nodiscard]] Potentials solve_adjoint(const PotentialSolver& solver,
                                       std::span<const FieldFunctional> functionals,
                                       const SolveOptions& options = {});

/// The functional of the E that a source drives, without solving for it (reciprocity): with K φ = b and K ψ =
/// b_w, Σ w·E = −Σ w·∇φ − Σ w·∂A/∂t = −ψ·b − Σ w·∂A/∂t. `load` is the source's b, `rate` its ∂A/∂t.
[[nodiscard]] double value_by_reciprocity(const FieldFunctional& functional,
                                          const Eigen::VectorXd& adjoint_potential,
                                          const Eigen::VectorXd& load, const ElementField& rate);

} // namespace corticoil::solver
