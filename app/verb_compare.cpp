#include "app/aim.h"
#include "app/comparison.h"
#include "app/comparison_pictures.h"
#include "app/parse.h"
#include "app/run_input.h"
#include "app/simulation.h"
#include "app/subject_folder.h"
#include "app/verbs.h"
#include "coils/coil_file.h"
#include "coils/coil_library.h"
#include "core/constants.h"
#include "core/error.h"
#include "core/tissue.h"
#include "io/json_file.h"
#include "io/staged_output.h"
#include "planning/planned_pose.h"
#include "planning/shortlist.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>

namespace corticoil::app {

namespace {

struct CompareFlags {
    std::string subject;
    std::string mesh;
    std::vector<std::string> coils;
    std::string target;
    std::string pose = "conventional";
    std::string roi;
    double roi_mean = 0; ///< V/m; 0: that of the first coil at `didt`.
    double hair_mm = 4;
    double didt = 1e6;
    double tolerance = 1e-6;
    int order = 1;
    std::string solver = "auto";
    std::string conductivity;
    bool has_no_pictures = false;
};

/// What `--coils` names: a coil, and how run.json names it.
struct NamedCoil {
    coils::Coil coil;
    std::string reference;
    std::string folder;
};

void check(const CompareFlags& flags) {
    if (flags.subject.empty() == flags.mesh.empty())
        throw Error("compare: give either --subject DIR or --mesh head.msh");
    constexpr std::size_t most_coils = 8;
    if (flags.coils.size() < 2 || flags.coils.size() > most_coils) {
        throw Error(fmt::format("--coils: {} given; give 2 to {} with commas between", flags.coils.size(),
                                most_coils));
    }
    constexpr double most_hair_mm = 50;
    if (!(flags.hair_mm >= 0 && flags.hair_mm <= most_hair_mm))
        throw Error(fmt::format("--hair: {:g} mm; give 0 to {:g}", flags.hair_mm, most_hair_mm));
    constexpr double most_mean = 1e4;
    if (!(flags.roi_mean >= 0 && flags.roi_mean <= most_mean))
        throw Error(fmt::format("--roi-mean: {:g} V/m; give for example 100", flags.roi_mean));
    check_rate(flags.didt);
    check_tolerance(flags.tolerance);
}

/// NAME, FILE, or either with `:TYPE` behind it for files that do not say what build they are.
NamedCoil load(const std::string& text) {
    const std::size_t colon = text.rfind(':');
    const std::optional<coils::CoilType> type =
        colon == std::string::npos ? std::nullopt : coils::find_coil_type(text.substr(colon + 1));
    const std::string name = type ? text.substr(0, colon) : text;
    NamedCoil named{coils::load_coil(name), coil_reference(name), {}};
    if (type) named.coil.type = *type;
    named.folder = coils::is_coil_file(name) ? std::filesystem::path(name).stem().string() : named.coil.name;
    return named;
}

std::vector<NamedCoil> load_coils(const CompareFlags& flags) {
    std::vector<NamedCoil> coils;
    std::set<std::string> folders;
    for (const std::string& text : flags.coils) {
        coils.push_back(load(text));
        if (!folders.insert(coils.back().folder).second) {
            throw Error(fmt::format("--coils: two coils are called '{}'; their results would share a folder; "
                                    "rename one file",
                                    coils.back().folder));
        }
    }
    return coils;
}

nlohmann::json resolved(const CompareFlags& flags, const Comparison& comparison, const Session& session) {
    nlohmann::json coils = nlohmann::json::array();
    for (const ComparedCoil& coil : comparison.coils) {
        coils.push_back({{"coil", coil.request.configuration.at("coil")},
                         {"type", coils::to_string(coil.request.coil.type)},
                         {"direction_rule", coil.direction_rule}});
        // The best poses are not known before they are searched for.
        if (session.is_dry_run() && flags.pose == "best") continue;
        coils.back()["lift_mm"] = coil.lift * millimetres_per_metre;
        coils.back()["clearance_mm"] = coil.clearance * millimetres_per_metre;
    }
    nlohmann::json conductivities = nlohmann::json::object();
    for (const auto& [label, value] : parse_conductivities(flags.conductivity))
        conductivities[std::to_string(label)] = value;
    return {{"subject", flags.subject},
            {"mesh", flags.mesh},
            {"coils", coils},
            {"target", flags.target},
            {"pose", flags.pose},
            {"roi", comparison.roi.description},
            {"roi_mean_v_per_m", flags.roi_mean > 0 ? nlohmann::json(flags.roi_mean) : nlohmann::json()},
            {"hair_mm", flags.hair_mm},
            {"didt", flags.didt},
            {"tolerance", flags.tolerance},
            {"order", flags.order},
            {"solver", flags.solver},
            {"conductivity_s_per_m", conductivities},
            {"out", session.out()},
            {"threads", session.threads()}};
}

/// What the runs share: the head, the target and where files come from.
struct Place {
    std::filesystem::path mesh_path;
    std::optional<SubjectFolder> subject;
    std::optional<MniMapping> mni;
    Aim aim;
};

Place find_place(const CompareFlags& flags) {
    Place place;
    place.mesh_path = flags.mesh;
    if (!flags.subject.empty()) {
        place.subject = SubjectFolder::open(flags.subject);
        place.mesh_path = place.subject->head_mesh();
        if (std::filesystem::exists(place.subject->mni_file())) place.mni = place.subject->read_mni();
    }
    place.aim = parse_aim(flags.target, place.subject, place.mni);
    return place;
}

/// Puts a coil over the target by the convention for its type, and lifts it until it clears the scalp.
ComparedCoil placed(NamedCoil named, const CompareFlags& flags, const Place& place,
                    const PreparedHead& prepared, int n_threads) {
    ComparedCoil compared;
    compared.folder = named.folder;
    RunRequest& request = compared.request;
    request.coil = std::move(named.coil);
    request.options.didt = flags.didt;
    request.options.tolerance = flags.tolerance;
    request.mni = place.mni;
    request.inputs["mesh"] = place.mesh_path;
    if (place.mni) request.inputs["mni"] = place.subject->mni_file();
    if (coils::is_coil_file(named.reference)) request.inputs["coil"] = named.reference;
    if (!flags.roi.empty()) request.roi = parse_roi(flags.roi, place.mni);
    const double hair = flags.hair_mm * metres_per_millimetre;
    const planning::PlacementOptions placement{.stand_off = hair};
    const planning::LiftedCoil lifted = aim_at(request, place.aim, prepared, placement);
    compared.direction_rule = direction_of(place.aim, request.coil.type).rule;
    compared.lift = lifted.lift;
    compared.clearance = lifted.clearance.distance;
    request.configuration = {
        {"subject", flags.subject}, {"mesh", flags.mesh},           {"coil", named.reference},
        {"target", flags.target},   {"pose", flags.pose},           {"roi", request.roi->description},
        {"didt", flags.didt},       {"tolerance", flags.tolerance}, {"order", flags.order},
        {"solver", flags.solver},   {"threads", n_threads}};
    return compared;
}

Comparison placed_coils(const CompareFlags& flags, const Place& place, const PreparedHead& prepared,
                        Session& session) {
    std::vector<NamedCoil> coils = load_coils(flags);
    Comparison comparison;
    comparison.didt = flags.didt;
    const Progress progress = session.progress("placing");
    for (std::size_t i = 0; i < coils.size(); ++i) {
        report(progress, static_cast<double>(i) / static_cast<double>(coils.size()), coils[i].coil.name);
        comparison.coils.push_back(placed(std::move(coils[i]), flags, place, prepared, session.threads()));
    }
    const RunRequest& first = comparison.coils.front().request;
    comparison.target = first.target;
    comparison.roi = *first.roi;
    comparison.line = {first.placement->scalp_point, -first.placement->scalp_normal};
    comparison.target_depth = first.placement->target_depth;
    return comparison;
}

/// Moves every coil to where the mean of |E| in the ROI is largest, as `plan` finds it.
void move_to_best(Comparison& comparison, const CompareFlags& flags, const Place& place,
                  const PreparedHead& prepared, Session& session) {
    const planning::PlacementOptions placement{.stand_off = flags.hair_mm * metres_per_millimetre};
    const planning::Planner planner(prepared.simulator(), prepared.scalp, placement.smoothing,
                                    session.progress("distances to the scalp"));
    const planning::PlannedRegion roi{
        comparison.target, planning::roi_samples(prepared.head.mesh, comparison.roi), {}};
    planning::PlannedSearchOptions options;
    options.centre = place_of(place.aim, prepared.head.mesh, prepared.scalp).scalp_point;
    options.search.gap = placement.stand_off;
    options.tolerance = flags.tolerance;
    for (ComparedCoil& compared : comparison.coils) {
        RunRequest& request = compared.request;
        options.progress = session.progress("searching");
        const planning::PlannedCoil coil(request.coil);
        const planning::PlannedSearch search = planning::search_around(planner, coil, {&roi, 1}, options);
        constexpr std::size_t confirmed = 10; // By forward solves: |mean E| ranks nearly as the mean of |E|.
        const std::vector<planning::ShortlistedPose> list = planning::shortlist(
            planner, coil, search, roi, options,
            {.n = confirmed, .tolerance = flags.tolerance, .progress = session.progress("short list")});
        const planning::PlannedPose best = planning::planned_pose(
            list.front().ranked, search, request.coil, prepared.scalp, options.search.gap,
            direction_of(place.aim, request.coil.type).induced_direction);
        request.head_from_coil = best.head_from_coil;
        compared.direction_rule = "best mean of |E| in the ROI";
        compared.lift = best.lift - placement.stand_off;
        compared.clearance = best.clearance;
        session.end_progress(
            fmt::format("{}: the best of {:.2f} million placements, in {:.1f} s", compared.folder,
                        static_cast<double>(search.result.n_placements) / 1e6, search.seconds.total()));
    }
}

/// Simulates a coil into its folder and takes the figures that are compared.
void measure(ComparedCoil& coil, const Comparison& comparison, const PreparedHead& prepared,
             const PointLocator& locator, const std::filesystem::path& runs, bool with_pictures,
             Session& session) {
    std::filesystem::create_directory(runs / coil.folder);
    const RunResult result = run_into(runs / coil.folder, prepared, coil.request, with_pictures, session);
    const TetMesh& mesh = prepared.head.mesh;
    const solver::ElementField& field = result.simulation.best();
    coil.metrics = result.metrics;
    coil.profile = planning::depth_profile(mesh, locator, field, comparison.line);
    constexpr double fine_step = 0.001; // [m]
    coil.fine_profile = planning::depth_profile(mesh, locator, field, comparison.line, {.step = fine_step});
    for (const planning::Region& region : comparison.regions)
        coil.region_means.push_back(planning::mean_magnitude(region.samples, field));
    constexpr double percent = 99;
    coil.p99_scalp = planning::tissue_percentile(mesh, field, tissue::scalp, percent);
    coil.p99_eyes = planning::tissue_percentile(mesh, field, tissue::eyes, percent);
}

std::string summary(const Comparison& comparison, const Session& session) {
    return fmt::format("Over {}, {:.1f} mm under the scalp; ROI: {}\n{}"
                       "(!): more than the stimulator has. One head; research use only.\n"
                       "Files and pictures: {}\n",
                       comparison.target, comparison.target_depth * millimetres_per_metre,
                       comparison.roi.description, comparison_as_text(comparison), session.out());
}

void run_compare(const CompareFlags& flags, Session& session) {
    check(flags);
    const io::StagedFolderOptions staging{"compare.json", session.may_overwrite(), comparison_entries()};
    io::check_output_folder(session.out(), staging);
    const Place place = find_place(flags);
    PreparedHead prepared(
        make_head_model(place.subject ? place.subject->read_mesh() : read_users_mesh(flags.mesh, session),
                        parse_conductivities(flags.conductivity)));
    Comparison comparison = placed_coils(flags, place, prepared, session);
    for (const ComparedCoil& coil : comparison.coils) check_measurable(prepared.head.mesh, coil.request);
    if (session.is_dry_run()) {
        session.finish_dry_run(resolved(flags, comparison, session));
        return;
    }
    if (std::holds_alternative<planning::Target>(place.aim.place)) {
        comparison.regions =
            planning::non_target_regions(prepared.head.mesh, *place.mni, place.aim.name, comparison.roi);
    }
    // A forward and an adjoint solve each; the best pose takes three adjoint and ten forward ones more.
    const int per_coil = flags.pose == "best" ? 15 : 2;
    prepared.prepare({.order = flags.order,
                      .solver = solver_choice(flags.solver),
                      .expected_simulations = per_coil * static_cast<int>(comparison.coils.size())},
                     session);
    if (flags.pose == "best") move_to_best(comparison, flags, place, prepared, session);
    const nlohmann::json configuration = resolved(flags, comparison, session);
    io::StagedFolder staged(session.out(), staging);
    const std::filesystem::path runs = staged.path() / "runs";
    std::filesystem::create_directory(runs);
    const PointLocator locator(prepared.head.mesh);
    for (std::size_t i = 0; i < comparison.coils.size(); ++i) {
        session.say(
            fmt::format("coil {} of {}: {}", i + 1, comparison.coils.size(), comparison.coils[i].folder));
        measure(comparison.coils[i], comparison, prepared, locator, runs, !flags.has_no_pictures, session);
    }
    comparison.roi_mean =
        flags.roi_mean > 0 ? flags.roi_mean : comparison.coils.front().metrics.roi->mean_magnitude;
    if (!flags.has_no_pictures) draw_comparison(comparison, staged.path(), session);
    nlohmann::json result = comparison_as_json(comparison);
    result["version"] = CORTICOIL_VERSION;
    result["configuration"] = configuration;
    result["warnings"] = session.warnings();
    io::write_json(staged.path() / "compare.json", result);
    io::write_file_atomically(staged.path() / "compare.csv", comparison_as_csv(comparison));
    staged.commit();
    session.finish(result, summary(comparison, session));
}

} // namespace

void add_compare(CLI::App& program, Session& session) {
    CLI::App* verb = program.add_subcommand(
        "compare", "Coils side by side over one target: fields, focality, depth and output needed");
    auto flags = std::make_shared<CompareFlags>();
    session.add_common_flags(*verb);
    session.add_out_flag(*verb, "Folder to make");
    session.add_overwrite_flag(*verb);
    verb->add_option("--subject", flags->subject, "Subject folder with head.msh")->type_name("DIR");
    verb->add_option("--mesh", flags->mesh, "Gmsh .msh with tissue labels as physical tags")
        ->type_name("FILE");
    verb->add_option("--coils", flags->coils,
                     "Coils of the library or coil files, the first being what the others are matched to; "
                     "FILE:TYPE says what build a file is")
        ->type_name("A,B,C")
        ->delimiter(',')
        ->required();
    verb->add_option(
            "--target", flags->target,
            "Target of the library, 10-10 position (F3), region of an atlas, mask, or a point of the "
            "head in mm")
        ->type_name("NAME|ATLAS:REGION|x,y,z|mask.nii.gz")
        ->required();
    verb->add_option("--pose", flags->pose,
                     "conventional: over the scalp point nearest to the target, turned as is usual for the "
                     "type of coil, lifted until its casing clears the scalp; best: where each coil gives "
                     "the ROI the largest mean of |E|, as plan finds it")
        ->check(CLI::IsMember({"conventional", "best"}))
        ->capture_default_str();
    verb->add_option("--roi", flags->roi, "Where to measure (default: the target's ball)")
        ->type_name("NAME|NAME:region|ATLAS:REGION|x,y,z,r|mask.nii.gz");
    verb->add_option("--roi-mean", flags->roi_mean,
                     "Mean of |E| in the ROI in V/m to match by (default: that of the first coil at --didt)");
    verb->add_option("--hair", flags->hair_mm, "Hair and cloth between scalp and casing in mm")
        ->capture_default_str();
    verb->add_option("--didt", flags->didt, "Rate of change of the coil current in A/s")
        ->capture_default_str();
    verb->add_option("--order", flags->order, "Order of the elements")
        ->check(CLI::IsMember({"1", "2"}))
        ->capture_default_str();
    add_solver_flags(*verb, flags->conductivity, flags->solver, flags->tolerance);
    verb->add_flag("--no-pictures", flags->has_no_pictures, "Draw nothing");
    verb->footer(
        "Examples:\n"
        "  corticoil compare --subject subjects/s01 --coils figure8_70mm,double_cone,h_type_leg --target "
        "M1_LEG_L --pose best "
        "--out runs/s01_leg\n"
        "  corticoil compare --subject subjects/s01 --coils figure8_70mm,cone.ccd:double_cone --target "
        "M1_LEG_BILAT --roi-mean 100 --out runs/s01_legs");
    verb->callback([flags, &session] {
        session.begin("compare");
        run_compare(*flags, session);
    });
}

} // namespace corticoil::app
