#pragma once

#include "coils/coil.h"
#include "core/progress.h"
#include "core/rigid_transform.h"
#include "planning/current_tree.h"
#include "planning/simulate.h"
#include "solver/adjoint.h"

#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace corticoil::planning {

/// How to solve for an adjoint field.
struct AdjointOptions {
    double tolerance = 1e-6; ///< Of the linear solves, on the relative residual.
    Progress progress = {};
};

/// The tree over the places where a head's adjoint currents lie: those where the simulator's source needs
/// ∂A/∂t. It belongs to the head; make it once and share it between targets. Cost O(M).
[[nodiscard]] std::shared_ptr<const CurrentTree> current_tree(const Simulator& simulator);

/// Linear functionals of the E that coils induce in a head, for any coil at any pose after one block of
/// solves (reciprocity). With K ψ = b_w a functional is −ψ·b − Σ w·∂A/∂t, and both terms are linear in ∂A/∂t
/// at points (solver/adjoint_current.h): value = dI/dt Σ_j c_j·A(x_j) with A per ampere. The c are current
/// elements in the head; a magnetic dipole m at r has A(x) = µ0/4π m × (x − r)/|x − r|³, so its value is
/// dI/dt m·B(r) with B the magnetic field of the c.
class AdjointField {
  public:
    /// One block of solves; keeps a reference to the simulator and a share of the tree. `tree` as
    /// current_tree() of this simulator. \throws ComputationError if a solve does not converge.
    AdjointField(const Simulator& simulator, std::shared_ptr<const CurrentTree> tree,
                 std::span<const solver::FieldFunctional> functionals, const AdjointOptions& options = {});
    /// With a tree of its own.
    AdjointField(const Simulator& simulator, std::span<const solver::FieldFunctional> functionals,
                 const AdjointOptions& options = {});

    [[nodiscard]] int n_functionals() const { return static_cast<int>(potentials_.cols()); }

    /// The functionals of Simulator::simulate()'s `field` for a coil at a pose, from its A at every place of
    /// a current: the same numbers up to the solves' tolerances. In the functionals' unit times [V/m]: means
    /// come in V/m. A quarter of a second for a head. \throws as Simulator::rate_at().
    [[nodiscard]] Eigen::VectorXd values(const coils::Coil& coil, const RigidTransform& head_from_coil,
                                         double didt = SimulateOptions{}.didt) const;

    /// B of the adjoint currents at points outside the head (3×N [m]) by the tree, (3 n_functionals) × N in
    /// the order (x, y, z of the first functional, of the second …): the value of a dipole of moment m
    /// [A·m²/A] there is m·B per A/s. For coils without sampled A. Error CurrentTree::relative_error of the
    /// largest at the points.
    [[nodiscard]] Eigen::MatrixXf magnetic_field(const Points& points) const;

    /// The same, by summing over all currents in double: slow, the reference.
    [[nodiscard]] Eigen::MatrixXd exact_magnetic_field(const Points& points) const;

    [[nodiscard]] const std::vector<solver::SolveReport>& reports() const { return reports_; }

  private:
    /// Currents at the unknowns of the functionals' tetrahedra, (3 n_functionals) × N.
    struct LocalCurrents {
        std::vector<int> unknowns;
        Points positions;
        Eigen::MatrixXd elements;
    };
    void find_local_currents(std::span<const solver::FieldFunctional> functionals);
    [[nodiscard]] Eigen::MatrixXd currents(SourceForm form) const;

    const Simulator& simulator_;
    std::shared_ptr<const CurrentTree> tree_;
    Eigen::MatrixXd potentials_; ///< ψ, one column per functional.
    std::vector<solver::SolveReport> reports_;
    LocalCurrents local_;
    Eigen::MatrixXd
        currents_; ///< At the tree's positions, in the simulator's own form; (3 n_functionals) × N.
    mutable std::optional<Eigen::MatrixXd> volume_currents_; ///< For sampled coils, made when first needed.
    std::optional<CurrentTree> local_tree_;
};

} // namespace corticoil::planning
