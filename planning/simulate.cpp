#include "planning/simulate.h"

#include "coils/primary_field.h"
#include "core/error.h"
#include "solver/electric_field.h"

namespace corticoil::planning {

namespace {

/// \throws Error if the coil's field is not finite somewhere: a wire runs through the head.
void check_finite(const coils::Coil& coil, const VectorField& rate) {
    if (rate.allFinite()) return;
    throw Error("coil " + coil.name +
                ": its field is not a finite number at a node of the head; the coil touches the "
                "head there, move it");
}

} // namespace

Simulator::Simulator(const HeadModel& head, const SimulatorOptions& options)
    : head_(head), solver_(head.mesh, head.conductivity,
                           {.order = options.order,
                            .choice = options.solver,
                            .expected_right_hand_sides = options.expected_simulations,
                            .progress = options.progress}) {
    if (head.conductivity.is_isotropic()) interfaces_.emplace(solver_.space(), head.conductivity);
}

Simulation Simulator::simulate(const coils::Coil& coil, const RigidTransform& head_from_coil,
                               const SimulateOptions& options) const {
    constexpr double share_of_source = 0.3; // Of the time, roughly; only the progress shown depends on it.
    report(options.progress, 0, "vector potential of the coil");
    const auto rate_at = [&](const Points& points) {
        VectorField rate = coils::rate_of_vector_potential({coil, head_from_coil, options.didt}, points);
        check_finite(coil, rate);
        return rate;
    };
    const solver::ElementSpace& space = solver_.space();
    const solver::ElementField rate = solver::projected_nodal(space, rate_at(space.positions()));
    const Eigen::VectorXd load =
        interfaces_ ? interfaces_->load(rate_at(interfaces_->points()))
                    : solver::load_of_rate_of_vector_potential(space, head_.conductivity, rate);

    solver::SolveOptions solve_options;
    solve_options.tolerance = options.tolerance;
    solve_options.progress = part_of(options.progress, share_of_source, 1);
    const solver::Potential potential = solver_.solve(load, solve_options);
    Simulation result;
    result.report = potential.report;
    result.field = solver::electric_field(space, potential.values, rate);
    return result;
}

} // namespace corticoil::planning
