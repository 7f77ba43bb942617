#include "app/plan.h"

#include "app/plan_scenarios.h"
#include "core/constants.h"
#include "core/error.h"
#include "planning/planned_pose.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace corticoil::app {

namespace {

using planning::PlanObjective;

/// A coil's search with what it needs afterwards.
struct SearchedCoil {
    planning::PlannedCoil coil;
    planning::PlannedSearch search;
};

/// The regions of a search: the target's first.
std::vector<planning::PlannedRegion> regions_of(const PlanRequest& request, const PreparedHead& prepared,
                                                const std::optional<planning::CorticalBank>& bank) {
    const TetMesh& mesh = prepared.head.mesh;
    planning::PlannedRegion target{request.aim.name, planning::roi_samples(mesh, request.roi), {}};
    if (request.objective == PlanObjective::direction) {
        target.role.direction = request.direction ? *request.direction : bank.value().normal;
        if (!request.direction) target.samples = bank->samples;
    }
    std::vector<planning::PlannedRegion> regions{std::move(target)};
    for (const PlanPlace& place : request.places) {
        planning::PlannedRegion region{place.name, place.samples, {}};
        region.role.largest_share = place.largest_share;
        regions.push_back(std::move(region));
    }
    return regions;
}

planning::PlannedSearchOptions search_options(const PlanRequest& request, Session& session) {
    planning::PlannedSearchOptions options;
    options.centre = request.place.scalp_point;
    options.area = {.radius = request.radius, .spacing = request.spacing};
    options.search.tilts = request.tilts;
    options.search.gap = request.placement.stand_off;
    options.search.combination = request.combination;
    options.tolerance = request.tolerance;
    options.progress = session.progress("searching");
    return options;
}

double best_of(const planning::SearchResult& result) {
    return std::max_element(result.of_places.begin(), result.of_places.end(),
                            [](const auto& a, const auto& b) { return a.value < b.value; })
        ->value;
}

/// What a search is called by: the value at full output where every coil's is known, else at 1 A/µs.
std::size_t best_coil(const std::vector<CoilSearch>& searches) {
    const bool has_all = std::all_of(searches.begin(), searches.end(), [](const CoilSearch& search) {
        return search.best_at_full_output.has_value();
    });
    const auto score = [&](const CoilSearch& search) {
        return has_all ? *search.best_at_full_output : search.best_value;
    };
    return static_cast<std::size_t>(
        std::max_element(searches.begin(), searches.end(),
                         [&](const CoilSearch& a, const CoilSearch& b) { return score(a) < score(b); }) -
        searches.begin());
}

CoilSearch described(const SearchedCoil& searched) {
    CoilSearch described;
    described.coil = searched.coil.coil.name;
    described.counts = searched.search.result;
    described.counts.of_places.clear();
    described.seconds = searched.search.seconds;
    described.n_dipoles = searched.coil.dipoles.dipoles.size();
    described.dipole_error = searched.coil.dipoles.relative_error;
    described.best_value = best_of(searched.search.result);
    if (searched.coil.coil.didt_at_full_output) {
        described.best_at_full_output =
            described.best_value * *searched.coil.coil.didt_at_full_output / ampere_per_microsecond;
    }
    return described;
}

RunRequest run_request(const PlanRequest& request, const PlanCoil& coil) {
    RunRequest run;
    run.coil = coil.coil;
    run.target = request.aim.name;
    run.roi = request.roi;
    run.mni = request.mni;
    run.inputs = request.aim.inputs;
    run.options.didt = ampere_per_microsecond;
    run.options.tolerance = request.tolerance;
    return run;
}

/// The objective of a field in the terms of the short list [V/m at 1 A/µs].
double objective_of(const solver::ElementField& field, const PlanRequest& request,
                    const planning::PlannedRegion& roi) {
    if (request.objective == PlanObjective::mean) return planning::mean_magnitude(roi.samples, field);
    const Vector3 mean = planning::mean_field(roi.samples, field);
    return roi.role.direction ? std::abs(mean.dot(*roi.role.direction)) : mean.norm();
}

/// What a plan keeps of a run; the field itself is not kept.
PlanRun kept_of(RunRequest run_request, const RunResult& result, const PreparedHead& prepared,
                const std::vector<PlanPlace>& places = {}) {
    PlanRun plan_run;
    for (const PlanPlace& place : places)
        plan_run.place_fields.push_back(planning::mean_field(place.samples, result.simulation.best()).norm());
    plan_run.metrics = result.metrics;
    plan_run.roi = result.metrics.roi.value();
    plan_run.clearance = result.contact.clearance;
    const planning::RoiSamples samples = planning::roi_samples(prepared.head.mesh, run_request.roi);
    plan_run.mean_field = planning::mean_field(samples, result.simulation.best());
    plan_run.raw_mean = planning::mean_magnitude(samples, result.simulation.field);
    plan_run.request = std::move(run_request);
    return plan_run;
}

/// The conventional pose of a coil over a place.
RunRequest conventional_request(const PlanRequest& request, const PlanCoil& coil,
                                const PreparedHead& prepared) {
    RunRequest run = run_request(request, coil);
    (void)aim_at(run, request.aim, prepared, request.placement);
    return run;
}

/// Orders the short list by its 5th percentile under the first placement error.
void add_worst_cases(std::vector<planning::ShortlistedPose>& list,
                     const planning::PlacementRobustness& robustness, const PlanRequest& request,
                     Session& session) {
    constexpr int n_draws = 2000; // The 5th percentile to about a per cent.
    const Progress progress = session.progress("worst cases");
    planning::RobustnessOptions options = request.robustness;
    options.n_draws = n_draws;
    for (std::size_t i = 0; i < list.size(); ++i) {
        report(progress, static_cast<double>(i) / static_cast<double>(list.size()), "placement errors");
        list[i].p5 = robustness.spread(list[i].ranked.head_from_coil, request.errors.front(), options).p5;
    }
    planning::sort_by(list, PlanObjective::worst_case);
}

/// Everything after the search.
class PlanAfterSearch {
  public:
    PlanAfterSearch(const PlanRequest& request, const PreparedHead& prepared,
                    const planning::Planner& planner, const SearchedCoil& searched,
                    const planning::PlannedRegion& roi, const std::filesystem::path& folder,
                    PlanResult& result, Session& session)
        : request_(request), prepared_(prepared), planner_(planner), searched_(searched), roi_(roi),
          folder_(folder), result_(result), session_(session),
          robustness_(planner.places(), planner.grid(), searched.coil.casing, searched.coil.dipoles.dipoles,
                      searched.search.field, searched.search.table) {}

