#include "app/plan_report.h"

#include "app/plan_figures.h"
#include "core/constants.h"
#include "io/json_file.h"

#include <fmt/format.h>

namespace corticoil::app {

namespace {

nlohmann::json in_mm(const Vector3& point) {
    return io::to_json_list(point * millimetres_per_metre);
}

nlohmann::json in_mni(const PlanRequest& request, const Vector3& point) {
    return request.mni ? in_mm(request.mni->to_mni(point)) : nlohmann::json();
}

nlohmann::json matrix_in_mm(const RigidTransform& pose) {
    nlohmann::json rows = nlohmann::json::array();
    for (int row = 0; row < 3; ++row) {
        rows.push_back({pose.rotation()(row, 0), pose.rotation()(row, 1), pose.rotation()(row, 2),
                        pose.translation()[row] * millimetres_per_metre});
    }
    rows.push_back({0, 0, 0, 1});
    return rows;
}

nlohmann::json spread_as_json(const planning::Spread& spread) {
    return {{"planned_v_per_m", spread.planned},
            {"mean_v_per_m", spread.mean},
            {"sd_v_per_m", spread.sd},
            {"p5_v_per_m", spread.p5},
            {"median_v_per_m", spread.median},
            {"p95_v_per_m", spread.p95},
            {"share_below_80_percent_of_planned", spread.share_below_80}};
}

nlohmann::json run_as_json(const PlanRequest& request, const PlanResult& result, const PlanRun& run) {
    const RigidTransform& pose = run.request.head_from_coil;
    nlohmann::json json = {
        {"head_from_coil_mm", matrix_in_mm(pose)},
        {"coil_centre_mni_mm", in_mni(request, pose.translation())},
        {"clearance_mm", run.clearance * millimetres_per_metre},
        {"e_mean_roi_v_per_m", run.roi.mean_magnitude},
        {"e_mean_roi_relative_error", nullptr},
        {"e_mean_vector_roi_v_per_m", run.roi.mean_vector_norm},
        {"e_p99_roi_v_per_m", run.roi.p99},
        {"e_p999_gm_v_per_m", run.metrics.p999},
        {"focality_volume_50_mm3", run.metrics.focality_volume_50 * cubic_millimetres_per_cubic_metre},
        {"selectivity", run.roi.mean_magnitude / run.metrics.p999},
        {"hot_spot_mm", in_mm(run.metrics.hot_spot)},
        {"hot_spot_mni_mm", in_mni(request, run.metrics.hot_spot)},
        {"mean_field_v_per_m", io::to_json_list(run.mean_field)},
        {"angle_to_cortex_normal_degrees", nullptr},
        {"angle_to_sulcal_wall_normal_degrees", nullptr}};
    if (run.roi.mean_magnitude_relative_error)
        json["e_mean_roi_relative_error"] = *run.roi.mean_magnitude_relative_error;
    if (result.bank)
        json["angle_to_cortex_normal_degrees"] = angle_between(run.mean_field, result.bank->normal);
    if (result.wall_axis) json["angle_to_sulcal_wall_normal_degrees"] = angle_to_wall(run, *result.wall_axis);
    return json;
}

nlohmann::json searches_as_json(const PlanResult& result) {
    nlohmann::json list = nlohmann::json::array();
    for (const CoilSearch& search : result.searches) {
        list.push_back(
            {{"coil", search.coil},
             {"placements", search.counts.n_placements},
             {"evaluated", search.counts.n_evaluated},
             {"without_clearance", search.counts.n_without_clearance},
             {"angles_evaluated", search.counts.n_angles},
             {"interpolation_error", search.counts.interpolation_error},
             {"dipoles", search.n_dipoles},
             {"dipole_error", search.dipole_error},
             {"best_v_per_m", search.best_value},
             {"best_at_full_output_v_per_m",
              search.best_at_full_output ? nlohmann::json(*search.best_at_full_output) : nlohmann::json()},
             {"seconds",
              {{"adjoint", search.seconds.adjoint},
               {"places", search.seconds.places},
               {"table", search.seconds.table},
               {"placements", search.seconds.search}}}});
    }
    return list;
}

nlohmann::json shortlist_as_json(const PlanRequest& request, const PlanResult& result) {
    nlohmann::json list = nlohmann::json::array();
    for (const planning::ShortlistedPose& pose : result.shortlist) {
        const Vector3& place = result.places[pose.ranked.place].point;
        list.push_back({{"head_from_coil_mm", matrix_in_mm(pose.ranked.head_from_coil)},
                        {"scalp_point_mm", in_mm(place)},
                        {"scalp_point_mni_mm", in_mni(request, place)},
                        {"objective_by_search_v_per_m", pose.by_search},
                        {"e_mean_roi_by_parts_v_per_m", pose.mean_by_parts},
                        {"e_mean_roi_v_per_m", pose.mean_magnitude},
                        {"e_mean_vector_roi_v_per_m", pose.mean_vector},
                        {"rank_by_search", pose.rank_by_search},
                        {"rank_by_parts", pose.rank_by_parts},
                        {"rank_by_mean", pose.rank_by_mean}});
    }
    return list;
}

nlohmann::json placement_as_json(const PlanResult& result) {
    nlohmann::json list = nlohmann::json::array();
    for (const PlacementSpread& spread : result.placement) {
        list.push_back({{"name", spread.error.name},
                        {"source", spread.error.source},
                        {"position_sd_mm", spread.error.position * millimetres_per_metre},
                        {"angle_sd_degrees", spread.error.angle * degrees_per_radian},
                        {"stand_off_sd_mm", spread.error.stand_off * millimetres_per_metre},
                        {"draws", spread.planned.values.size()},
                        {"planned_pose", spread_as_json(spread.planned)},
                        {"conventional_pose", spread_as_json(spread.conventional)}});
    }
    return list;
}

nlohmann::json stand_off_as_json(const PlanResult& result) {
    nlohmann::json list = nlohmann::json::array();
    for (const StandOffField& at : result.stand_off) {
        list.push_back({{"extra_mm", at.extra * millimetres_per_metre},
                        {"e_mean_vector_roi_v_per_m", at.field},
                        {"over_planned", at.field / result.stand_off.front().field}});
    }
    return list;
}

nlohmann::json places_as_json(const PlanRequest& request, const PlanResult& result) {
    nlohmann::json list = nlohmann::json::array();
    for (std::size_t p = 0; p < request.places.size(); ++p) {
        const PlanPlace& place = request.places[p];
        list.push_back(
            {{"name", place.name},
             {"largest_share", place.largest_share ? nlohmann::json(*place.largest_share) : nlohmann::json()},
             {"planned_e_mean_vector_v_per_m", result.best.place_fields[p]},
             {"planned_share", share_of(result.best, p)},
             {"conventional_e_mean_vector_v_per_m", result.conventional.place_fields[p]},
             {"conventional_share", share_of(result.conventional, p)}});
    }
    return list;
}

/// Ranges of the dose over scenarios [%MSO]; null without a dose.
nlohmann::json range_of(const PlanResult& result, const std::vector<double>& outputs) {
    if (!result.dose || outputs.empty()) return nullptr;
    const auto [least, most] = planning::output_range(result.dose->percent_mso, outputs);
    return {least, most};
}

nlohmann::json dose_as_json(const PlanRequest& request, const PlanResult& result) {
    if (!result.dose) return nullptr;
    const planning::DosePlan& dose = *result.dose;
    nlohmann::json json = {
        {"wanted_field_v_per_m", dose.wanted_field},
        {"didt_a_per_s", dose.didt},
        {"e_matched_percent_mso", dose.percent_mso},
        {"percent_mt_percent_mso",
         dose.percent_mso_of_threshold ? nlohmann::json(*dose.percent_mso_of_threshold) : nlohmann::json()},
        {"percent_mt_field_v_per_m",
         dose.field_of_threshold ? nlohmann::json(*dose.field_of_threshold) : nlohmann::json()},
        {"fraction", request.fraction},
        {"motor_field_v_per_m", result.motor_field ? nlohmann::json(*result.motor_field) : nlohmann::json()},
        {"e_matched_percent_mso_over_conductivities",
         range_of(result, result.conductivity ? result.conductivity->outputs : std::vector<double>{})},
        {"e_matched_percent_mso_over_lesion_scenarios", range_of(result, lesion_outputs(result))},
        {"warnings", dose.warnings}};
    return json;
}

nlohmann::json shams_as_json(const PlanResult& result) {
    nlohmann::json list = nlohmann::json::array();
    for (const ShamPose& sham : result.shams) {
        list.push_back({{"name", sham.name},
                        {"head_from_coil_mm", matrix_in_mm(sham.head_from_coil)},
                        {"e_roi_over_active", sham.roi_ratio},
                        {"e_scalp_over_active", sham.scalp_ratio}});
    }
    return list;
}

nlohmann::json implants_as_json(const ImplantReport& implants) {
    nlohmann::json list = nlohmann::json::array();
    for (const ImplantField& field : implants.fields) {
        list.push_back({{"name", field.name},
                        {"point_mm", in_mm(field.point)},
                        {"flux_density_t_per_a", field.flux_density},
                        {"rate_of_vector_potential_v_per_m", field.rate}});
    }
    return {{"points", list},
            {"lead_voltage_v",
             implants.lead_voltage ? nlohmann::json(*implants.lead_voltage) : nlohmann::json()}};
}

} // namespace

nlohmann::json plan_as_json(const PlanRequest& request, const PlanResult& result,
                            const ImplantReport& implants) {
    nlohmann::json json = {
        {"target", request.aim.name},
        {"roi",
         {{"description", request.roi.description},
          {"centre_mm", in_mm(request.roi.centre)},
          {"radius_mm", request.roi.radius * millimetres_per_metre},
          {"grey_matter_volume_mm3", result.best.roi.volume * cubic_millimetres_per_cubic_metre}}},
        {"affected_side", request.affected_side},
        {"coil", result.best.request.coil.name},
        {"field", "E in V/m at a dI/dt of 1 A/µs unless a key says otherwise"},
        {"searches", searches_as_json(result)},
        {"planned", run_as_json(request, result, result.best)},
        {"conventional", run_as_json(request, result, result.conventional)},
        {"conventional_rule", result.conventional_rule},
        {"gain", gain(result)},
        {"objective_of_planned_v_per_m", result.best.raw_objective},
        {"objective_of_conventional_v_per_m", result.conventional.raw_objective},
        {"cortex_normal", result.bank ? io::to_json_list(result.bank->normal) : nlohmann::json()},
        {"shortlist", shortlist_as_json(request, result)},
        {"places", places_as_json(request, result)},
        {"placement", placement_as_json(result)},
        {"stand_off", stand_off_as_json(result)},
        {"conductivity", nullptr},
        {"lesion_scenarios", nlohmann::json::array()},
        {"dose", dose_as_json(request, result)},
        {"sham", shams_as_json(result)},
        {"other_side", nullptr},
        {"implants", implants_as_json(implants)}};
    if (result.conductivity) {
        json["conductivity"] = {{"draws", result.conductivity->n_draws},
                                {"reduced_basis_error", result.conductivity->model_error},
                                {"roi", spread_as_json(result.conductivity->roi)}};
    }
    for (const LesionSpread& lesion : result.lesions) {
        json["lesion_scenarios"].push_back(
            {{"name", lesion.scenario}, {"what", lesion.what}, {"e_mean_vector_roi_v_per_m", lesion.field}});
    }
    if (result.other_side) {
        json["other_side"] = {
            {"target", result.other_side->target},
            {"e_mean_roi_v_per_m", result.other_side->other_side},
            {"over_this_side", result.other_side->other_side / result.other_side->this_side}};
    }
    return json;
}

} // namespace corticoil::app
