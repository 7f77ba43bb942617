#include "app/pictures.h"

#include "app/coil_pictures.h"
#include "app/scene_parts.h"
#include "app/subject_folder.h"
#include "coils/coil_library.h"
#include "core/constants.h"
#include "core/error.h"
#include "imaging/nifti.h"
#include "io/json_file.h"
#include "io/pose_file.h"
#include "io/vtk_files.h"
#include "viz/field_frames.h"
#include "viz/field_montage.h"
#include "viz/field_picture.h"
#include "viz/field_slices.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <cmath>

namespace corticoil::app {

namespace {

Eigen::VectorXd field_of(const io::SurfaceWithFields& surface, const std::string& name,
                         const std::filesystem::path& path) {
    for (const io::DataField& field : surface.fields) {
        if (field.name == name && field.values.rows() == 1) return field.values.row(0).transpose();
    }
    throw Error(fmt::format("{}: has no point array '{}'; simulate again", path.string(), name));
}

std::string capitals(std::string text) {
    for (char& letter : text) letter = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
    return text;
}

/// What a word of --view shows.
std::vector<viz::FieldView> views_of(const std::string& word) {
    if (word == "six") {
        return {viz::FieldView::left,  viz::FieldView::top,    viz::FieldView::front,
                viz::FieldView::right, viz::FieldView::bottom, viz::FieldView::back};
    }
    for (const viz::NamedView& named : viz::named_views()) {
        if (named.name == word) return {named.view};
    }
    if (word == "slices") return {};
    throw Error(fmt::format("--view: '{}' is not a view of a field", word));
}

/// With the target's own view and the close one in the place of "standard".
std::vector<std::string> resolved_views(const std::vector<std::string>& words,
                                        const std::filesystem::path& run, const viz::FieldScene& scene) {
    std::vector<std::string> names;
    const auto add = [&](const std::string& name) {
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    };
    for (const std::string& word : words) {
        if (word == "standard") {
            add(std::string(viz::name_of(view_for_target(io::read_pose(run / "pose.json").target, scene))));
            add("close");
        } else {
            add(word);
        }
    }
    return names;
}

/// The subject's folder with its T1: the one that was given, or that the run was made of.
SubjectFolder subject_of(const std::filesystem::path& run, const std::string& given) {
    const std::string name = given.empty() ? subject_name_of_run(run) : given;
    if (name.empty())
        throw Error("--view slices: the run was made of a mesh alone; give --subject with its T1 and labels");
    const std::vector<std::filesystem::path> places =
        given.empty() ? subject_places(run, name) : std::vector<std::filesystem::path>{};
    SubjectFolder subject =
        SubjectFolder::open(places.empty() ? std::filesystem::path(name) : places.front());
    for (const std::filesystem::path& file : {subject.t1(), subject.tissues()}) {
        if (!std::filesystem::exists(file))
            throw Error(fmt::format("{}: missing; the view slices draws over the T1", file.string()));
    }
    return subject;
}

/// Reads what the views and the look need besides the run's surfaces.
void complete(viz::FieldScene& scene, const std::vector<std::string>& names, const std::filesystem::path& run,
              const RunPictures& pictures) {
    bool has_candidates = false;
    const bool has_lesions =
        std::filesystem::exists(run / "lesions.json") && pictures.look.shows(viz::Part::lesions);
    bool has_volume = has_lesions || pictures.look.shows(viz::Part::skull) ||
                      pictures.look.shows(viz::Part::white_matter) ||
                      pictures.look.chosen.contains(viz::Part::lesions);
    for (const std::string& name : names) {
        has_volume = has_volume || name == "slices";
        for (const viz::FieldView view : views_of(name)) {
            has_candidates = has_candidates || view == viz::FieldView::candidates;
            has_volume = has_volume || viz::needs_volume(view);
        }
    }
    if (has_candidates && pictures.plan.empty()) {
        throw Error(
            fmt::format("candidates and --sweep: {} is no plan's folder; give one that corticoil plan made",
                        run.string()));
    }
    if (has_candidates) add_candidates(scene, pictures.plan);
    if (!has_volume) return;
    report(pictures.options.progress, 0, "reading field.vtu");
    scene.volume = read_volume(run);
    add_tissue_surfaces(scene, pictures.look,
                        has_lesions || pictures.look.chosen.contains(viz::Part::lesions));
}

} // namespace

viz::FieldScene scene_of(const std::filesystem::path& run) {
    if (!std::filesystem::exists(run / "run.json")) {
        throw Error(
            fmt::format("{}: holds no run.json, so it is not a run folder; make one with corticoil simulate",
                        run.string()));
    }
    const std::filesystem::path cortex_path = run / "grey_matter.vtp";
    io::SurfaceWithFields cortex = io::read_vtp(cortex_path);
    const io::Pose pose = io::read_pose(run / "pose.json");
    const nlohmann::json metrics = io::read_json(run / "metrics.json");
    const nlohmann::json run_json = io::read_json(run / "run.json");
    const std::string metrics_place = (run / "metrics.json").string();
    const nlohmann::json& configuration = io::member(run_json, "configuration", (run / "run.json").string());
    const coils::Coil coil =
        coils::load_coil(io::string_member(configuration, "coil", (run / "run.json").string()));
    viz::FieldScene scene;
    scene.magnitude = field_of(cortex, "magnE", cortex_path);
    scene.normal = field_of(cortex, "E_normal", cortex_path);
    scene.tangential = field_of(cortex, "E_tangential", cortex_path);
    scene.cortex = std::move(cortex.surface);
    scene.scalp = io::read_vtp(run / "scalp.vtp").surface;
    scene.didt = io::number_member(metrics, "didt_a_per_s", metrics_place);
    for (const Points& wire : wire_polylines(coil))
        scene.windings.push_back(pose.head_from_coil.apply_to_points(wire));
    if (coil.casing) {
        scene.casing =
            SurfaceMesh{pose.head_from_coil.apply_to_points(coil.casing->nodes), coil.casing->triangles};
    }
    scene.head_from_coil = pose.head_from_coil;
    if (pose.induced_direction)
        scene.induced_direction = std::copysign(1.0, scene.didt) * *pose.induced_direction;
    scene.title = fmt::format("{} over {}", coil.name, pose.target.empty() ? "a given pose" : pose.target);
    const nlohmann::json& roi = io::member(metrics, "roi", metrics_place);
    if (!roi.is_null()) {
        scene.roi_centre = io::vector3_member(roi, "centre_mm", metrics_place) * metres_per_millimetre;
        scene.roi_radius = io::number_member(roi, "radius_mm", metrics_place) * metres_per_millimetre;
        scene.subtitle = fmt::format("mean |E| {:.3f} V/m in the {}",
                                     io::number_member(metrics, "e_mean_roi_v_per_m", metrics_place),
                                     io::string_member(roi, "description", metrics_place));
    }
    return scene;
}

viz::FieldView view_for_target(const std::string& target, const viz::FieldScene& scene) {
    const std::string name = capitals(target);
    for (const auto& [beginning, view] :
         {std::pair("M1_LEG", viz::FieldView::leg), std::pair("VERTEX", viz::FieldView::leg),
          std::pair("M1_", viz::FieldView::motor), std::pair("DLPFC", viz::FieldView::prefrontal),
          std::pair("CB_", viz::FieldView::cerebellar)}) {
        if (name.starts_with(beginning)) return view;
    }
    // By where the target lies in the brain's box.
    const Vector3 low = scene.cortex.nodes.rowwise().minCoeff();
    const Vector3 high = scene.cortex.nodes.rowwise().maxCoeff();
    const Vector3 at = scene.roi_radius > 0 ? scene.roi_centre : scene.head_from_coil.translation();
    const Vector3 share = (at - low).cwiseQuotient(high - low);
    constexpr double low_third = 0.35;
    constexpr double front_third = 0.68;
    constexpr double near_midline = 0.1;
    if (share.z() < low_third && share.y() < low_third + 0.1) return viz::FieldView::cerebellar;
    if (share.y() > front_third) return viz::FieldView::prefrontal;
    return std::abs(share.x() - 0.5) < near_midline ? viz::FieldView::leg : viz::FieldView::motor;
}

std::vector<std::filesystem::path> draw_frames(const std::filesystem::path& run, const RunPictures& pictures,
                                               const std::filesystem::path& folder) {
    viz::FieldScene scene = scene_of(run);
    complete(scene, {pictures.has_sweep ? "candidates" : "overview"}, run, pictures);
    std::vector<std::filesystem::path> files;
    const viz::FrameFile file = [&](int frame) {
        files.push_back(folder / fmt::format("{}_{:04}.png", pictures.has_sweep ? "sweep" : "orbit", frame));
        return files.back();
    };
    if (pictures.has_sweep) {
        viz::draw_sweep(scene, pictures.look, pictures.options, file);
    } else {
        viz::draw_orbit(scene, pictures.look, pictures.options, pictures.n_orbit_frames, file);
    }
    return files;
}

std::vector<std::filesystem::path> draw_run(const std::filesystem::path& run, const RunPictures& pictures,
                                            const std::filesystem::path& folder) {
    viz::FieldScene scene = scene_of(run);
    const std::vector<std::string> names = resolved_views(pictures.views, run, scene);
    complete(scene, names, run, pictures);
    std::vector<std::filesystem::path> files;
    const auto svg_of = [&](const std::string& name) {
        return pictures.has_svg_legend ? std::optional(folder / (name + "_legend.svg")) : std::nullopt;
    };
    const auto add = [&](const std::string& name) {
        files.push_back(folder / (name + ".png"));
        if (const auto svg = svg_of(name)) files.push_back(*svg);
        return folder / (name + ".png");
    };
    const auto add_plain = [&](const std::string& name) {
        files.push_back(folder / (name + ".png"));
        return files.back();
    };
    if (pictures.has_montage) {
        std::vector<viz::FieldView> views;
        for (const std::string& name : names) {
            const std::vector<viz::FieldView> more = views_of(name);
            if (more.empty())
                throw Error(fmt::format("--montage: {} has panels of its own; draw it alone", name));
            views.insert(views.end(), more.begin(), more.end());
        }
        viz::draw_field_montage(scene, views, pictures.look, pictures.options, add("montage"),
                                svg_of("montage"));
        return files;
    }
    for (std::size_t i = 0; i < names.size(); ++i) {
        viz::PictureOptions options = pictures.options;
        const auto n = static_cast<double>(names.size());
        options.progress =
            part_of(pictures.options.progress, static_cast<double>(i) / n, static_cast<double>(i + 1) / n);
        const std::vector<viz::FieldView> views = views_of(names[i]);
        if (names[i] == "slices") {
            const SubjectFolder subject = subject_of(run, pictures.subject);
            viz::draw_field_slices(scene, imaging::read_nifti(subject.t1()).image,
                                   imaging::read_label_nifti(subject.tissues()), options,
                                   add_plain(names[i]));
        } else if (views.size() > 1) {
            viz::draw_field_montage(scene, views, pictures.look, options, add(names[i]), svg_of(names[i]));
        } else {
            viz::draw_field(scene, views.front(), pictures.look, options, add(names[i]), svg_of(names[i]));
        }
    }
    return files;
}

} // namespace corticoil::app