    void run(const planning::PlannedSearchOptions& options) {
        planning::ShortlistOptions shortlist_options;
        shortlist_options.objective = request_.objective;
        shortlist_options.tolerance = request_.tolerance;
        shortlist_options.progress = session_.progress("short list");
        result_.shortlist =
            planning::shortlist(planner_, searched_.coil, searched_.search, roi_, options, shortlist_options);
        session_.end_progress(fmt::format("solved the best {} places forward", result_.shortlist.size()));
        if (request_.objective == PlanObjective::worst_case)
            add_worst_cases(result_.shortlist, robustness_, request_, session_);
        add_runs();
        add_placement();
        add_stand_off();
        result_.shams = sham_poses(request_, prepared_, result_.best.request, session_);
        result_.other_side = other_side(request_, prepared_, result_.conventional, session_);
        add_dose();
    }

  private:
    const PlanCoil& coil() const { return request_.coils[result_.coil]; }

    /// Solves a pose forward with its error estimate, into a run folder.
    PlanRun solved_into(const std::string& name, RunRequest run_request) {
        run_request.configuration = request_.configuration;
        run_request.configuration["pose"] = name;
        run_request.configuration["coil"] = coil().reference;
        run_request.inputs.insert(request_.inputs.begin(), request_.inputs.end());
        const std::filesystem::path run_folder = folder_ / "runs" / name;
        std::filesystem::create_directories(run_folder);
        const RunResult result =
            run_into(run_folder, prepared_, run_request, request_.has_pictures, session_);
        PlanRun plan_run = kept_of(std::move(run_request), result, prepared_, request_.places);
        plan_run.raw_objective = objective_of(result.simulation.field, request_, roi_);
        return plan_run;
    }

    void add_runs() {
        RunRequest best = run_request(request_, coil());
        const planning::PlannedPose planned = planning::planned_pose(
            result_.shortlist.front().ranked, searched_.search, coil().coil, prepared_.scalp,
            request_.placement.stand_off, direction_of(request_.aim, coil().coil.type).induced_direction);
        if (planned.drives_backwards) {
            session_.warn("the planned pose drives E against the conventional direction: the coil is not "
                          "symmetric, and turned round it would give the ROI less");
        }
        best.head_from_coil = planned.head_from_coil;
        result_.best = solved_into("planned", std::move(best));
        result_.conventional = solved_into("conventional", conventional_request(request_, coil(), prepared_));
        result_.wall_axis = planning::sulcal_wall_axis(
            prepared_.head.mesh, request_.roi, -result_.best.request.head_from_coil.rotation().col(2));
        result_.conventional_rule = direction_of(request_.aim, coil().coil.type).rule;
    }

