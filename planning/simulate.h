#pragma once

#include "coils/coil.h"
#include "core/head_model.h"
#include "core/progress.h"
#include "core/rigid_transform.h"
#include "solver/element_field.h"
#include "solver/potential_solver.h"
#include "solver/sources.h"

#include <optional>

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
    Progress progress = {};
};

/// The field that a coil induces in a head.
struct Simulation {
    solver::ElementField field; ///< E in each tetrahedron [V/m], of degree order − 1.
    solver::SolveReport report;
};

/// Simulates many coils and poses on one head: the head is checked, assembled and prepared once.
class Simulator {
  public:
    /// Keeps a reference to the head. \throws Error as solver::check_conductor().
    explicit Simulator(const HeadModel& head, const SimulatorOptions& options = {});

    /// E = −∇φ − ∂A/∂t for a coil at a pose. Where σ is a number per tetrahedron the source is integrated over the
    /// interfaces where it jumps, otherwise over the volume. In E, ∂A/∂t is interpolated between the unknowns' positions
    /// by the elements' own functions: an error of one order more than E's. The caller must check `report.converged`.
    /// Not from two threads at once.
    [[nodiscard]] Simulation simulate(const coils::Coil& coil, const RigidTransform& head_from_coil,
                                      const SimulateOptions& options = {}) const;

  private:
    const HeadModel& head_;
    solver::PotentialSolver solver_;
    std::optional<solver::InterfaceSource> interfaces_;
};

} // namespace corticoil::planning
