#include "app/lesion_run.h"

#include "app/lesion_input.h"
#include "app/lesion_table.h"
#include "core/constants.h"
#include "core/error.h"
#include "core/tissue.h"
#include "io/json_file.h"

#include <fmt/format.h>

#include <algorithm>

namespace corticoil::app {

namespace {

/// The head with one conductivity in all its lesions.
HeadModel with_conductivity(const HeadModel& head, const LesionSetup& setup, double value) {
    if (setup.coverage) return planning::with_lesions(setup.unmixed, *setup.coverage, value, value);
    if (!head.conductivity.is_isotropic())
        throw Error("--lesion-scenarios: needs isotropic conductivities; leave out --dti");
    HeadModel changed = head;
    for (int t = 0; t < head.mesh.n_tetrahedra(); ++t) {
        if (tissue::is_lesion(head.mesh.labels[static_cast<std::size_t>(t)])) changed.conductivity[t] = value;
    }
    return changed;
}

solver::ElementField solve(const planning::LesionScenario& scenario, const HeadModel& head,
                           const RunRequest& request, const planning::SimulatorOptions& options,
                           Session& session) {
    planning::SimulatorOptions quiet = options;
    quiet.progress = session.progress(fmt::format("scenario {}", scenario.name));
    const planning::Simulator simulator(head, quiet);
    planning::SimulateOptions simulate = request.options;
    simulate.progress = quiet.progress;
    const planning::Simulation simulation =
        simulator.simulate(request.coil, request.head_from_coil, simulate);
    if (!simulation.report.converged) {
        throw ComputationError(
            fmt::format("lesion scenario {}: the solver did not converge (relative residual "
                        "{:.2g})",
                        scenario.name, simulation.report.relative_residual));
    }
    session.end_progress(
        fmt::format("scenario {} ({}, {:g} S/m)", scenario.name, scenario.what, scenario.conductivity));
    return simulation.best();
}

std::vector<ScenarioField> solve_scenarios(const PreparedHead& prepared, const LesionSetup& setup,
                                           const RunRequest& request,
                                           const planning::SimulatorOptions& options,
                                           const planning::LesionAtlas& atlas, Session& session) {
    std::vector<ScenarioField> scenarios;
    solver::ElementField without_lesions; // A's: white matter in their place.
    for (const planning::LesionScenario& scenario : planning::lesion_scenarios()) {
        const HeadModel head = with_conductivity(prepared.head, setup, scenario.conductivity);
        const solver::ElementField field = solve(scenario, head, request, options, session);
        if (scenarios.empty()) without_lesions = field;
        ScenarioField& result = scenarios.emplace_back();
        result.scenario = scenario;
        result.p999 = planning::field_metrics(head.mesh, field, std::nullopt).p999;
        if (request.roi)
            result.roi_mean = planning::mean_magnitude(planning::roi_samples(head.mesh, request.roi), field);
        result.lesions = atlas.fields(field);
        result.rim_factors = atlas.rim_factors(field, without_lesions);
    }
    return scenarios;
}

} // namespace

LesionSetup set_up_lesions(const LesionFlags& flags, HeadModel& head, const Conductivities& conductivities,
                           Session& session) {
    LesionSetup setup;
    setup.regions = planning::lesion_regions(head.mesh);
    const bool has_masks = !flags.lesions.empty() || !flags.black_holes.empty();
    if (has_masks) {
        if (setup.has_lesions()) {
            throw Error(
                "--lesions: the mesh holds lesions already (labels 51, 52); leave the masks out, or use a "
                "mesh without lesions");
        }
        const planning::LesionMaskPair masks = read_mask_pair(flags.lesions, flags.black_holes, session);
        setup.coverage = planning::cover_tetrahedra(head.mesh, masks);
        setup.unmixed = head;
        head = planning::with_lesions(head, *setup.coverage, conductivities.at(tissue::lesion),
                                      conductivities.at(tissue::black_hole));
        setup.regions = planning::lesion_regions(head.mesh, *setup.coverage);
        const double left_out = 1 - setup.coverage->covered_volume / setup.coverage->mask_volume;
        constexpr double notable = 0.1;
        constexpr double per_cent = 100;
        if (left_out > notable) {
            session.warn(
                fmt::format("--lesions: {:.0f} % of the mask's {:.2f} ml lie outside white and grey matter "
                            "and change nothing",
                            per_cent * left_out, setup.coverage->mask_volume * millilitres_per_cubic_metre));
        }
    }
    if (flags.scenarios && !setup.has_lesions()) {
        throw Error(
            "--lesion-scenarios: the mesh holds no lesions (labels 51, 52); segment with --lesions, or give "
            "a mask with --lesions");
    }
    return setup;
}

LesionTable write_lesions(const std::filesystem::path& folder, const PreparedHead& prepared,
                          const LesionSetup& setup, const RunRequest& request, RunResult& result,
                          const planning::SimulatorOptions& options, bool with_scenarios, Session& session) {
    const planning::LesionAtlas atlas(prepared.head.mesh, setup.regions);
    LesionFigures figures;
    figures.coverage = setup.coverage;
    figures.places = atlas.places(request.roi, request.head_from_coil);
    figures.fields = atlas.fields(result.simulation.best());
    figures.p999 = result.metrics.p999;
    if (with_scenarios)
        figures.scenarios = solve_scenarios(prepared, setup, request, options, atlas, session);
    LesionTable table{lesions_as_json(atlas, figures, request.mni), lesions_as_text(atlas, figures)};
    io::write_json(folder / "lesions.json", table.json);
    write_lesions_csv(folder / "lesions.csv", table.json);
    if (with_scenarios && request.roi) {
        result.metrics_json["e_mean_roi_lesion_scenarios_v_per_m"] = table.json["e_mean_roi_range_v_per_m"];
        io::write_json(folder / "metrics.json", result.metrics_json);
    }
    return table;
}

} // namespace corticoil::app
