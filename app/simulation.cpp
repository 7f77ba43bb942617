#include "app/simulation.h"

#include "app/pictures.h"
#include "core/constants.h"
#include "core/error.h"
#include "core/tissue.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace corticoil::app {

namespace {

/// Who solved: a direct solver has no iterations to tell of.
std::string describe(const solver::SolveReport& report) {
    return report.iterations > 0 ? fmt::format("{}, {} iterations", report.solver, report.iterations)
                                 : fmt::format("{} solver", report.solver);
}

} // namespace

void PreparedHead::prepare(planning::SimulatorOptions options, Session& session) {
    options.progress = session.progress("preparing the solver");
    simulator_.emplace(head, options);
    session.end_progress(fmt::format("prepared {} unknowns", simulator_->space().n_unknowns()));
}

const planning::Simulator& PreparedHead::simulator() const {
    CORTICOIL_ASSERT(simulator_.has_value());
    return *simulator_;
}

void tell_of_lift(const planning::LiftedCoil& lifted, const RunRequest& request, Session& session) {
    constexpr double worth_telling = 0.001; // [m] Less than what hair is known to.
    if (lifted.lift < worth_telling) return;
    session.warn(fmt::format(
        "coil {} was lifted by {:.1f} mm beyond the stand-off, so that its casing clears the scalp",
        request.coil.name, lifted.lift * millimetres_per_metre));
}

void check_measurable(const TetMesh& mesh, const RunRequest& request) {
    if (std::find(mesh.labels.begin(), mesh.labels.end(), tissue::grey_matter) == mesh.labels.end()) {
        throw Error("mesh: holds no grey matter (label 2), so there is nothing to measure; check the labels");
    }
    if (request.roi) (void)planning::roi_samples(mesh, *request.roi);
}

RunResult run(const PreparedHead& prepared, const RunRequest& request, Session& session) {
    RunResult result;
    result.contact = planning::check_contact(prepared.scalp, request.coil, request.head_from_coil);
    for (const std::string& warning : result.contact.warnings) session.warn(warning);
    planning::SimulateOptions options = request.options;
    options.progress = session.progress("simulating");
    result.simulation = prepared.simulator().simulate(request.coil, request.head_from_coil, options);
    const solver::SolveReport& report = result.simulation.report;
    if (!report.converged) {
        throw ComputationError(
            fmt::format("the solver did not converge: relative residual {:.2g} where --tolerance asks for "
                        "{:.2g} ({}); no field was written; give a larger --tolerance{}",
                        report.relative_residual, options.tolerance, describe(report),
                        report.iterations > 0 ? " or --solver direct" : ""));
    }
    if (request.roi) options.progress = session.progress("estimating the error in the ROI");
    result.metrics = planning::field_metrics(prepared.head.mesh, result.simulation.best(), request.roi);
    if (request.roi) {
        try {
            prepared.simulator().estimate_mean(*result.metrics.roi,
                                               planning::roi_samples(prepared.head.mesh, request.roi),
                                               result.simulation, options);
        } catch (const ComputationError& error) {
            session.warn(fmt::format("no error estimate for the ROI: {}", error.what()));
        }
    }
    session.end_progress(fmt::format("simulated {} over {}: {} unknowns, {}, residual {:.1e}",
                                     request.coil.name,
                                     request.target.empty() ? "the given pose" : request.target,
                                     report.unknowns, describe(report), report.relative_residual));
    result.metrics_json = metrics_as_json(request, result.simulation, result.metrics, result.contact);
    return result;
}

RunResult run_into(const std::filesystem::path& folder, const PreparedHead& prepared,
                   const RunRequest& request, bool with_pictures, Session& session) {
    RunResult result = run(prepared, request, session);
    write_run(folder, prepared.head, prepared.scalp.surface(), request, result, session.warnings());
    if (!with_pictures) return result;
    std::filesystem::create_directory(folder / "figures");
    try {
        (void)session.progress("drawing");
        draw_run(folder, {.views = {"close", "overview"}}, folder / "figures");
        session.end_progress("drew 2 pictures");
    } catch (const MissingPartError& error) {
        session.warn(fmt::format("no pictures: {}", error.what()));
    }
    return result;
}

} // namespace corticoil::app
