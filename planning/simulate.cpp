#include "planning/simulate.h"

#include "coils/primary_field.h"
#include "core/error.h"
#include "solver/electric_field.h"

#include <fmt/format.h>

#include <algorithm>

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
                            .progress = options.progress}),
      recovery_(solver_.space(), head.conductivity) {
    if (head.conductivity.is_isotropic()) interfaces_.emplace(solver_.space(), head.conductivity);
}

const coils::PotentialInterpolant& Simulator::interpolant_of(const coils::Coil& coil) const {
    constexpr std::size_t most_coils = 4; // Some megabytes each.
    const auto found = std::find_if(interpolants_.begin(), interpolants_.end(),
                                    [&](const auto& interpolant) { return interpolant.belongs_to(coil); });
    if (found != interpolants_.end()) {
        interpolants_.splice(interpolants_.begin(), interpolants_, found);
    } else {
        interpolants_.emplace_front(coil);
        if (interpolants_.size() > most_coils) interpolants_.pop_back();
    }
    return interpolants_.front();
}

VectorField Simulator::rate_at(const coils::Coil& coil, const RigidTransform& head_from_coil, double didt,
                               const Points& points) const {
    // Sampled A is interpolated already, and large to copy.
    VectorField rate =
        coil.grids.empty()
            ? coils::rate_of_vector_potential(interpolant_of(coil), head_from_coil, didt, points)
            : coils::rate_of_vector_potential({coil, head_from_coil, didt}, points);
    check_finite(coil, rate);
    return rate;
}

SourceForm Simulator::source_form() const {
    return interfaces_ ? SourceForm::interfaces : SourceForm::volume;
}

SourceForm Simulator::source_form(const coils::Coil& coil) const {
    // A interpolated between samples is divergence-free only up to its error, which interfaces would not see.
    return coil.grids.empty() ? source_form() : SourceForm::volume;
}

Simulator::Drive Simulator::drive_of(const coils::Coil& coil, const RigidTransform& head_from_coil,
                                     double didt) const {
    const solver::ElementSpace& space = solver_.space();
    Drive drive;
    drive.rate_at_unknowns = rate_at(coil, head_from_coil, didt, space.positions());
    drive.rate = solver::projected_nodal(space, drive.rate_at_unknowns);
    drive.load = source_form(coil) == SourceForm::interfaces
                     ? interfaces_->load(rate_at(coil, head_from_coil, didt, interfaces_->points()))
                     : solver::load_of_rate_of_vector_potential(space, head_.conductivity, drive.rate);
    return drive;
}

Simulation Simulator::simulate(const coils::Coil& coil, const RigidTransform& head_from_coil,
                               const SimulateOptions& options) const {
    constexpr double share_of_source = 0.3; // Of the time, roughly; only the progress shown depends on it.
    report(options.progress, 0, "vector potential of the coil");
    const Drive drive = drive_of(coil, head_from_coil, options.didt);

    solver::SolveOptions solve_options;
    solve_options.tolerance = options.tolerance;
    constexpr double share_until_solved = 0.8;
    solve_options.progress = part_of(options.progress, share_of_source, share_until_solved);
    const solver::Potential potential = solver_.solve(drive.load, solve_options);
    Simulation result;
    result.report = potential.report;
    result.field = solver::electric_field(solver_.space(), potential.values, drive.rate);
    if (!options.recovers || !potential.report.converged) return result;
    report(options.progress, share_until_solved, "recovering the field");
    result.recovered = recovery_.recover(potential.values, {.rate_at_unknowns = &drive.rate_at_unknowns});
    return result;
}

std::vector<Simulation> Simulator::simulate_block(const coils::Coil& coil,
                                                  std::span<const RigidTransform> head_from_coil,
                                                  const SimulateOptions& options) const {
    constexpr double share_of_source = 0.3;
    const auto n = static_cast<double>(head_from_coil.size());
    std::vector<Drive> drives;
    Eigen::MatrixXd loads(solver_.space().n_unknowns(), static_cast<Eigen::Index>(head_from_coil.size()));
    for (const RigidTransform& pose : head_from_coil) {
        const std::size_t i = drives.size();
        report(options.progress, share_of_source * static_cast<double>(i) / n,
               "vector potential of the coil");
        drives.push_back(drive_of(coil, pose, options.didt));
        loads.col(static_cast<Eigen::Index>(i)) = drives.back().load;
    }
    const solver::Potentials potentials = solver_.solve_block(
        loads, {.tolerance = options.tolerance, .progress = part_of(options.progress, share_of_source, 1)});
    std::vector<Simulation> results(drives.size());
    for (std::size_t i = 0; i < drives.size(); ++i) {
        results[i].report = potentials.reports[i];
        results[i].field = solver::electric_field(
            solver_.space(), potentials.values.col(static_cast<Eigen::Index>(i)), drives[i].rate);
    }
    return results;
}

solver::FunctionalError Simulator::error_of(const solver::FieldFunctional& functional,
                                            const Simulation& simulation,
                                            const SimulateOptions& options) const {
    if (!simulation.recovered) throw Error("error estimate: the simulation's field was not recovered");
    const solver::Potentials adjoint = solver::solve_adjoint(
        solver_, {&functional, 1}, {.tolerance = options.tolerance, .progress = options.progress});
    if (!adjoint.reports.front().converged) {
        throw ComputationError(
            fmt::format("error estimate: the adjoint solve did not converge; relative residual {:.2g} "
                        "after {} iterations",
                        adjoint.reports.front().relative_residual, adjoint.reports.front().iterations));
    }
    return recovery_.error_of(functional, adjoint.values.col(0), *simulation.recovered);
}

void Simulator::estimate_mean(RoiMetrics& metrics, const RoiSamples& samples, const Simulation& simulation,
                              const SimulateOptions& options) const {
    const solver::FunctionalError error =
        error_of(mean_magnitude_functional(samples, simulation.best()), simulation, options);
    // P2's own directions are good enough for the norm itself; P1's would bias it by per cents.
    const double mean =
        space().order() == 1 ? error.uncorrected : planning::mean_magnitude(samples, simulation.field);
    metrics.mean_magnitude = mean + error.correction;
    metrics.mean_magnitude_relative_error = error.half_width / metrics.mean_magnitude;
}

} // namespace corticoil::planning
