#pragma once

#include "coils/coil.h"
#include "core/head_model.h"
#include "core/progress.h"
#include "core/rigid_transform.h"
#include "solver/potential_solver.h"

namespace corticoil::planning {

/// What drives the coil, and how exactly to solve.
struct SimulateOptions {
    double didt = 1e6;       ///< Rate of change of the coil current [A/s].
    double tolerance = 1e-6; ///< Of the linear solve, on the relative residual.
    Progress progress = {};
};

/// The field that a coil induces in a head.
struct Simulation {
    VectorField field; ///< E per tetrahedron [V/m], 3×M, constant in each (P1).
    solver::SolveReport report;
};

/// Simulates many coils and poses on one head: the head is checked and assembled once.
class Simulator {
  public:
    /// Keeps a reference to the head. \throws Error as solver::check_conductor().
    explicit Simulator(const HeadModel& head);

    /// E = −∇φ − ∂A/∂t for a coil at a pose. ∂A/∂t is evaluated at the nodes and taken as linear in each
    /// tetrahedron, an error of second order in the edge length. The caller must check `report.converged`.
    /// Not from two threads at once.
    [[nodiscard]] Simulation simulate(const coils::Coil& coil, const RigidTransform& head_from_coil,
                                      const SimulateOptions& options = {}) const;

  private:
    const HeadModel& head_;
    solver::PotentialSolver solver_;
};

} // namespace corticoil::planning
