#include "app/run_folder.h"

#include "app/checksum.h"
#include "core/constants.h"
#include "core/error.h"
#include "io/json_file.h"
#include "io/pose_file.h"
#include "io/vtk_files.h"
#include "planning/surface_field.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>

namespace corticoil::app {

namespace {

nlohmann::json in_mm(const Vector3& point) {
    return io::to_json_list(point * millimetres_per_metre);
}

nlohmann::json solver_as_json(const solver::SolveReport& report) {
    return {{"unknowns", report.unknowns},     {"tetrahedra", report.tetrahedra},
            {"order", report.order},           {"solver", report.solver},
            {"iterations", report.iterations}, {"relative_residual", report.relative_residual},
            {"setup_s", report.setup_seconds}, {"solve_s", report.solve_seconds}};
}

/// Distance of a point from the coil's z axis.
double distance_from_axis(const RigidTransform& head_from_coil, const Vector3& point) {
    return head_from_coil.inverse().apply_to_point(point).head<2>().norm();
}

std::string describe_field(const RunRequest& request) {
    return fmt::format("E in V/m at dI/dt = {:g} A/s; E = -grad(phi) - dA/dt; lengths in mm, RAS; coil {}",
                       request.options.didt, request.coil.name);
}

void write_fields(const std::filesystem::path& folder, const HeadModel& head, const SurfaceMesh& scalp,
                  const RunRequest& request, const planning::Simulation& simulation) {
    const std::string description = describe_field(request);
    const VectorField means = simulation.field.means();
    std::vector<io::DataField> arrays{{"magnE", means.colwise().norm()}, {"E", means}};
    if (simulation.recovered) {
        arrays.push_back({"E_recovered", simulation.recovered->field.means()});
        arrays.push_back({"E_error", simulation.recovered->error.transpose()});
    }
    io::write_vtu(folder / "field.vtu", head.mesh, arrays, description);
    const planning::SurfaceField cortex = planning::grey_matter_field(head.mesh, simulation.best());
    io::write_vtp(folder / "grey_matter.vtp", cortex.surface,
                  {{"magnE", cortex.magnitude.transpose()},
                   {"E_normal", cortex.normal.transpose()},
                   {"E_tangential", cortex.tangential.transpose()}},
                  description);
    io::write_vtp(folder / "scalp.vtp", scalp, {}, "outer boundary of the head, mm, RAS");
}

} // namespace

nlohmann::json metrics_as_json(const RunRequest& request, const planning::Simulation& simulation,
                               const planning::FieldMetrics& metrics, const planning::Contact& contact) {
    nlohmann::json json = {
        {"didt_a_per_s", request.options.didt},
        {"field", simulation.recovered ? "recovered" : "raw"},
        {"e_p999_gm_v_per_m", metrics.p999},
        {"e_p99_gm_v_per_m", metrics.p99},
        {"e_p95_gm_v_per_m", metrics.p95},
        {"focality_volume_50_mm3", metrics.focality_volume_50 * cubic_millimetres_per_cubic_metre},
        {"focality_volume_75_mm3", metrics.focality_volume_75 * cubic_millimetres_per_cubic_metre},
        {"hot_spot_mm", in_mm(metrics.hot_spot)},
        {"hot_spot_mni_mm", request.mni ? in_mm(request.mni->to_mni(metrics.hot_spot)) : nlohmann::json()},
        {"hot_spot_distance_from_coil_axis_mm",
         distance_from_axis(request.head_from_coil, metrics.hot_spot) * millimetres_per_metre},
        {"coil_depth_in_head_mm", contact.depth * millimetres_per_metre},
        {"coil_clearance_mm", contact.clearance * millimetres_per_metre},
        {"target_depth_mm", request.placement
                                ? nlohmann::json(request.placement->target_depth * millimetres_per_metre)
                                : nlohmann::json()},
        {"e_mean_roi_v_per_m", nullptr},
        {"e_mean_vector_roi_v_per_m", nullptr},
        {"e_median_roi_v_per_m", nullptr},
        {"e_p99_roi_v_per_m", nullptr},
        {"e_mean_roi_relative_error", nullptr},
        {"e_mean_roi_lesion_scenarios_v_per_m", nullptr},
        {"roi", nullptr},
        {"solver", solver_as_json(simulation.report)},
    };
    if (metrics.roi) {
        json["e_mean_roi_v_per_m"] = metrics.roi->mean_magnitude;
        json["e_mean_vector_roi_v_per_m"] = metrics.roi->mean_vector_norm;
        if (metrics.roi->mean_magnitude_relative_error)
            json["e_mean_roi_relative_error"] = *metrics.roi->mean_magnitude_relative_error;
        json["e_median_roi_v_per_m"] = metrics.roi->median_magnitude;
        json["e_p99_roi_v_per_m"] = metrics.roi->p99;
        json["roi"] = {{"description", request.roi->description},
                       {"centre_mm", in_mm(request.roi->centre)},
                       {"radius_mm", request.roi->radius * millimetres_per_metre},
                       {"grey_matter_volume_mm3", metrics.roi->volume * cubic_millimetres_per_cubic_metre}};
    }
    return json;
}

std::vector<std::string> run_entries() {
    return {"run.json",  "metrics.json", "pose.json",   "field.vtu", "grey_matter.vtp",
            "scalp.vtp", "lesions.json", "lesions.csv", "figures"};
}

void check_run_files(const std::filesystem::path& folder, const std::vector<std::string>& files) {
    for (const std::string& file : files) {
        if (!std::filesystem::exists(folder / file)) {
            throw Error(fmt::format("{}: lacks {}, so it is half a run folder; make it again with the verb "
                                    "that made it (simulate, compare or plan)",
                                    folder.string(), file));
        }
    }
}

void write_run(const std::filesystem::path& folder, const HeadModel& head, const SurfaceMesh& scalp,
               const RunRequest& request, const RunResult& result, const std::vector<std::string>& warnings) {
    write_fields(folder, head, scalp, request, result.simulation);
    io::write_json(folder / "metrics.json", result.metrics_json);
    io::Pose pose;
    pose.head_from_coil = request.head_from_coil;
    pose.coil = request.coil.name;
    pose.target = request.target;
    if (request.coil.induced_direction) {
        pose.induced_direction = request.head_from_coil.apply_to_vector(*request.coil.induced_direction);
    }
    io::write_pose(folder / "pose.json", pose);
    nlohmann::json inputs = nlohmann::json::object();
    for (const auto& [role, path] : request.inputs) inputs[role] = sha256_of(path);
    io::write_json(folder / "run.json",
                   {{"verb", "simulate"},
                    {"version", CORTICOIL_VERSION},
                    {"created", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)))},
                    {"configuration", request.configuration},
                    {"inputs_sha256", inputs},
                    {"warnings", warnings}});
}

} // namespace corticoil::app
