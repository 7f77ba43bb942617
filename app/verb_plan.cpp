#include "app/parse.h"
#include "app/plan.h"
#include "app/plan_pictures.h"
#include "app/plan_report.h"
#include "app/plan_scenarios.h"
#include "app/pose_input.h"
#include "app/run_input.h"
#include "app/subject_folder.h"
#include "app/verbs.h"
#include "coils/coil_file.h"
#include "coils/coil_library.h"
#include "coils/output.h"
#include "core/constants.h"
#include "core/error.h"
#include "io/json_file.h"
#include "io/navigation_file.h"
#include "io/pose_file.h"
#include "io/staged_output.h"
#include "io/whole_file.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace corticoil::app {

namespace {

constexpr double radians_per_degree = pi / 180;

struct PlanFlags {
    std::string subject;
    std::vector<std::string> coils;
    std::string target;
    std::vector<std::string> also;
    std::vector<std::string> spare;
    std::string roi;
    std::string objective = "mean";
    std::string direction;
    std::string combination = "mean";
    double radius_mm = 40;
    double spacing_mm = 1;
    double hair_mm = 4;
    std::vector<double> tilts_degrees;
    std::vector<std::string> placement_errors{"navigated", "cap"};
    int n_draws = 10000;
    std::uint64_t seed = 1;
    std::string affected_side;
    std::optional<double> motor_threshold;
    std::string mt_kind = "resting";
    std::string mt_target;
    std::string mt_coil;
    std::string mt_pose;
    std::string mt_stimulator;
    std::string mt_pulse;
    std::string stimulator;
    std::string pulse;
    std::optional<double> pulse_factor;
    double fraction_percent = 100;
    std::optional<double> e_dose;
    std::vector<std::string> implants;
    std::string lead;
    std::string conductivity;
    double tolerance = 1e-6;
    std::string solver = "auto";
    bool has_no_conductivity_study = false;
    bool has_no_pictures = false;
};

void check_range(const std::string& flag, double value, double least, double most, const std::string& unit) {
    if (value >= least && value <= most) return;
    throw Error(fmt::format("{}: {:g} {}; give {:g} to {:g}", flag, value, unit, least, most));
}

void check(const PlanFlags& flags) {
    constexpr std::size_t most_coils = 8;
    if (flags.coils.empty() || flags.coils.size() > most_coils)
        throw Error(fmt::format("--coil: {} given; give 1 to {} with commas between", flags.coils.size(),
                                most_coils));
    check_range("--radius", flags.radius_mm, 2, 120, "mm");
    check_range("--spacing", flags.spacing_mm, 0.5, 20, "mm");
    check_range("--hair", flags.hair_mm, 0, 50, "mm");
    check_range("--draws", flags.n_draws, 100, 1e6, "draws");
    check_range("--mt-fraction", flags.fraction_percent, 1, 300, "%");
    for (const double tilt : flags.tilts_degrees) check_range("--tilts", tilt, -45, 45, "degrees");
    check_tolerance(flags.tolerance);
    if (flags.motor_threshold && flags.e_dose)
        throw Error("plan: give either --motor-threshold or --e-dose, not both");
    if (!flags.direction.empty() && flags.objective != "direction")
        throw Error("--direction: goes with --objective direction");
    if (flags.objective == "direction" && flags.direction.empty()) {
        throw Error("--objective direction: give --direction x,y,z (head axes; or --objective normal for the "
                    "cortex' own normal)");
    }
}

planning::PlanObjective objective_of(const std::string& name) {
    static const std::map<std::string, planning::PlanObjective> objectives{
        {"mean", planning::PlanObjective::mean},
        {"vector", planning::PlanObjective::vector},
        {"direction", planning::PlanObjective::direction},
        {"normal", planning::PlanObjective::direction},
        {"focality", planning::PlanObjective::focality},
        {"selectivity", planning::PlanObjective::selectivity},
        {"worst_case", planning::PlanObjective::worst_case}};
    return objectives.at(name);
}

/// A preset, or MM,DEGREES.
planning::PlacementError placement_error_of(const std::string& text) {
    const std::optional<std::vector<double>> given = parse_numbers(text);
    if (!given) return planning::find_placement_preset(text);
    if (given->size() != 2)
        throw Error(fmt::format("--placement-error {}: give navigated, cap, hotspot, or MM,DEGREES", text));
    check_range("--placement-error", (*given)[0], 0, 50, "mm");
    check_range("--placement-error", (*given)[1], 0, 90, "degrees");
    constexpr double stand_off = 0.001; // [m] As the presets.
    return {"given", (*given)[0] * metres_per_millimetre, (*given)[1] * radians_per_degree, stand_off,
            "given"};
}

/// Tilts about both tangential axes: none, and each angle each way about each.
std::vector<Eigen::Vector2d> tilts_of(const std::vector<double>& degrees) {
    std::vector<Eigen::Vector2d> tilts{Eigen::Vector2d::Zero()};
    for (const double one : degrees) {
        if (one == 0) continue;
        const double angle = std::abs(one) * radians_per_degree;
        for (const double sign : {-1.0, 1.0}) {
            tilts.emplace_back(sign * angle, 0);
            tilts.emplace_back(0, sign * angle);
        }
    }
    return tilts;
}

/// `_L` and `_R` at the end of a target's name.
std::optional<std::string> mirrored_name(const std::string& name) {
    if (name.size() < 3) return std::nullopt;
    const std::string stem = name.substr(0, name.size() - 1);
    if (name.ends_with("_L")) return stem + "R";
    if (name.ends_with("_R")) return stem + "L";
    return std::nullopt;
}

/// The affected side is asked for where a target is on one side: limbs cross over, the cerebellum does not.
void check_side(const PlanFlags& flags, const Aim& aim, Session& session) {
    const std::optional<std::string> mirrored = mirrored_name(aim.name);
    if (!mirrored || !std::holds_alternative<planning::Target>(aim.place)) return;
    if (flags.affected_side.empty()) {
        throw Error(fmt::format(
            "--affected-side: {} lies on one side; say which side of the body is (more) affected: "
            "left, right, or both",
            aim.name));
    }
    if (flags.affected_side == "both") return;
    const bool is_left = aim.name.ends_with("_L");
    const bool is_cerebellar = aim.name.starts_with("CB_");
    const bool is_motor = aim.name.starts_with("M1_");
    const bool affects_left = flags.affected_side == "left";
    const bool is_expected = is_cerebellar ? is_left == affects_left : is_left != affects_left;
    if (is_expected || (!is_cerebellar && !is_motor)) return;
    session.warn(fmt::format(
        "{} is the {} side of the brain, and the affected side is the {}: {} acts on the {} side of the "
        "body; is {} meant?",
        aim.name, is_left ? "left" : "right", flags.affected_side,
        is_cerebellar ? "the cerebellum" : "motor cortex", is_cerebellar ? "same" : "opposite", *mirrored));
}

/// NAME, or NAME=SHARE of a place to spare.
PlanPlace place_from(const std::string& text, bool is_spared, const std::optional<SubjectFolder>& subject,
                     const std::optional<MniMapping>& mni) {
    PlanPlace place;
    std::string name = text;
    if (is_spared) {
        const std::size_t equals = text.rfind('=');
        const std::optional<std::vector<double>> share =
            equals == std::string::npos ? std::nullopt : parse_numbers(text.substr(equals + 1));
        if (!share || share->size() != 1 || !(share->front() > 0 && share->front() <= 10))
            throw Error(
                fmt::format("--spare {}: give PLACE=SHARE, the largest |mean E| there over the target's: "
                            "M1_HAND_R=0.5",
                            text));
        place.largest_share = share->front();
        name = text.substr(0, equals);
    }
    place.aim = parse_aim(name, subject, mni);
    return place;
}

PlanCoil load(const std::string& name) {
    return {coils::load_coil(name), coil_reference(name)};
}

/// NAME=x,y,z or x,y,z.
ImplantPoint implant_from(const std::string& text) {
    const std::size_t equals = text.find('=');
    const std::string name = equals == std::string::npos ? text : text.substr(0, equals);
    const std::optional<Vector3> point =
        parse_point(equals == std::string::npos ? text : text.substr(equals + 1));
    if (!point) throw Error(fmt::format("--implant {}: give NAME=x,y,z in mm of the head", text));
    return {name, *point};
}

/// A lead's points, "x,y,z" in mm per line.
std::vector<Vector3> read_lead(const std::string& path) {
    constexpr std::size_t most_points = 10000;
    constexpr std::uintmax_t most_bytes = 1 << 20;
    std::istringstream lines(io::read_whole_file(path, most_bytes));
    std::vector<Vector3> points;
    std::string line;
    while (std::getline(lines, line)) {
        if (line.empty() || line.front() == '#') continue;
        const std::optional<Vector3> point = parse_point(line);
        if (!point || points.size() == most_points)
            throw Error(fmt::format("{}: line {}: give x,y,z in mm per line, at most {}", path,
                                    points.size() + 1, most_points));
        points.push_back(*point);
    }
    if (points.size() < 2) throw Error(path + ": a lead has two points at least");
    return points;
}

/// Flags, resolved before a mesh is read.
PlanRequest requested(const PlanFlags& flags, const std::optional<SubjectFolder>& subject, Session& session) {
    PlanRequest request;
    if (std::filesystem::exists(subject->mni_file())) request.mni = subject->read_mni();
    request.aim = parse_aim(flags.target, subject, request.mni);
    check_side(flags, request.aim, session);
    request.affected_side = flags.affected_side;
    for (const std::string& text : flags.also)
        request.places.push_back(place_from(text, false, subject, request.mni));
    for (const std::string& text : flags.spare)
        request.places.push_back(place_from(text, true, subject, request.mni));
    if (const auto name = mirrored_name(request.aim.name);
        name && std::holds_alternative<planning::Target>(request.aim.place) && planning::known_target(*name))
        request.mirrored = parse_aim(*name, subject, request.mni);
    if (std::filesystem::exists(subject->electrodes()))
        request.vertex = parse_aim("Cz", subject, request.mni);
    for (const std::string& coil : flags.coils) request.coils.push_back(load(coil));
    request.objective = objective_of(flags.objective);
    if (!flags.direction.empty()) {
        const std::optional<Vector3> direction = parse_point(flags.direction);
        if (!direction || !(direction->norm() > 0))
            throw Error(fmt::format("--direction {}: give x,y,z in head axes", flags.direction));
        request.direction = direction->normalized();
    }
    request.combination =
        flags.combination == "least" ? planning::TargetCombination::least : planning::TargetCombination::mean;
    request.placement.stand_off = flags.hair_mm * metres_per_millimetre;
    request.radius = flags.radius_mm * metres_per_millimetre;
    request.spacing = flags.spacing_mm * metres_per_millimetre;
    request.tilts = tilts_of(flags.tilts_degrees);
    for (const std::string& error : flags.placement_errors)
        request.errors.push_back(placement_error_of(error));
    request.robustness = {.n_draws = flags.n_draws, .seed = flags.seed, .gap = request.placement.stand_off};
    request.fraction = flags.fraction_percent / 100;
    request.pulse_factor = flags.pulse_factor;
    request.pulse = flags.pulse;
    request.stimulator = flags.stimulator;
    request.wanted_field = flags.e_dose;
    request.studies_conductivity = !flags.has_no_conductivity_study;
    request.tolerance = flags.tolerance;
    return request;
}

/// The motor threshold's coil, target and pose: by default the first coil over the hand area of the same
/// side.
void add_threshold(PlanRequest& request, const PlanFlags& flags,
                   const std::optional<SubjectFolder>& subject) {
    if (!flags.motor_threshold) return;
    PlanThreshold threshold;
    threshold.percent_mso = *flags.motor_threshold;
    threshold.kind = flags.mt_kind;
    std::string motor = flags.mt_target;
    if (motor.empty()) {
        const bool is_right = request.aim.name.ends_with("_R");
        if (!mirrored_name(request.aim.name))
            throw Error(
                "--motor-threshold: say over which hemisphere with --mt-target M1_HAND_L or M1_HAND_R");
        motor = is_right ? "M1_HAND_R" : "M1_HAND_L";
    }
    threshold.aim = parse_aim(motor, subject, request.mni);
    threshold.coil = flags.mt_coil.empty() ? request.coils.front() : load(flags.mt_coil);
    threshold.stimulator = flags.mt_stimulator;
    threshold.pulse = flags.mt_pulse;
    if (!flags.mt_pose.empty()) threshold.pose = io::read_pose(flags.mt_pose).head_from_coil;
    // Known before anything is computed.
    (void)coils::didt_at_full_output(threshold.coil.coil, threshold.stimulator);
    request.threshold = std::move(threshold);
}

/// A dose needs every coil's output; checks what can be checked before anything is computed.
void check_dose(const PlanRequest& request) {
    if (!request.threshold && !request.wanted_field) return;
    for (const PlanCoil& coil : request.coils)
        (void)coils::didt_at_full_output(coil.coil, request.stimulator);
    if (!request.threshold) return;
    // A dry dose with a field of one: throws for pulses, thresholds and fractions that are none.
    (void)planning::dose_from_threshold(
        {.percent_mso = request.threshold->percent_mso,
         .kind = request.threshold->kind,
         .driver = {request.threshold->coil.coil.name, "", 1, request.threshold->pulse},
         .field = 1},
        {.fraction = request.fraction,
         .driver = {"", "", 1, request.pulse},
         .field = 1,
         .pulse_factor = request.pulse_factor});
}

/// Places on the mesh: ROIs, and that there is something to measure.
void find_places(PlanRequest& request, const PlanFlags& flags, const PreparedHead& prepared,
                 Session& session) {
    request.place = place_of(request.aim, prepared.head.mesh, prepared.scalp);
    request.roi = flags.roi.empty() ? request.place.roi : parse_roi(flags.roi, request.mni);
    RunRequest check;
    check.target = request.aim.name;
    check.roi = request.roi;
    check_measurable(prepared.head.mesh, check);
    tell_of_tissue(check, request.place, prepared.head.mesh, session);
    for (PlanPlace& place : request.places) {
        place.roi = place_of(place.aim, prepared.head.mesh, prepared.scalp).roi;
        check.roi = place.roi;
        check_measurable(prepared.head.mesh, check);
    }
    for (const PlanCoil& coil : request.coils) {
        if (coil.coil.casing && coil.coil.casing->n_triangles() > 0) continue;
        session.warn(fmt::format(
            "coil {} has no casing: its clearance is that of its windings, and a real coil may not "
            "reach as near; give a file with a casing (coils convert)",
            coil.coil.name));
    }
}

nlohmann::json resolved(const PlanFlags& flags, const PlanRequest& request, const Session& session) {
    nlohmann::json coils = nlohmann::json::array();
    for (const PlanCoil& coil : request.coils) coils.push_back(coil.reference);
    nlohmann::json conductivities = nlohmann::json::object();
    for (const auto& [label, value] : parse_conductivities(flags.conductivity))
        conductivities[std::to_string(label)] = value;
    return {{"subject", flags.subject},
            {"coil", coils},
            {"target", request.aim.name},
            {"also", flags.also},
            {"spare", flags.spare},
            {"roi", request.roi.description},
            {"objective", flags.objective},
            {"direction", flags.direction},
            {"combination", flags.combination},
            {"radius_mm", flags.radius_mm},
            {"spacing_mm", flags.spacing_mm},
            {"hair_mm", flags.hair_mm},
            {"tilts_degrees", flags.tilts_degrees},
            {"placement_error", flags.placement_errors},
            {"draws", flags.n_draws},
            {"seed", flags.seed},
            {"affected_side", flags.affected_side},
            {"motor_threshold_percent_mso",
             flags.motor_threshold ? nlohmann::json(*flags.motor_threshold) : nlohmann::json()},
            {"mt_kind", flags.mt_kind},
            {"mt_target", request.threshold ? request.threshold->aim.name : ""},
            {"mt_coil", request.threshold ? request.threshold->coil.reference : ""},
            {"mt_pose", flags.mt_pose},
            {"mt_fraction_percent", flags.fraction_percent},
            {"e_dose_v_per_m", flags.e_dose ? nlohmann::json(*flags.e_dose) : nlohmann::json()},
            {"stimulator", flags.stimulator},
            {"pulse", flags.pulse},
            {"mt_pulse", flags.mt_pulse},
            {"pulse_factor", flags.pulse_factor ? nlohmann::json(*flags.pulse_factor) : nlohmann::json()},
            {"implant", flags.implants},
            {"lead", flags.lead},
            {"tolerance", flags.tolerance},
            {"solver", flags.solver},
            {"conductivity_s_per_m", conductivities},
            {"out", session.out()},
            {"threads", session.threads()}};
}

std::vector<std::string> plan_entries() {
    return {"plan.json", "poses.csv", "pose.json", "runs", "figures", "export"};
}

/// The planned pose for navigation programs and SimNIBS.
void write_exports(const std::filesystem::path& folder, const PlanRequest& request, const PlanResult& result,
                   const SubjectFolder& subject, Session& session) {
    std::filesystem::create_directory(folder / "export");
    io::NavigationPose planned;
    planned.name = "planned";
    planned.head_from_coil = result.best.request.head_from_coil;
    planned.target = request.aim.name;
    io::NavigationPose usual = planned;
    usual.name = "conventional";
    usual.head_from_coil = result.conventional.request.head_from_coil;
    io::WriteNavigationOptions options;
    options.coil = result.best.request.coil.name;
    try {
        options.image = image_of(subject);
    } catch (const Error&) {
        session.warn("no file for ANT: the subject has no image that it could refer to");
    }
    const std::vector<std::pair<std::string, io::PoseFormat>> files{
        {"brainsight.txt", io::PoseFormat::brainsight},
        {"localite.xml", io::PoseFormat::localite},
        {"ant.mrk", io::PoseFormat::ant},
        {"matsimnibs.json", io::PoseFormat::matsimnibs},
        {"poses.csv", io::PoseFormat::csv}};
    for (const auto& [name, format] : files) {
        if (format == io::PoseFormat::ant && !options.image) continue;
        // What a format has no place for is in plan.json.
        (void)io::write_navigation(folder / "export" / name, format, {planned, usual}, options);
    }
    session.say("wrote the poses for Brainsight, Localite, ANT and SimNIBS, and as a table");
}

ImplantReport implants_of(const PlanFlags& flags, const std::vector<ImplantPoint>& points,
                          const std::vector<Vector3>& lead, const PlanRun& run) {
    ImplantReport report;
    report.fields = implant_fields(points, run.request.coil, run.request.head_from_coil);
    if (!flags.lead.empty())
        report.lead_voltage = voltage_along(lead, run.request.coil, run.request.head_from_coil);
    return report;
}

void run_plan(const PlanFlags& flags, Session& session) {
    check(flags);
    const io::StagedFolderOptions staging{"plan.json", session.may_overwrite(), plan_entries()};
    io::check_output_folder(session.out(), staging);
    const std::optional<SubjectFolder> subject = SubjectFolder::open(flags.subject);
    PlanRequest request = requested(flags, subject, session);
    add_threshold(request, flags, subject);
    check_dose(request);
    std::vector<ImplantPoint> implants;
    for (const std::string& text : flags.implants) implants.push_back(implant_from(text));
    const std::vector<Vector3> lead = flags.lead.empty() ? std::vector<Vector3>{} : read_lead(flags.lead);
    PreparedHead prepared(make_head_model(subject->read_mesh(), parse_conductivities(flags.conductivity)));
    find_places(request, flags, prepared, session);
    const nlohmann::json configuration = resolved(flags, request, session);
    if (session.is_dry_run()) {
        session.finish_dry_run(configuration);
        return;
    }
    constexpr int expected = 100; // Adjoints, the short list, shams and runs.
    prepared.prepare({.solver = solver_choice(flags.solver), .expected_simulations = expected}, session);
    request.configuration = configuration;
    request.inputs["mesh"] = subject->head_mesh();
    request.has_pictures = !flags.has_no_pictures;
    io::StagedFolder staged(session.out(), staging);
    const PlanResult result = make_plan(request, prepared, staged.path(), session);
    std::filesystem::copy_file(staged.path() / "runs" / "planned" / "pose.json", staged.path() / "pose.json");
    write_exports(staged.path(), request, result, *subject, session);
    if (!flags.has_no_pictures) draw_plan(request, result, prepared.scalp.surface(), staged.path(), session);
    const ImplantReport implant_report = implants_of(flags, implants, lead, result.best);
    nlohmann::json json = plan_as_json(request, result, implant_report);
    json["version"] = CORTICOIL_VERSION;
    json["configuration"] = configuration;
    json["warnings"] = session.warnings();
    io::write_json(staged.path() / "plan.json", json);
    io::write_file_atomically(staged.path() / "poses.csv", poses_as_csv(result));
    staged.commit();
    session.finish(json,
                   plan_as_text(request, result, implant_report) +
                       fmt::format("One head; research use only. Files and pictures: {}\n", session.out()));
}

void add_dose_flags(CLI::App& verb, PlanFlags& flags) {
    verb.add_option("--motor-threshold", flags.motor_threshold,
                    "Motor threshold in % of the stimulator's output: the target gets the field that the "
                    "motor ROI has at it")
        ->type_name("PERCENT");
    verb.add_option("--mt-kind", flags.mt_kind, "What was measured")
        ->check(CLI::IsMember({"resting", "active"}))
        ->capture_default_str();
    verb.add_option("--mt-target", flags.mt_target,
                    "Over which motor area (default: the hand area of the target's side)")
        ->type_name("NAME");
    verb.add_option("--mt-coil", flags.mt_coil, "With which coil (default: the first of --coil)")
        ->type_name("NAME|FILE");
    verb.add_option("--mt-pose", flags.mt_pose, "Where (default: the conventional pose)")
        ->type_name("pose.json");
    verb.add_option("--mt-stimulator", flags.mt_stimulator,
                    "With which stimulator (default: the coil's first)");
    verb.add_option("--mt-pulse", flags.mt_pulse, "With which pulses: monophasic, biphasic");
    verb.add_option("--mt-fraction", flags.fraction_percent, "Of the threshold, as the protocol says, in %")
        ->capture_default_str();
    verb.add_option("--stimulator", flags.stimulator, "The target's stimulator (default: the coil's first)");
    verb.add_option("--pulse", flags.pulse,
                    "The protocol's pulses; others than the threshold's need --pulse-factor");
    verb.add_option("--pulse-factor", flags.pulse_factor, "Factor on the output for the other pulses");
    verb.add_option("--e-dose", flags.e_dose,
                    "Mean of |E| in the ROI in V/m to dose for, instead of a threshold");
}

void add_search_flags(CLI::App& verb, PlanFlags& flags) {
    verb.add_option("--also", flags.also, "Further targets, to be reached by the same pose")
        ->type_name("PLACE");
    verb.add_option("--combination", flags.combination,
                    "Of several targets' values: their mean, or the least of them")
        ->check(CLI::IsMember({"mean", "least"}))
        ->capture_default_str();
    verb.add_option("--spare", flags.spare, "Places that may get at most a share of the target's |mean E|")
        ->type_name("PLACE=SHARE");
    verb.add_option("--roi", flags.roi, "Where to measure (default: the target's)")
        ->type_name("NAME|ATLAS:REGION|x,y,z,r|mask.nii.gz");
    verb.add_option("--objective", flags.objective,
                    "mean: of |E| in the ROI; vector: |mean E|; normal: E along the cortex' normal on the "
                    "bank or crown "
                    "nearest to the target; direction: along --direction; focality, selectivity: at 80 % of "
                    "the best mean or "
                    "more; worst_case: 5th percentile under the first placement error")
        ->check(
            CLI::IsMember({"mean", "vector", "normal", "direction", "focality", "selectivity", "worst_case"}))
        ->capture_default_str();
    verb.add_option("--direction", flags.direction, "For --objective direction, in head axes")
        ->type_name("x,y,z");
    verb.add_option("--radius", flags.radius_mm, "How far to search along the scalp in mm")
        ->capture_default_str();
    verb.add_option("--spacing", flags.spacing_mm, "Of the searched places in mm")->capture_default_str();
    verb.add_option("--tilts", flags.tilts_degrees,
                    "Also tilt the coil by these angles in degrees, each way about both axes")
        ->type_name("A,B")
        ->delimiter(',');
    verb.add_option("--hair", flags.hair_mm, "Hair and cloth between scalp and casing in mm")
        ->capture_default_str();
    verb.add_option(
            "--placement-error", flags.placement_errors,
            "How surely the coil is placed: navigated, cap, hotspot, or standard deviations MM,DEGREES")
        ->type_name("NAME|MM,DEGREES")
        ->capture_default_str();
    verb.add_option("--draws", flags.n_draws, "Of placement errors")->capture_default_str();
    verb.add_option("--seed", flags.seed, "Of the draws")->capture_default_str();
}

} // namespace

