#include "planning/simulate.h"

#include "coils/primary_field.h"
#include "core/error.h"
#include "solver/electric_field.h"
#include "solver/sources.h"

namespace corticoil::planning {

Simulator::Simulator(const HeadModel& head) : head_(head), solver_(head.mesh, head.conductivity) {}

Simulation Simulator::simulate(const coils::Coil& coil, const RigidTransform& head_from_coil,
                               const SimulateOptions& options) const {
    constexpr double share_of_source = 0.3; // Of the time, roughly; only the progress shown depends on it.
    report(options.progress, 0, "vector potential of the coil");
    const VectorField rate_at_nodes =
        coils::rate_of_vector_potential({coil, head_from_coil, options.didt}, head_.mesh.nodes);
    if (!rate_at_nodes.allFinite()) {
        throw Error("coil " + coil.name +
                    ": its field is not a finite number at a node of the head; the coil touches the "
                    "head there, move it");
    }
    const VectorField rate_means = solver::element_means_of_nodal(head_.mesh, rate_at_nodes);
    const Eigen::VectorXd load =
        solver::load_of_rate_of_vector_potential(head_.mesh, head_.conductivity, rate_means);

    solver::SolveOptions solve_options;
    solve_options.tolerance = options.tolerance;
    solve_options.progress = part_of(options.progress, share_of_source, 1);
    const solver::Potential potential = solver_.solve(load, solve_options);
    Simulation result;
    result.report = potential.report;
    result.field = solver::electric_field(head_.mesh, potential.values, rate_means);
    return result;
}

} // namespace corticoil::planning
