#pragma once

#include "core/conductivity.h"
#include "core/tet_mesh.h"
#include "solver/element_space.h"
#include "solver/linear_solver.h"
#include "solver/stiffness.h"

#include <memory>
#include <string>
#include <vector>

namespace corticoil::solver {

/// What a solve did. Callers check `converged`; nothing that did not converge may be used as a field.
struct SolveReport {
    bool converged = false;
    int iterations = 0;
    double relative_residual = 0; ///< Recomputed ‖b − Kφ‖/‖b‖, not the iteration's own estimate.
    int unknowns = 0;
    int tetrahedra = 0;
    int order = 1;
    std::string solver;       ///< "multigrid" or "direct".
    double setup_seconds = 0; ///< Assembly and preparation, shared by all right-hand sides.
    double solve_seconds = 0; ///< Of a block: its time over its number of right-hand sides.
};

/// The potential at the unknowns [V], of zero mean, and how it was found.
struct Potential {
    Eigen::VectorXd values;
    SolveReport report;
};

/// The potentials of several sources, one column each [V].
struct Potentials {
    Eigen::MatrixXd values;
    std::vector<SolveReport> reports;
};

/// What solves the linear systems.
enum class SolverChoice {
    automatic, ///< Multigrid or direct, whichever a cost model expects to be faster within the memory; direct
               ///< also where multigrid did not converge.
    multigrid,
    direct
};

/// How to prepare a solver.
struct PotentialSolverOptions {
    int order = 1;
    SolverChoice choice = SolverChoice::automatic;
    int expected_right_hand_sides = 1; ///< What the automatic choice plans for.
    double memory_limit = 8e9; ///< What the direct solver may take under the automatic choice [bytes].
    Progress progress = {};
};

/// Solves ∇·(σ∇φ) = source for many sources on one head: assembles and prepares once. With an insulating
/// boundary φ is defined up to a constant, so loads must sum to zero.
class PotentialSolver {
  public:
    /// Checks the conductor, assembles, prepares; keeps a reference to the mesh.
    /// \throws Error as check_conductor().
    PotentialSolver(const TetMesh& mesh, const Conductivity& conductivity,
                    const PotentialSolverOptions& options = {});
    ~PotentialSolver();
    PotentialSolver(PotentialSolver&&) noexcept;
    PotentialSolver& operator=(PotentialSolver&&) noexcept;

    /// φ for a load b (one value per unknown, from sources.h). Not from two threads at once.
    /// \throws Error if b holds a value that is not finite, or if its sum is not zero to quadrature error
    /// (the net current into an insulated head must vanish).
    [[nodiscard]] Potential solve(const Eigen::VectorXd& load, const SolveOptions& options = {}) const;

    /// φ for several loads at once, one per column: cheaper than one after the other.
    [[nodiscard]] Potentials solve_block(const Eigen::MatrixXd& loads,
                                         const SolveOptions& options = {}) const;

    /// The elements whose unknowns loads and potentials belong to.
    [[nodiscard]] const ElementSpace& space() const;

  private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

} // namespace corticoil::solver