void add_plan(CLI::App& program, Session& session) {
    CLI::App* verb = program.add_subcommand(
        "plan", "Where to put the coil, how to turn it, how much output it needs, and how sure that is");
    auto flags = std::make_shared<PlanFlags>();
    session.add_common_flags(*verb);
    session.add_out_flag(*verb, "Plan folder to make");
    session.add_overwrite_flag(*verb);
    verb->add_option("--subject", flags->subject, "Subject folder with head.msh")
        ->type_name("DIR")
        ->required();
    verb->add_option("--coil", flags->coils,
                     "Coil of the library or coil file; of several the best is planned")
        ->type_name("A[,B,...]")
        ->delimiter(',')
        ->required();
    verb->add_option("--target", flags->target,
                     "Target of the library, 10-10 position, region, mask or point in mm")
        ->type_name("NAME|F3|ATLAS:REGION|x,y,z|mask.nii.gz")
        ->required();
    verb->add_option("--affected-side", flags->affected_side,
                     "Of the body; needed where the target is on one side")
        ->check(CLI::IsMember({"left", "right", "both"}));
    add_search_flags(*verb, *flags);
    add_dose_flags(*verb, *flags);
    verb->add_option("--implant", flags->implants,
                     "|B| and |dA/dt| at a point: shunt valve, pump, stimulator")
        ->type_name("NAME=x,y,z");
    verb->add_option("--lead", flags->lead, "Voltage along a lead, x,y,z in mm per line")->type_name("FILE");
    verb->add_option("--conductivity", flags->conductivity, "Conductivities in S/m on top of the defaults")
        ->type_name("csf=1.654,...");
    verb->add_option("--tolerance", flags->tolerance, "Relative residual at which the solver may stop")
        ->capture_default_str();
    verb->add_option("--solver", flags->solver, "auto takes the one that a cost model expects to be faster")
        ->check(CLI::IsMember({"auto", "multigrid", "direct"}))
        ->capture_default_str();
    verb->add_flag("--no-conductivity-study", flags->has_no_conductivity_study,
                   "Leave out the range over conductivities (15 solver set-ups)");
    verb->add_flag("--no-pictures", flags->has_no_pictures, "Draw nothing");
    verb->footer("Examples:\n"
                 "  corticoil plan --subject subjects/s01 --coil figure8_70mm --target M1_HAND_L "
                 "--affected-side right --out "
                 "plans/s01_hand\n"
                 "  corticoil plan --subject subjects/s01 --coil figure8_70mm,double_cone --target M1_LEG_L "
                 "--affected-side "
                 "right --motor-threshold 52 --mt-coil figure8_70mm --mt-fraction 80 --spare M1_HAND_L=0.8 "
                 "--out plans/s01_leg");
    verb->callback([flags, &session] {
        session.begin("plan");
        run_plan(*flags, session);
    });
}

} // namespace corticoil::app
