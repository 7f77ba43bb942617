#include "app/view_source.h"

#include "app/aim.h"
#include "app/pictures.h"
#include "app/run_folder.h"
#include "coils/coil_library.h"
#include "core/error.h"
#include "io/json_file.h"
#include "io/pose_file.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace corticoil::app {

namespace {

void check_finite(const viz::FieldScene& scene, const std::filesystem::path& run) {
    const Eigen::Index n_wrong = (scene.magnitude.array().isFinite() == false).count();
    if (n_wrong == 0) return;
    throw Error(fmt::format("{}: |E| is not a finite number at {} of {} nodes; simulate again",
                            (run / "grey_matter.vtp").string(), n_wrong, scene.magnitude.size()));
}

void add_subject(ViewSource& source, const std::filesystem::path& folder) {
    source.subject = SubjectFolder::open(folder);
    source.mesh = source.subject->head_mesh();
    if (std::filesystem::exists(source.subject->mni_file())) source.mni = source.subject->read_mni();
}

/// Conductivities that a run has of its own.
void add_conductivities(ViewSource& source, const nlohmann::json& configuration, const std::string& place) {
    if (!io::has_member(configuration, "conductivity_s_per_m", place)) return;
    for (const auto& [label, value] : configuration.at("conductivity_s_per_m").items())
        source.conductivities[std::stoi(label)] = value.get<double>();
}

/// The subject that a run was made of, or its mesh.
void add_head(ViewSource& source, const std::filesystem::path& run, const nlohmann::json& configuration) {
    const std::string place = (run / "run.json").string();
    const std::string named = subject_name_of_run(run);
    if (named.empty()) {
        const std::filesystem::path mesh = io::string_member(configuration, "mesh", place);
        source.mesh = std::filesystem::exists(mesh) ? mesh : run / mesh;
        return;
    }
    const std::vector<std::filesystem::path> places = subject_places(run, named);
    if (places.empty()) {
        throw Error(fmt::format("{}: its subject {} is not there; start from where it was made, or give the "
                                "subject folder itself",
                                place, named));
    }
    add_subject(source, places.front());
}

ViewSource from_run(const std::filesystem::path& run, Session& session) {
    check_run_files(run, {"run.json", "metrics.json", "pose.json", "grey_matter.vtp", "scalp.vtp"});
    const viz::FieldScene scene = scene_of(run);
    check_finite(scene, run);
    const std::string place = (run / "run.json").string();
    const nlohmann::json content = io::read_json(run / "run.json");
    const nlohmann::json& configuration = io::member(content, "configuration", place);
    ViewSource source;
    add_head(source, run, configuration);
    add_conductivities(source, configuration, place);
    const io::Pose pose = io::read_pose(run / "pose.json");
    source.pose = pose.head_from_coil;
    source.coil = io::string_member(configuration, "coil", place);
    source.target = pose.target;
    source.didt = scene.didt;
    if (io::has_member(configuration, "order", place))
        source.order = io::integer_member(configuration, "order", place);
    if (scene.roi_radius > 0)
        source.roi = planning::ball_roi("the run's ROI", scene.roi_centre, scene.roi_radius);
    for (const char* key : {"dti", "lesions", "black_holes"}) {
        if (io::has_member(configuration, key, place) && configuration.at(key) != "")
            session.warn(fmt::format("{}: --{} was given for this run and is left out here: fields shown are "
                                     "those without it",
                                     place, key));
    }
    return source;
}

} // namespace

ViewSource view_source(const std::filesystem::path& folder, const std::string& coil,
                       const std::string& target, Session& session) {
    ViewSource source;
    if (std::filesystem::exists(folder / "plan.json")) {
        source = from_run(folder / "runs" / "planned", session);
    } else if (std::filesystem::exists(folder / "run.json")) {
        source = from_run(folder, session);
    } else if (std::filesystem::exists(folder / "subject.json")) {
        add_subject(source, folder);
        source.target = source.mni ? "M1_HAND_L" : "";
        if (target.empty() && source.target.empty()) {
            throw Error(fmt::format("{}: has no mapping to MNI space, so that no target is known by name; "
                                    "give --target x,y,z in mm of the head",
                                    folder.string()));
        }
    } else {
        throw Error(fmt::format("{}: is neither a run folder (run.json), a plan (plan.json) nor a subject "
                                "folder (subject.json)",
                                folder.string()));
    }
    if (!std::filesystem::exists(source.mesh)) {
        throw Error(
            fmt::format("{}: there is no head mesh; make it with corticoil mesh", source.mesh.string()));
    }
    if (!coil.empty()) source.coil = coil;
    if (!target.empty()) {
        source.target = target;
        source.pose.reset();
        source.roi.reset();
    }
    // Both are refused before seconds go into the head.
    (void)coils::load_coil(source.coil);
    if (!source.target.empty() && (!source.roi || source.subject))
        (void)parse_aim(source.target, source.subject, source.mni);
    return source;
}

} // namespace corticoil::app
