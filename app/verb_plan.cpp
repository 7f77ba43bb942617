#include "app/parse.h"
#include "app/plan.h"
#include "app/plan_flags.h"
#include "app/plan_pictures.h"
#include "app/plan_report.h"
#include "app/plan_scenarios.h"
#include "app/pose_input.h"
#include "app/run_input.h"
#include "app/subject_folder.h"
#include "app/verbs.h"
#include "core/error.h"
#include "io/json_file.h"
#include "io/navigation_file.h"
#include "io/staged_output.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace corticoil::app {

namespace {

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
    add_solver_flags(*verb, flags->conductivity, flags->solver, flags->tolerance);
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
