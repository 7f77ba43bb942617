#include "app/pictures.h"

#include "app/coil_pictures.h"
#include "coils/coil_library.h"
#include "core/constants.h"
#include "core/error.h"
#include "io/json_file.h"
#include "io/pose_file.h"
#include "io/vtk_files.h"
#include "viz/field_picture.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

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

std::vector<std::filesystem::path> draw_run(const std::filesystem::path& run, const std::string& view,
                                            const viz::PictureOptions& options,
                                            const std::filesystem::path& folder) {
    const viz::FieldScene scene = scene_of(run);
    std::vector<std::filesystem::path> files;
    const auto draw = [&](viz::FieldView which, const std::string& name) {
        if (view != "all" && view != name) return;
        files.push_back(folder / (name + ".png"));
        viz::draw_field(scene, which, options, files.back());
    };
    draw(viz::FieldView::close, "close");
    draw(viz::FieldView::overview, "overview");
    return files;
}

} // namespace corticoil::app
