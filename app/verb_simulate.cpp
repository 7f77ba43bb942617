#include "app/aim.h"
#include "app/lesion_run.h"
#include "app/parse.h"
#include "app/run_input.h"
#include "app/simulation.h"
#include "app/subject_folder.h"
#include "app/verbs.h"
#include "coils/coil_file.h"
#include "coils/coil_library.h"
#include "coils/output.h"
#include "core/constants.h"
#include "core/diffusion_tensor.h"
#include "core/error.h"
#include "imaging/nifti.h"
#include "io/pose_file.h"
#include "io/staged_output.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cmath>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace corticoil::app {

namespace {

struct SimulateFlags {
    std::string subject;
    std::string mesh;
    std::string coil;
    std::string target;
    std::string pose;
    std::string roi;
    std::optional<double> didt;
    std::optional<double> mso;
    double tolerance = 1e-6;
    int order = 1;
    std::string solver = "auto";
    std::string conductivity;
    std::string dti;
    std::string dti_mapping = "volume_normalised";
    bool has_no_pictures = false;
    LesionFlags lesions;
};

void check(const SimulateFlags& flags) {
    if (flags.subject.empty() == flags.mesh.empty())
        throw Error("simulate: give either --subject DIR or --mesh head.msh");
    if (flags.target.empty() == flags.pose.empty()) {
        throw Error("simulate: give either --target NAME (or x,y,z in mm) or --pose pose.json");
    }
    if (flags.didt && flags.mso) throw Error("simulate: give either --didt or --mso, not both");
    if (flags.didt) check_rate(*flags.didt);
    check_tolerance(flags.tolerance);
}

/// dI/dt [A/s] from --didt, or from --mso and what is published for the coil.
double rate_of_current(const SimulateFlags& flags, const coils::Coil& coil) {
    if (!flags.mso) return flags.didt.value_or(ampere_per_microsecond);
    try {
        return coils::didt_from_output(coil, {.percent = *flags.mso});
    } catch (const Error& error) {
        throw Error(fmt::format("--mso: {}", error.what()));
    }
}

/// Replaces the brain's conductivities by tensors from a diffusion tensor image.
void apply_tensors(HeadModel& head, const SimulateFlags& flags, Session& session) {
    static const std::map<std::string, TensorMapping> mappings{
        {"direct", TensorMapping::direct},
        {"volume_normalised", TensorMapping::volume_normalised},
        {"mean_conductivity", TensorMapping::mean_conductivity}};
    const imaging::LoadedTensorImage loaded = imaging::read_tensor_nifti(flags.dti);
    for (const std::string& warning : loaded.warnings) session.warn(warning);
    MappedConductivity mapped = anisotropic_conductivity(head.mesh, head.conductivity, loaded.image,
                                                         {.mapping = mappings.at(flags.dti_mapping)});
    head.conductivity = std::move(mapped.conductivity);
    const TensorReport& report = mapped.report;
    const int n_without = report.n_missing + report.n_not_positive;
    if (n_without > 0) {
        session.warn(fmt::format(
            "{}: {} of {} tetrahedra of white and grey matter have no usable tensor and keep their "
            "isotropic conductivity",
            flags.dti, n_without, report.n_tetrahedra));
    }
}

nlohmann::json resolved(const SimulateFlags& flags, const RunRequest& request, const Session& session) {
    nlohmann::json conductivities = nlohmann::json::object();
    for (const auto& [label, value] : parse_conductivities(flags.conductivity))
        conductivities[std::to_string(label)] = value;
    return {{"subject", flags.subject},
            {"mesh", flags.mesh},
            {"coil", coil_reference(flags.coil)},
            {"target", flags.target},
            {"pose", flags.pose},
            {"roi", request.roi ? request.roi->description : ""},
            {"didt", request.options.didt},
            {"mso_percent", flags.mso ? nlohmann::json(*flags.mso) : nlohmann::json()},
            {"stimulator", flags.mso ? nlohmann::json(request.coil.stimulator) : nlohmann::json()},
            {"tolerance", flags.tolerance},
            {"conductivity_s_per_m", conductivities},
            {"order", flags.order},
            {"solver", flags.solver},
            {"dti", flags.dti},
            {"dti_mapping", flags.dti.empty() ? "" : flags.dti_mapping},
            {"lesions", flags.lesions.lesions},
            {"black_holes", flags.lesions.black_holes},
            {"lesion_scenarios", flags.lesions.scenarios},
            {"out", session.out()},
            {"threads", session.threads()}};
}

/// How far discretisation alone is expected to have moved the mean.
std::string discretisation_range(const planning::RoiMetrics& roi) {
    if (!roi.mean_magnitude_relative_error) return "";
    constexpr double per_cent = 100;
    return fmt::format(" ± {:.2g} % from discretisation", per_cent * *roi.mean_magnitude_relative_error);
}

std::string summary(const Session& session, const RunRequest& request, const RunResult& result) {
    std::string text = fmt::format("{} at dI/dt = {:g} A/µs\n", request.coil.name,
                                   request.options.didt / ampere_per_microsecond);
    if (result.metrics.roi) {
        text +=
            fmt::format("  mean |E| in the ROI     {:8.3f} V/m{} ({})\n", result.metrics.roi->mean_magnitude,
                        discretisation_range(*result.metrics.roi), request.roi->description);
    }
    text += fmt::format("  99.9th percentile, grey {:8.3f} V/m\n", result.metrics.p999);
    text += fmt::format("Files and pictures: {}\n", session.out());
    return text;
}

void run_simulate(const SimulateFlags& flags, Session& session) {
    check(flags);
    const io::StagedFolderOptions staging{"run.json", session.may_overwrite(), run_entries()};
    io::check_output_folder(session.out(), staging);
    RunRequest request;
    request.coil = coils::load_coil(flags.coil);
    request.options.didt = rate_of_current(flags, request.coil);
    request.options.tolerance = flags.tolerance;
    std::filesystem::path mesh_path = flags.mesh;
    std::optional<SubjectFolder> subject;
    if (!flags.subject.empty()) {
        subject = SubjectFolder::open(flags.subject);
        mesh_path = subject->head_mesh();
        if (std::filesystem::exists(subject->mni_file())) {
            request.mni = subject->read_mni();
            request.inputs["mni"] = subject->mni_file();
        }
    }
    std::optional<Aim> aim;
    if (!flags.target.empty()) aim = parse_aim(flags.target, subject, request.mni);
    if (!flags.roi.empty()) request.roi = parse_roi(flags.roi, request.mni);
    request.inputs["mesh"] = mesh_path;
    if (coils::is_coil_file(flags.coil)) request.inputs["coil"] = flags.coil;
    if (is_mask_file(flags.roi)) request.inputs["roi"] = flags.roi;
    if (!flags.dti.empty()) request.inputs["dti"] = flags.dti;
    HeadModel head = make_head_model(subject ? subject->read_mesh() : read_users_mesh(flags.mesh, session),
                                     parse_conductivities(flags.conductivity));
    if (!flags.dti.empty()) apply_tensors(head, flags, session);
    const LesionSetup lesions =
        set_up_lesions(flags.lesions, head, parse_conductivities(flags.conductivity), session);
    if (!flags.lesions.lesions.empty()) request.inputs["lesions"] = flags.lesions.lesions;
    if (!flags.lesions.black_holes.empty()) request.inputs["black_holes"] = flags.lesions.black_holes;
    PreparedHead prepared(std::move(head));
    if (aim) {
        tell_of_lift(aim_at(request, *aim, prepared), request, session);
        tell_of_tissue(request, place_of(*aim, prepared.head.mesh, prepared.scalp), prepared.head.mesh,
                       session);
    }
    if (!flags.pose.empty()) {
        request.head_from_coil = io::read_pose(flags.pose).head_from_coil;
        request.inputs["pose"] = flags.pose;
    }
    request.configuration = resolved(flags, request, session);
    check_measurable(prepared.head.mesh, request);
    if (session.is_dry_run()) {
        (void)planning::check_contact(prepared.scalp, request.coil, request.head_from_coil);
        session.finish_dry_run(request.configuration);
        return;
    }
    const planning::SimulatorOptions solving{.order = flags.order, .solver = solver_choice(flags.solver)};
    prepared.prepare(solving, session);
    io::StagedFolder staged(session.out(), staging);
    RunResult result = run_into(staged.path(), prepared, request, !flags.has_no_pictures, session);
    std::optional<LesionTable> table;
    if (lesions.has_lesions()) {
        table = write_lesions(staged.path(), prepared, lesions, request, result, solving,
                              flags.lesions.scenarios, session);
    }
    staged.commit();
    nlohmann::json json = {
        {"run", session.out()}, {"metrics", result.metrics_json}, {"warnings", session.warnings()}};
    if (table) json["lesions"] = table->json;
    session.finish(json, (table ? table->text : "") + summary(session, request, result));
}

} // namespace

