#include "app/plan_flags.h"

#include "app/parse.h"
#include "app/run_input.h"
#include "coils/coil_library.h"
#include "coils/output.h"
#include "core/constants.h"
#include "core/error.h"
#include "core/tissue.h"
#include "io/pose_file.h"
#include "io/whole_file.h"
#include "planning/lesion_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <sstream>

namespace corticoil::app {

namespace {

void check_range(const std::string& flag, double value, double least, double most, const std::string& unit) {
    if (value >= least && value <= most) return;
    throw Error(fmt::format("{}: {:g} {}; give {:g} to {:g}", flag, value, unit, least, most));
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

/// The word for the rims of lesions, as a place to spare.
constexpr const char* lesion_rims = "lesion_rims";

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
    if (name == lesion_rims) {
        if (!is_spared)
            throw Error(fmt::format("--also {}: lesions are no target; --spare {}=SHARE limits E there", name,
                                    lesion_rims));
        place.name = name;
        return place;
    }
    place.aim = parse_aim(name, subject, mni);
    place.name = place.aim->name;
    return place;
}

/// A place to spare for each of the lesions nearest to the target: the mean E over the rims of all would
/// cancel. \throws Error for a mesh without lesions.
std::vector<PlanPlace> spared_lesions(const PlanPlace& all, const AimedPlace& target, const TetMesh& mesh,
                                      Session& session) {
    std::vector<planning::LesionRegion> regions = planning::lesion_regions(mesh);
    if (regions.empty()) {
        throw Error(fmt::format("--spare {}: the mesh holds no lesions (labels {} and {}); give the masks to "
                                "segment with --lesions and mesh the subject again",
                                lesion_rims, tissue::lesion, tissue::black_hole));
    }
    constexpr std::size_t most_lesions = 8; // Three adjoint solves each.
    const auto distance = [&](const planning::LesionRegion& region) {
        return (region.centre - target.point).norm();
    };
    std::stable_sort(regions.begin(), regions.end(),
                     [&](const auto& a, const auto& b) { return distance(a) < distance(b); });
    if (regions.size() > most_lesions) {
        session.warn(
            fmt::format("--spare {}: the {} lesions nearest to the target are spared, of {}; the nearest "
                        "that is not lies {:.0f} mm from it",
                        lesion_rims, most_lesions, regions.size(),
                        distance(regions[most_lesions]) * millimetres_per_metre));
    }
    const planning::LesionAtlas atlas(mesh, std::move(regions));
    std::vector<PlanPlace> places;
    for (std::size_t r = 0; r < std::min(most_lesions, atlas.regions().size()); ++r) {
        if (atlas.rim(r).volumes.size() == 0) continue; // No brain tissue around it.
        PlanPlace place = all;
        place.name = fmt::format("rim of lesion {}", r + 1);
        place.samples = atlas.rim(r);
        places.push_back(std::move(place));
    }
    return places;
}

PlanCoil load(const std::string& name) {
    return {coils::load_coil(name), coil_reference(name)};
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
         .driver = {request.threshold->coil.coil.name, "", 1, request.threshold->pulse},
         .field = 1},
        {.fraction = request.fraction,
         .driver = {"", "", 1, request.pulse},
         .field = 1,
         .pulse_factor = request.pulse_factor});
}

} // namespace

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
    add_threshold(request, flags, subject);
    check_dose(request);
    return request;
}

void find_places(PlanRequest& request, const PlanFlags& flags, const PreparedHead& prepared,
                 Session& session) {
    request.place = place_of(request.aim, prepared.head.mesh, prepared.scalp);
    request.roi = flags.roi.empty() ? request.place.roi : parse_roi(flags.roi, request.mni);
    RunRequest check;
    check.target = request.aim.name;
    check.roi = request.roi;
    check_measurable(prepared.head.mesh, check);
    tell_of_tissue(check, request.place, prepared.head.mesh, session);
    std::vector<PlanPlace> found;
    for (PlanPlace& place : request.places) {
        if (!place.aim) {
            for (PlanPlace& lesion : spared_lesions(place, request.place, prepared.head.mesh, session))
                found.push_back(std::move(lesion));
            continue;
        }
        check.roi = place_of(*place.aim, prepared.head.mesh, prepared.scalp).roi;
        check_measurable(prepared.head.mesh, check);
        place.samples = planning::roi_samples(prepared.head.mesh, check.roi);
        found.push_back(std::move(place));
    }
    request.places = std::move(found);
    for (const PlanCoil& coil : request.coils) {
        if (coil.coil.casing && coil.coil.casing->n_triangles() > 0) continue;
        session.warn(fmt::format(
            "coil {} has no casing: its clearance is that of its windings, and a real coil may not "
            "reach as near; give a file with a casing (coils convert)",
            coil.coil.name));
    }
}

ImplantPoint implant_from(const std::string& text) {
    const std::size_t equals = text.find('=');
    const std::string name = equals == std::string::npos ? text : text.substr(0, equals);
    const std::optional<Vector3> point =
        parse_point(equals == std::string::npos ? text : text.substr(equals + 1));
    if (!point) throw Error(fmt::format("--implant {}: give NAME=x,y,z in mm of the head", text));
    return {name, *point};
}

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

} // namespace corticoil::app
