#include "app/comparison.h"

#include "core/constants.h"
#include "core/tissue.h"
#include "io/json_file.h"

#include <fmt/format.h>

#include <cmath>

namespace corticoil::app {

namespace {

nlohmann::json in_mm(const Vector3& point) {
    return io::to_json_list(point * millimetres_per_metre);
}

template <typename T>
nlohmann::json or_null(const std::optional<T>& value) {
    return value ? nlohmann::json(*value) : nlohmann::json();
}

std::optional<double> scaled(const std::optional<double>& value, double factor) {
    return value ? std::optional(*value * factor) : std::nullopt;
}

/// The figures that grow with the dose, at `factor` times the reference rate.
nlohmann::json at_dose(const Comparison& comparison, const ComparedCoil& coil, double factor) {
    const planning::Dose dose = planning::dose_at(coil.request.coil, factor * comparison.didt);
    nlohmann::json regions = nlohmann::json::object();
    for (std::size_t i = 0; i < comparison.regions.size(); ++i)
        regions[comparison.regions[i].name] = factor * coil.region_means[i];
    nlohmann::json profile = nlohmann::json::array();
    for (const std::optional<double>& magnitude : coil.profile.magnitudes)
        profile.push_back(or_null(scaled(magnitude, factor)));
    return {{"didt_a_per_s", dose.didt},
            {"percent_mso", or_null(dose.percent_mso)},
            {"exceeds_full_output", or_null(dose.exceeds_output())},
            {"e_mean_roi_v_per_m", factor * coil.metrics.roi->mean_magnitude},
            {"e_p999_gm_v_per_m", factor * coil.metrics.p999},
            {"e_p99_scalp_v_per_m", or_null(scaled(coil.p99_scalp, factor))},
            {"e_p99_eyes_v_per_m", or_null(scaled(coil.p99_eyes, factor))},
            {"e_mean_regions_v_per_m", regions},
            {"depth_profile_v_per_m", profile}};
}

nlohmann::json as_json(const Comparison& comparison, const ComparedCoil& coil) {
    const std::optional<double> full = coil.factor_for_full_output();
    const coils::Coil& model = coil.request.coil;
    return {{"name", coil.folder},
            {"type", coils::to_string(model.type)},
            {"description", model.description},
            {"source", model.source},
            {"stimulator", model.stimulator},
            {"didt_at_full_output_a_per_s", or_null(model.didt_at_full_output)},
            {"run", "runs/" + coil.folder},
            {"direction_rule", coil.direction_rule},
            {"lift_mm", coil.lift * millimetres_per_metre},
            {"clearance_mm", coil.clearance * millimetres_per_metre},
            {"e_mean_roi_relative_error", or_null(coil.metrics.roi->mean_magnitude_relative_error)},
            {"selectivity", coil.selectivity()},
            {"focality_volume_50_mm3", coil.metrics.focality_volume_50 * cubic_millimetres_per_cubic_metre},
            {"focality_volume_75_mm3", coil.metrics.focality_volume_75 * cubic_millimetres_per_cubic_metre},
            {"equal_didt", at_dose(comparison, coil, 1)},
            {"equal_mso", full ? at_dose(comparison, coil, *full) : nlohmann::json()},
            {"equal_roi_mean", at_dose(comparison, coil, coil.factor_for_mean(comparison.roi_mean))}};
}

nlohmann::json regions_as_json(const Comparison& comparison) {
    nlohmann::json regions = nlohmann::json::array();
    for (const planning::Region& region : comparison.regions) {
        regions.push_back(
            {{"name", region.name},
             {"centre_mm", in_mm(region.centre)},
             {"radius_mm", region.radius * millimetres_per_metre},
             {"grey_matter_volume_mm3", region.samples.volumes.sum() * cubic_millimetres_per_cubic_metre},
             {"overlaps_roi", region.overlaps_roi}});
    }
    return regions;
}

nlohmann::json depths_as_json(const planning::DepthProfile& profile) {
    nlohmann::json depths = nlohmann::json::array();
    for (const double depth : profile.depths) depths.push_back(depth * millimetres_per_metre);
    return depths;
}

nlohmann::json tissues_as_json(const planning::DepthProfile& profile) {
    nlohmann::json tissues = nlohmann::json::array();
    for (const int label : profile.labels) {
        const std::optional<TissueInfo> known = find_tissue(label);
        tissues.push_back(label == tissue::air ? nlohmann::json()
                          : known              ? nlohmann::json(known->key)
                                               : nlohmann::json(std::to_string(label)));
    }
    return tissues;
}

} // namespace

double ComparedCoil::factor_for_mean(double wanted) const {
    return planning::rate_for_mean(wanted, metrics.roi->mean_magnitude, 1);
}

std::optional<double> ComparedCoil::factor_for_full_output() const {
    if (!request.coil.didt_at_full_output) return std::nullopt;
    return *request.coil.didt_at_full_output / std::abs(request.options.didt);
}

nlohmann::json comparison_definitions() {
    return {
        {"e_mean_roi_v_per_m",
         "volume mean of |E| in the ROI's grey matter, corrected by the error estimate"},
        {"e_mean_roi_relative_error",
         "half width over mean of the interval that discretisation alone is expected to keep the mean in"},
        {"e_p999_gm_v_per_m",
         "volume-weighted 99.9th percentile of |E| over all grey matter: robust maximum"},
        {"e_p99_scalp_v_per_m", "volume-weighted 99th percentile of |E| over all tissue of label 5"},
        {"e_p99_eyes_v_per_m", "the same over label 6; null where the head has none"},
        {"e_mean_regions_v_per_m",
         "volume mean of |E| in grey matter within the place's radius of it and outside the ROI"},
        {"focality_volume_50_mm3",
         "grey matter with |E| at least half of e_p999_gm_v_per_m; not a matter of dose"},
        {"focality_volume_75_mm3", "the same with three quarters"},
        {"selectivity", "e_mean_roi_v_per_m over e_p999_gm_v_per_m; not a matter of dose"},
        {"depth_profile_v_per_m",
         "|E| at depths_mm on the line from the scalp point nearest to the target along the inward normal; "
         "values at points, which jump where tissues meet"},
        {"lift_mm", "how far beyond the stand-off the coil was lifted along its axis so that its casing "
                    "clears the scalp"},
        {"clearance_mm",
         "least distance between the casing's triangles and the scalp; without a casing, of its windings"},
        {"equal_didt", "all coils at the same rate of change of their current"},
        {"equal_mso",
         "each coil at 100 % of the output of its stimulator; null where dI/dt at full output is not known"},
        {"equal_roi_mean",
         "each coil at the rate that gives roi_mean_v_per_m; percent_mso says what that takes"},
    };
}

nlohmann::json comparison_as_json(const Comparison& comparison) {
    nlohmann::json coils = nlohmann::json::array();
    for (const ComparedCoil& coil : comparison.coils) coils.push_back(as_json(comparison, coil));
    const ComparedCoil& first = comparison.coils.front();
    return {{"target", comparison.target},
            {"target_depth_mm", comparison.target_depth * millimetres_per_metre},
            {"roi",
             {{"description", comparison.roi.description},
              {"centre_mm", in_mm(comparison.roi.centre)},
              {"radius_mm", comparison.roi.radius * millimetres_per_metre},
              {"grey_matter_volume_mm3", first.metrics.roi->volume * cubic_millimetres_per_cubic_metre}}},
            {"roi_mean_v_per_m", comparison.roi_mean},
            {"regions", regions_as_json(comparison)},
            {"depth_line",
             {{"start_mm", in_mm(comparison.line.start)},
              {"direction", io::to_json_list(comparison.line.direction)}}},
            {"depths_mm", depths_as_json(first.profile)},
            {"depth_tissues", tissues_as_json(first.profile)},
            {"definitions", comparison_definitions()},
            {"coils", coils}};
}

} // namespace corticoil::app