void add_simulate(CLI::App& program, Session& session) {
    CLI::App* verb =
        program.add_subcommand("simulate", "Head, coil and pose → electric field, metrics and pictures");
    auto flags = std::make_shared<SimulateFlags>();
    session.add_common_flags(*verb);
    session.add_out_flag(*verb, "Run folder to make");
    session.add_overwrite_flag(*verb);
    verb->add_option("--subject", flags->subject, "Subject folder with head.msh")->type_name("DIR");
    verb->add_option("--mesh", flags->mesh, "Gmsh .msh with tissue labels as physical tags")
        ->type_name("FILE");
    verb->add_option("--coil", flags->coil, "Coil of the library or coil file (.ccd, .tcd, .nii, .nii.gz)")
        ->type_name("NAME|FILE")
        ->required();
    verb->add_option(
            "--target", flags->target,
            "Target of the library (targets list), 10-10 position (F3), region of an atlas, mask, or "
            "a point of the head in mm (E then points to front and medial)")
        ->type_name("NAME|ATLAS:REGION|x,y,z|mask.nii.gz");
    verb->add_option("--pose", flags->pose, "Coil pose instead of a target")->type_name("pose.json");
    verb->add_option("--roi", flags->roi, "Where to measure (default: 10 mm around the target)")
        ->type_name("NAME|NAME:region|ATLAS:REGION|x,y,z,r|mask.nii.gz");
    verb->add_option("--didt", flags->didt,
                     "Rate of change of the coil current in A/s; directions of E are for a positive one "
                     "(default 1e6)");
    verb->add_option("--mso", flags->mso,
                     "Stimulator output in % of its maximum instead of --didt, where published for the coil")
        ->type_name("PERCENT");
    verb->add_option("--tolerance", flags->tolerance, "Relative residual at which the solver may stop")
        ->capture_default_str();
    verb->add_option("--order", flags->order,
                     "Order of the elements: 2 is several times as accurate and takes several times as long")
        // As texts: CLI11's message for numbers does not say what may be given.
        ->check(CLI::IsMember({"1", "2"}))
        ->capture_default_str();
    verb->add_option("--solver", flags->solver,
                     "auto takes the one that a cost model expects to be faster; the field is the same")
        ->check(CLI::IsMember({"auto", "multigrid", "direct"}))
        ->capture_default_str();
    verb->add_option("--conductivity", flags->conductivity, "Conductivities in S/m on top of the defaults")
        ->type_name("csf=1.654,...");
    CLI::Option* dti =
        verb->add_option("--dti", flags->dti,
                         "Diffusion tensors on the T1 (FSL's dtifit --save_tensor): an anisotropic brain")
            ->type_name("FILE");
    verb->add_option("--dti-mapping", flags->dti_mapping,
                     "Each tensor scaled to its tissue's mean, all by one number, or only their means")
        ->needs(dti)
        ->check(CLI::IsMember({"volume_normalised", "direct", "mean_conductivity"}))
        ->capture_default_str();
    verb->add_option("--lesions", flags->lesions.lesions,
                     "Mask of MS lesions for a mesh without them: changes the conductivity of what it covers")
        ->type_name("FILE")
        ->excludes(dti);
    verb->add_option("--black-holes", flags->lesions.black_holes, "Likewise, of T1 black holes")
        ->type_name("FILE")
        ->excludes(dti);
    verb->add_flag("--lesion-scenarios", flags->lesions.scenarios,
                   "Solve for lesions as white matter, grey matter, black holes and CSF: the range of E")
        ->excludes(dti);
    verb->add_flag("--no-pictures", flags->has_no_pictures, "Draw nothing");
    verb->footer("Examples:\n"
                 "  corticoil simulate --subject subjects/s01 --coil figure8_70mm --target M1_HAND_L --out "
                 "runs/s01_m1\n"
                 "  corticoil simulate --mesh head.msh --coil coil.ccd --pose pose.json --roi -41,-20,62,10 "
                 "--order 2 --out runs/p2");
    verb->callback([flags, &session] {
        session.begin("simulate");
        run_simulate(*flags, session);
    });
}

} // namespace corticoil::app
