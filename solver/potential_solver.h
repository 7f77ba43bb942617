#pragma once

#include "core/progress.h"
#include "core/tet_mesh.h"
#include "solver/stiffness.h"

#include <memory>

namespace corticoil::solver {

/// How far a solve goes.
struct SolveOptions {
    double tolerance = 1e-6; ///< On the relative residual ‖b − Kφ‖/‖b‖.
    int most_iterations = 20000;
    Progress progress = {};
};

/// What a solve did. Callers check `converged`; nothing that did not converge may be used as a field.
struct SolveReport {
    bool converged = false;
    int iterations = 0;
    double relative_residual = 0; ///< Recomputed ‖b − Kφ‖/‖b‖, not the iteration's own estimate.
    int unknowns = 0;
    int tetrahedra = 0;
    int order = 1;
    double setup_seconds = 0;
    double solve_seconds = 0;
};

/// The potential at the nodes [V], of zero mean, and how it was found.
struct Potential {
    Eigen::VectorXd values;
    SolveReport report;
};

/// Solves ∇·(σ∇φ) = source for many sources on one head: assembles once, then conjugate gradients with a
/// diagonal preconditioner. With an insulating boundary φ is defined up to a constant, so loads must sum to
/// zero.
class PotentialSolver {
  public:
    /// Checks the conductor, then assembles; keeps a reference to the mesh. \throws Error as
    /// check_conductor().
    PotentialSolver(const TetMesh& mesh, const Eigen::VectorXd& conductivity);
    ~PotentialSolver();
    PotentialSolver(PotentialSolver&&) noexcept;
    PotentialSolver& operator=(PotentialSolver&&) noexcept;

    /// φ for a load b (one value per node, from sources.h). Not from two threads at once.
    /// \throws Error if b holds a value that is not finite, or if its sum is not zero to quadrature error
    /// (the net current into an insulated head must vanish).
    [[nodiscard]] Potential solve(const Eigen::VectorXd& load, const SolveOptions& options = {}) const;

    [[nodiscard]] const SparseMatrix& stiffness() const;

  private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

} // namespace corticoil::solver
