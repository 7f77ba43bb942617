#pragma once

#include "coils/coil.h"
#include "coils/potential_interpolant.h"
#include "core/head_model.h"
#include "core/progress.h"
#include "core/rigid_transform.h"
#include "planning/metrics.h"
#include "solver/element_field.h"
#include "solver/potential_solver.h"
#include "solver/recovery.h"
#include "solver/sources.h"

#include <list>
#include <optional>
#include <span>
#include <vector>

namespace corticoil::planning {

/// How to prepare a head for simulations.
struct SimulatorOptions {
    int order = 1; ///< Of the elements, 1 or 2.
    solver::SolverChoice solver = solver::SolverChoice::automatic;
    int expected_simulations = 1; ///< What the automatic choice plans for.
    Progress progress = {};
};

/// What drives the coil, and how exactly to solve.
struct SimulateOptions {
    double didt = 1e6;       ///< Rate of change of the coil current [A/s].
    double tolerance = 1e-6; ///< Of the linear solve, on the relative residual.
    bool recovers = true;    ///< Recover E and estimate its discretisation error.
    Progress progress = {};
};

/// The field that a coil induces in a head.
struct Simulation {
    solver::ElementField field;                      ///< E in each tetrahedron [V/m], of degree order − 1.
    std::optional<solver::RecoveredField> recovered; ///< The more accurate one, with its error estimate.
    solver::SolveReport report;

    /// The recovered field where there is one.
    [[nodiscard]] const solver::ElementField& best() const { return recovered ? recovered->field : field; }
};

/// How a coil's ∂A/∂t becomes a load (solver/sources.h).
enum class SourceForm { interfaces, volume };

/// Simulates many coils and poses on one head: the head is checked, assembled and prepared once.
class Simulator {
  public:
    /// Keeps a reference to the head. \throws Error as solver::check_conductor().
    explicit Simulator(const HeadModel& head, const SimulatorOptions& options = {});

    /// E = −∇φ − ∂A/∂t for a coil at a pose. A comes from the coil's interpolant, which the first simulation
    /// with the coil makes. Where σ is a number per tetrahedron and the coil has no sampled potential the
    /// source is integrated over the interfaces where it jumps, otherwise over the volume. In E, ∂A/∂t is
    /// interpolated between the unknowns' positions by the elements' own functions: an error of one order
    /// more than E's. The caller must check `report.converged`. Not from two threads at once.
    [[nodiscard]] Simulation simulate(const coils::Coil& coil, const RigidTransform& head_from_coil,
                                      const SimulateOptions& options = {}) const;

    /// Fields of a coil at several poses, solved as one block: several times as fast as one after the other.
    /// Not recovered; otherwise as simulate(). Keeps all fields in memory: 24 bytes per tetrahedron and pose
    /// for P1.
    [[nodiscard]] std::vector<Simulation> simulate_block(const coils::Coil& coil,
                                                         std::span<const RigidTransform> head_from_coil,
                                                         const SimulateOptions& options = {}) const;

    /// The error that discretisation leaves in a functional of a simulation's field (one more solve, of the
    /// adjoint): a value that corrects the functional of `field`, and the half width of an interval around
    /// the corrected value. \throws Error if the simulation has no recovered field; ComputationError if the
    /// solve does not converge.
    [[nodiscard]] solver::FunctionalError error_of(const solver::FieldFunctional& functional,
                                                   const Simulation& simulation,
                                                   const SimulateOptions& options = {}) const;

    /// The mean of |E| over samples with its error, by error_of() the mean linearised around the recovered
    /// field: for P1 that functional's corrected value, for P2 the mean of |E| of `field`, corrected. Sets
    /// `mean_magnitude` and its relative error. \throws as error_of().
    void estimate_mean(RoiMetrics& metrics, const RoiSamples& samples, const Simulation& simulation,
                       const SimulateOptions& options = {}) const;

    /// ∂A/∂t [V/m] at points (3×N, head frame [m]) as simulate() has it: from the coil's interpolant, or its
    /// exact A where that is sampled. Not from two threads at once. \throws Error where it is not finite.
    [[nodiscard]] VectorField rate_at(const coils::Coil& coil, const RigidTransform& head_from_coil,
                                      double didt, const Points& points) const;
    /// The form of the source that simulate() takes for a coil, and for one without sampled A.
    [[nodiscard]] SourceForm source_form(const coils::Coil& coil) const;
    [[nodiscard]] SourceForm source_form() const;

    [[nodiscard]] const HeadModel& head() const { return head_; }
    [[nodiscard]] const solver::PotentialSolver& solver() const { return solver_; }
    /// None where σ is a tensor.
    [[nodiscard]] const std::optional<solver::InterfaceSource>& interfaces() const { return interfaces_; }

    /// The elements and their unknowns.
    [[nodiscard]] const solver::ElementSpace& space() const { return solver_.space(); }

  private:
    /// What a posed coil drives in the head.
    struct Drive {
        VectorField rate_at_unknowns; ///< ∂A/∂t [V/m].
        solver::ElementField rate;    ///< The same as the elements see it.
        Eigen::VectorXd load;
    };
    [[nodiscard]] Drive drive_of(const coils::Coil& coil, const RigidTransform& head_from_coil,
                                 double didt) const;
    [[nodiscard]] const coils::PotentialInterpolant& interpolant_of(const coils::Coil& coil) const;

    const HeadModel& head_;
    solver::PotentialSolver solver_;
    solver::FieldRecovery recovery_;
    std::optional<solver::InterfaceSource> interfaces_;
    mutable std::list<coils::PotentialInterpolant>
        interpolants_; ///< Of the last few coils, the latest first.
};

} // namespace corticoil::planning
