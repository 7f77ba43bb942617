#include "app/plan_report.h"

#include "app/comparison.h"
#include "app/direction_words.h"
#include "core/constants.h"
#include "io/json_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace corticoil::app {

namespace {

constexpr double per_cent = 100;
constexpr double degrees_per_radian = 180 / pi;

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

/// The angle between two lines, 0 … 90 degrees.
double angle_between(const Vector3& a, const Vector3& b) {
    return degrees_per_radian * std::acos(std::clamp(std::abs(a.normalized().dot(b.normalized())), 0.0, 1.0));
}

/// The angle between mean E, as far as it is tangential to the coil's face, and the normal of the sulcal
/// walls.
double angle_to_wall(const PlanRun& run, const Vector3& wall_axis) {
    const Vector3 z = run.request.head_from_coil.rotation().col(2);
    return angle_between(run.mean_field - run.mean_field.dot(z) * z, wall_axis);
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

/// |mean E| in a place over that in the ROI.
double share_of(const PlanRun& run, std::size_t place) {
    return run.place_fields[place] / run.roi.mean_vector_norm;
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

std::vector<double> lesion_outputs(const PlanResult& result) {
    std::vector<double> outputs;
    for (const LesionSpread& lesion : result.lesions) outputs.push_back(lesion.output);
    return outputs;
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

double gain(const PlanResult& result) {
    return result.best.roi.mean_magnitude / result.conventional.roi.mean_magnitude - 1;
}

std::string point_text(const Vector3& point) {
    const Vector3 mm = point * millimetres_per_metre;
    return fmt::format("{:.1f} {:.1f} {:.1f}", mm[0], mm[1], mm[2]);
}

std::string pose_text(const PlanRequest& request, const PlanResult& result) {
    const PlanRun& best = result.best;
    std::string text = fmt::format(
        "{} over {}: the best of {:.2f} million placements\n", best.request.coil.name, request.aim.name,
        static_cast<double>(result.searches[result.coil].counts.n_placements) / 1e6);
    if (!request.affected_side.empty()) text += fmt::format("  affected side: {}\n", request.affected_side);
    text +=
        fmt::format("  coil centre             {} mm", point_text(best.request.head_from_coil.translation()));
    if (request.mni) {
        text += fmt::format(" (MNI {})", point_text(request.mni->to_mni(
                                             result.places[result.shortlist.front().ranked.place].point)));
    }
    text += fmt::format("; mean E towards {}\n", towards(best.mean_field));
    return text;
}

std::string field_rows(const PlanResult& result) {
    const auto row = [](const std::string& label, double planned, double conventional,
                        const std::string& unit) {
        return fmt::format("  {:<38}{:>10}{:>14}  {}\n", label, three_digits(planned),
                           three_digits(conventional), unit);
    };
    const PlanRun& best = result.best;
    const PlanRun& usual = result.conventional;
    std::string text = fmt::format("  {:<38}{:>10}{:>14}\n", "at 1 A/µs", "planned", "conventional");
    text += row("mean |E| in the ROI", best.roi.mean_magnitude, usual.roi.mean_magnitude,
                fmt::format("V/m ({:+.1f} %)", per_cent * gain(result)));
    text += row("|mean E| in the ROI", best.roi.mean_vector_norm, usual.roi.mean_vector_norm, "V/m");
    text += row("99.9th percentile, grey matter", best.metrics.p999, usual.metrics.p999, "V/m");
    text += row("grey matter above half of it",
                best.metrics.focality_volume_50 * cubic_millimetres_per_cubic_metre / 1000,
                usual.metrics.focality_volume_50 * cubic_millimetres_per_cubic_metre / 1000, "cm3");
    if (result.wall_axis) {
        text += row("E to the normal of the sulcal walls", angle_to_wall(best, *result.wall_axis),
                    angle_to_wall(usual, *result.wall_axis), "degrees");
    }
    if (result.bank) {
        text +=
            row("E to the cortex' normal at the target", angle_between(best.mean_field, result.bank->normal),
                angle_between(usual.mean_field, result.bank->normal), "degrees");
    }
    if (best.roi.mean_magnitude_relative_error) {
        text += fmt::format(
            "  from discretisation ± {:.2g} % (not the error of the answer: see the ranges below)\n",
            per_cent * *best.roi.mean_magnitude_relative_error);
    }
    return text;
}

std::string places_text(const PlanRequest& request, const PlanResult& result) {
    if (request.places.empty()) return "";
    std::string text =
        fmt::format("  {:<38}{:>10}{:>14}\n", "|mean E| there, % of the target's", "planned", "conventional");
    for (std::size_t p = 0; p < request.places.size(); ++p) {
        const PlanPlace& place = request.places[p];
        text += fmt::format("  {:<38}{:>8.0f} %{:>12.0f} %{}\n", place.name,
                            per_cent * share_of(result.best, p), per_cent * share_of(result.conventional, p),
                            place.largest_share
                                ? fmt::format("  at most {:.0f} % asked for", per_cent * *place.largest_share)
                                : "  a target too");
    }
    return text;
}

std::string ranking_text(const PlanResult& result) {
    const planning::ShortlistedPose& first = result.shortlist.front();
    const auto by_search = std::find_if(result.shortlist.begin(), result.shortlist.end(),
                                        [](const auto& pose) { return pose.rank_by_search == 1; });
    return fmt::format(
        "  ranks of the planned pose: {} by the search, {} by parts of the ROI, {} by forward solves "
        "of {}; the search's own first gives {:.1f} % of its mean |E|\n",
        first.rank_by_search, first.rank_by_parts, first.rank_by_mean, result.shortlist.size(),
        per_cent * by_search->mean_magnitude / first.mean_magnitude);
}

std::string range_rows(const PlanResult& result) {
    std::string text = fmt::format("  {:<38}{:>10}{:>14}  {}\n", "|mean E|, % of planned", "mean",
                                   "5th percentile", "below 80 %");
    const auto row = [](const std::string& label, const planning::Spread& spread) {
        return fmt::format("  {:<38}{:>8.0f} %{:>12.0f} %  {:.1f} % of draws\n", label,
                           per_cent * spread.mean / spread.planned, per_cent * spread.p5 / spread.planned,
                           per_cent * spread.share_below_80);
    };
    for (const PlacementSpread& spread : result.placement) {
        text += row(fmt::format("placement: {} ({:g} mm, {:.0f} degrees)", spread.error.name,
                                spread.error.position * millimetres_per_metre,
                                spread.error.angle * degrees_per_radian),
                    spread.planned);
    }
    if (result.conductivity) text += row("conductivities of the literature", result.conductivity->roi);
    const StandOffField& further = result.stand_off[1];
    text += fmt::format("  {:<38}{:>8.0f} %\n",
                        fmt::format("{:g} mm further from the head", further.extra * millimetres_per_metre),
                        per_cent * further.field / result.stand_off.front().field);
    for (const LesionSpread& lesion : result.lesions) {
        text += fmt::format("  lesions as {:<27}{:>8.1f} %\n", lesion.what,
                            per_cent * lesion.field / result.best.roi.mean_vector_norm);
    }
    return text;
}

std::string dose_text(const PlanRequest& request, const PlanResult& result) {
    if (!result.dose) return "  no dose: give --motor-threshold or --e-dose\n";
    const planning::DosePlan& dose = *result.dose;
    std::string text = fmt::format("  E-matched dose          {:8.1f} %MSO for {} V/m in the ROI ({} A/µs)\n",
                                   dose.percent_mso, three_digits(dose.wanted_field),
                                   three_digits(dose.didt / ampere_per_microsecond));
    if (dose.percent_mso_of_threshold) {
        text += fmt::format(
            "  %MT dose                {:8.1f} %MSO ({:.0f} % of the {} threshold), {} V/m in the ROI\n",
            *dose.percent_mso_of_threshold, per_cent * request.fraction, request.threshold->kind,
            three_digits(*dose.field_of_threshold));
    }
    const auto range = [&](const std::vector<double>& outputs, const std::string& what) {
        if (outputs.empty()) return;
        const auto [least, most] = planning::output_range(dose.percent_mso, outputs);
        text += fmt::format("  E-matched over {:<20} {:.1f} … {:.1f} %MSO\n", what, least, most);
    };
    if (result.conductivity) range(result.conductivity->outputs, "conductivities");
    range(lesion_outputs(result), "lesion scenarios");
    for (const std::string& warning : dose.warnings) text += "  note: " + warning + "\n";
    return text;
}

std::string sham_text(const PlanResult& result) {
    std::string text =
        fmt::format("  {:<46}{:>6}{:>8}\n", "sham: E over that of the planned pose", "ROI", "scalp");
    for (const ShamPose& sham : result.shams) {
        text += fmt::format("  {:<46}{:>4.0f} %{:>6.0f} %\n", sham.name, per_cent * sham.roi_ratio,
                            per_cent * sham.scalp_ratio);
    }
    return text;
}

std::string side_text(const PlanResult& result) {
    if (!result.other_side) return "";
    return fmt::format(
        "  the other side ({}) gets {:.0f} % of this side's mean |E| under its own conventional pose\n",
        result.other_side->target, per_cent * result.other_side->other_side / result.other_side->this_side);
}

std::string implant_text(const ImplantReport& implants) {
    std::string text;
    for (const ImplantField& field : implants.fields) {
        text +=
            fmt::format("  implant {}: |B| {:.3g} µT per ampere of coil current, |dA/dt| {} V/m at 1 A/µs\n",
                        field.name, field.flux_density * 1e6, three_digits(field.rate));
    }
    if (implants.lead_voltage) {
        text += fmt::format("  lead: {} V along it at 1 A/µs, without the charges that tissue puts on it\n",
                            three_digits(std::abs(*implants.lead_voltage)));
    }
    return text;
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

std::string poses_as_csv(const PlanResult& result) {
    std::string csv =
        "rank,rank_by_search,rank_by_parts,objective_by_search_v_per_m,e_mean_roi_by_parts_v_per_m,"
        "e_mean_roi_v_per_m,e_mean_vector_roi_v_per_m";
    for (int row = 0; row < 3; ++row) {
        for (int column = 0; column < 4; ++column) csv += fmt::format(",m{}{}", row, column);
    }
    csv += "\n";
    for (std::size_t i = 0; i < result.shortlist.size(); ++i) {
        const planning::ShortlistedPose& pose = result.shortlist[i];
        csv += fmt::format("{},{},{},{:.6g},{:.6g},{:.6g},{:.6g}", i + 1, pose.rank_by_search,
                           pose.rank_by_parts, pose.by_search, pose.mean_by_parts, pose.mean_magnitude,
                           pose.mean_vector);
        const RigidTransform& matrix = pose.ranked.head_from_coil;
        for (int row = 0; row < 3; ++row) {
            for (int column = 0; column < 3; ++column)
                csv += fmt::format(",{:.9f}", matrix.rotation()(row, column));
            csv += fmt::format(",{:.6f}", matrix.translation()[row] * millimetres_per_metre);
        }
        csv += "\n";
    }
    return csv;
}

std::string plan_as_text(const PlanRequest& request, const PlanResult& result,
                         const ImplantReport& implants) {
    return pose_text(request, result) + field_rows(result) + places_text(request, result) +
           ranking_text(result) + range_rows(result) + dose_text(request, result) + side_text(result) +
           sham_text(result) + implant_text(implants);
}

} // namespace corticoil::app
