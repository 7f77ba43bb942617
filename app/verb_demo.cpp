#include "app/aim.h"
#include "app/electrodes.h"
#include "app/make_subject.h"
#include "app/segmentation_quality.h"
#include "app/simulation.h"
#include "app/template_cache.h"
#include "app/verbs.h"
#include "coils/coil_library.h"
#include "core/constants.h"
#include "core/error.h"
#include "imaging/segmentation.h"
#include "imaging/templates.h"
#include "io/json_file.h"
#include "io/staged_output.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <sys/resource.h>

#include <array>
#include <chrono>
#include <memory>
#include <string>

namespace corticoil::app {

namespace {

constexpr const char* demo_coil = "figure8_70mm";
constexpr std::array demo_targets{"M1_HAND_L", "DLPFC_L_SGC", "CB_COG_L"};

double peak_memory_mib() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    constexpr double kib_per_mib = 1024;
    return static_cast<double>(usage.ru_maxrss) / kib_per_mib;
}

/// Colin27's T1 with its brain mask as the hint → a subject folder.
LabelImage segment_colin27(const SubjectFolder& subject, const nlohmann::json& configuration,
                           Session& session) {
    const Progress progress = session.progress("segmenting Colin27");
    const imaging::MniTemplate colin27 = load_labelled_template(true, progress);
    imaging::SegmentationOptions options;
    options.brain_mask = colin27.brain;
    options.mni_template = colin27;
    options.n_threads = session.threads();
    options.progress = progress;
    imaging::Segmentation segmentation = imaging::segment_t1(colin27.t1, options);
    session.end_progress("segmented Colin27");
    for (const std::string& warning : segmentation.warnings) session.warn(warning);
    SegmentedHead head;
    head.t1 = colin27.t1;
    head.t1_source = "Colin27 (ch2.nii.gz of mricron-data)";
    head.tissues = std::move(segmentation.tissues);
    head.volumes = segmentation.volumes;
    head.mni = segmentation.mni;
    add_quality(head, session);
    write_subject(subject, head, configuration, session.warnings());
    return std::move(head.tissues);
}

std::string row(const std::string& name, const RunRequest& request, const RunResult& result) {
    const Vector3 hot_spot = request.mni->to_mni(result.metrics.hot_spot) * millimetres_per_metre;
    constexpr double per_cent = 100;
    return fmt::format("{:12} {:8.3f} {:6.1f} {:8.3f} {:9.1f} {:8.1f}   {:4.0f} {:4.0f} {:4.0f}\n", name,
                       result.metrics.roi->mean_magnitude,
                       per_cent * result.metrics.roi->mean_magnitude_relative_error.value(),
                       result.metrics.p999, result.metrics.focality_volume_75 * millilitres_per_cubic_metre,
                       request.placement->target_depth * millimetres_per_metre, hot_spot[0], hot_spot[1],
                       hot_spot[2]);
}

std::vector<std::string> demo_entries() {
    std::vector<std::string> names{"demo.json", "segmentation.png", "subject"};
    names.insert(names.end(), demo_targets.begin(), demo_targets.end());
    return names;
}

void run_demo(const std::string& resolution_name, Session& session) {
    const auto start = std::chrono::steady_clock::now();
    const meshing::Resolution resolution = meshing::parse_resolution(resolution_name);
    const nlohmann::json configuration = {{"resolution", meshing::to_string(resolution)},
                                          {"coil", demo_coil},
                                          {"out", session.out()},
                                          {"threads", session.threads()}};
    if (session.is_dry_run()) {
        session.finish_dry_run(configuration);
        return;
    }
    io::StagedFolder staged(session.out(), {"demo.json", session.may_overwrite(), demo_entries()});
    const SubjectFolder subject(staged.path() / "subject");
    std::filesystem::create_directory(subject.path());
    const LabelImage tissues = segment_colin27(subject, configuration, session);
    // The picture that people look at first lies on top.
    std::filesystem::copy_file(subject.picture(), staged.path() / "segmentation.png");
    PreparedHead prepared(
        make_head_model(mesh_subject(subject, tissues, {resolution, {}}, configuration, session).head.mesh,
                        default_conductivities()));
    write_electrodes_if_possible(subject, prepared.head.mesh,
                                 std::filesystem::path(session.out()) / "subject", session);
    prepared.prepare({.expected_simulations = static_cast<int>(demo_targets.size())}, session);

    nlohmann::json runs = nlohmann::json::object();
    std::string table =
        fmt::format("{} at 1 A/µs\n"
                    "             mean ROI      ±    p99.9       V75    depth   hot spot (MNI)\n"
                    "                  V/m      %      V/m        ml       mm         mm\n",
                    demo_coil);
    for (const char* name : demo_targets) {
        const Aim aim = parse_aim(name, subject, subject.read_mni());
        RunRequest request;
        request.coil = coils::load_coil(demo_coil);
        request.inputs = {{"mesh", subject.head_mesh()}, {"mni", subject.mni_file()}};
        tell_of_lift(aim_at(request, aim, prepared), request, session);
        request.configuration = {{"subject", "../subject"},
                                 {"coil", demo_coil},
                                 {"target", aim.name},
                                 {"didt", request.options.didt},
                                 {"tolerance", request.options.tolerance},
                                 {"order", 1},
                                 {"solver", "auto"},
                                 {"threads", session.threads()}};
        std::filesystem::create_directory(staged.path() / aim.name);
        const RunResult result = run_into(staged.path() / aim.name, prepared, request, true, session);
        runs[aim.name] = result.metrics_json;
        table += row(aim.name, request, result);
    }
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const nlohmann::json description = {{"version", CORTICOIL_VERSION},
                                        {"configuration", configuration},
                                        {"seconds", seconds},
                                        {"peak_memory_mib", peak_memory_mib()},
                                        {"metrics", runs},
                                        {"warnings", session.warnings()}};
    io::write_json(staged.path() / "demo.json", description);
    staged.commit();
    table +=
        fmt::format("±: what discretisation alone leaves open in the mean.\n"
                    "Colin27, {} mesh, {} threads, {:.0f} s, peak memory {:.0f} MiB. Research use only.\n"
                    "Pictures: {}/segmentation.png and figures/*.png in each target's folder\n",
                    resolution_name, session.threads(), seconds, peak_memory_mib(), session.out());
    session.finish(description, table);
}

} // namespace

void add_demo(CLI::App& program, Session& session) {
    CLI::App* verb = program.add_subcommand(
        "demo", "The whole chain on Colin27: MRI → tissues → mesh → fields of a coil over 3 targets");
    auto resolution = std::make_shared<std::string>("standard");
    session.add_common_flags(*verb);
    session.add_out_flag(*verb, "Folder to make", "out/demo");
    session.add_overwrite_flag(*verb);
    verb->add_option("--resolution", *resolution, "draft, standard or fine")->capture_default_str();
    verb->footer("Examples:\n"
                 "  corticoil demo\n"
                 "  corticoil demo --resolution draft --out out/draft");
    verb->callback([resolution, &session] {
        session.begin("demo");
        run_demo(*resolution, session);
    });
}

} // namespace corticoil::app