    void add_placement() {
        const Progress progress = session_.progress("placement errors");
        planning::RobustnessOptions options = request_.robustness;
        options.gap = request_.placement.stand_off;
        for (const planning::PlacementError& error : request_.errors) {
            report(progress,
                   static_cast<double>(result_.placement.size()) /
                       static_cast<double>(request_.errors.size()),
                   error.name);
            result_.placement.push_back(
                {error, robustness_.spread(result_.best.request.head_from_coil, error, options),
                 robustness_.spread(result_.conventional.request.head_from_coil, error, options)});
        }
        session_.end_progress(
            fmt::format("{} draws for each of {} placement errors", options.n_draws, request_.errors.size()));
    }

    /// By the adjoint field, without solving again.
    void add_stand_off() {
        constexpr std::array<double, 6> extras{0, 0.002, 0.004, 0.006, 0.008, 0.010}; // [m]
        const RigidTransform& pose = result_.best.request.head_from_coil;
        for (const double extra : extras) {
            const RigidTransform away(pose.rotation(), pose.translation() - extra * pose.rotation().col(2),
                                      "pose further out");
            const Vector3 mean =
                searched_.search.field.values(coil().coil, away, ampere_per_microsecond).head<3>();
            result_.stand_off.push_back({extra, mean.norm()});
        }
    }

    /// The dose and its range over conductivities and lesions.
    void add_dose() {
        std::optional<PlanRun> motor;
        if (request_.threshold) {
            RunRequest at_threshold = motor_request(request_, prepared_);
            const RunResult result = app::run(prepared_, at_threshold, session_);
            motor = kept_of(std::move(at_threshold), result, prepared_);
        }
        if (motor) result_.motor_field = motor->roi.mean_magnitude;
        add_scenarios(request_, prepared_, result_, motor, session_);
        result_.dose = dose_of(request_, result_);
    }

    const PlanRequest& request_;
    const PreparedHead& prepared_;
    const planning::Planner& planner_;
    const SearchedCoil& searched_;
    const planning::PlannedRegion& roi_;
    const std::filesystem::path& folder_;
    PlanResult& result_;
    Session& session_;
    planning::PlacementRobustness robustness_;
};

std::string counted(const CoilSearch& search) {
    constexpr double per_cent = 100;
    constexpr double million = 1e6;
    return fmt::format(
        "searched {:.2f} million placements of {} ({} evaluated, the others interpolated within {:.2f} %) in "
        "{:.1f} s: adjoint {:.1f}, places {:.1f}, table {:.1f}, placements {:.1f}",
        static_cast<double>(search.counts.n_placements) / million, search.coil, search.counts.n_evaluated,
        per_cent * search.counts.interpolation_error, search.seconds.total(), search.seconds.adjoint,
        search.seconds.places, search.seconds.table, search.seconds.search);
}

std::optional<planning::CorticalBank> find_bank(const PlanRequest& request, const PreparedHead& prepared) {
    const TetMesh& mesh = prepared.head.mesh;
    try {
        return planning::cortical_bank(mesh, planning::roi_samples(mesh, request.roi), request.roi.centre);
    } catch (const Error&) {
        if (request.objective == PlanObjective::direction && !request.direction) throw;
        return std::nullopt; // Deep nuclei: a ROI without cortex.
    }
}

} // namespace

PlanResult make_plan(const PlanRequest& request, const PreparedHead& prepared,
                     const std::filesystem::path& folder, Session& session) {
    PlanResult result;
    result.bank = find_bank(request, prepared);
    const std::vector<planning::PlannedRegion> regions = regions_of(request, prepared, result.bank);
    const planning::Planner planner(prepared.simulator(), prepared.scalp, request.placement.smoothing,
                                    session.progress("distances to the scalp"));
    session.end_progress("distances to the scalp");
    const planning::PlannedSearchOptions options = search_options(request, session);
    std::optional<SearchedCoil> kept;
    for (std::size_t c = 0; c < request.coils.size(); ++c) {
        planning::PlannedCoil coil(request.coils[c].coil);
        planning::PlannedSearch search = planning::search_around(planner, coil, regions, options);
        SearchedCoil searched{std::move(coil), std::move(search)};
        result.searches.push_back(described(searched));
        session.end_progress(counted(result.searches.back()));
        result.coil = best_coil(result.searches);
        if (result.coil == c) kept.emplace(std::move(searched));
    }
    result.places = kept->search.places;
    result.of_places = kept->search.result.of_places;
    PlanAfterSearch(request, prepared, planner, *kept, regions.front(), folder, result, session).run(options);
    return result;
}

} // namespace corticoil::app
