#include "app/lesion_table.h"

#include "core/constants.h"
#include "io/json_file.h"
#include "io/staged_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace corticoil::app {

namespace {

/// Lesions at whose rim |E| reaches this share of the robust maximum lie where the coil stimulates.
constexpr double exposed_share = 0.5;

bool is_exposed(const LesionFigures& figures, std::size_t r) {
    return figures.fields[r].p99_rim >= exposed_share * figures.p999;
}

nlohmann::json field_as_json(const planning::LesionField& field) {
    return {{"e_mean_inside_v_per_m", field.mean_inside},
            {"e_mean_rim_v_per_m", field.mean_rim},
            {"e_p99_rim_v_per_m", field.p99_rim},
            {"e_max_rim_v_per_m", field.largest_rim}};
}

nlohmann::json lesion_as_json(const planning::LesionAtlas& atlas, const LesionFigures& figures,
                              const std::optional<MniMapping>& mni, std::size_t r) {
    const planning::LesionRegion& region = atlas.regions()[r];
    const planning::LesionPlace& place = figures.places[r];
    nlohmann::json json = field_as_json(figures.fields[r]);
    json["number"] = r + 1;
    json["volume_mm3"] = region.volume * cubic_millimetres_per_cubic_metre;
    json["black_hole_volume_mm3"] = region.black_hole_volume * cubic_millimetres_per_cubic_metre;
    json["centre_mm"] = io::to_json_list(region.centre * millimetres_per_metre);
    json["centre_mni_mm"] =
        mni ? io::to_json_list(mni->to_mni(region.centre) * millimetres_per_metre) : nlohmann::json();
    json["distance_to_roi_mm"] = place.distance_to_roi
                                     ? nlohmann::json(*place.distance_to_roi * millimetres_per_metre)
                                     : nlohmann::json();
    json["distance_to_grey_matter_mm"] = place.distance_to_grey_matter * millimetres_per_metre;
    json["distance_to_skull_mm"] = place.distance_to_skull * millimetres_per_metre;
    json["distance_from_coil_axis_mm"] = place.distance_from_coil_axis * millimetres_per_metre;
    json["is_juxtacortical"] = place.is_juxtacortical;
    json["is_exposed"] = is_exposed(figures, r);
    return json;
}

nlohmann::json scenario_as_json(const ScenarioField& scenario) {
    nlohmann::json lesions = nlohmann::json::array();
    for (std::size_t r = 0; r < scenario.lesions.size(); ++r) {
        nlohmann::json lesion = field_as_json(scenario.lesions[r]);
        lesion["number"] = r + 1;
        lesion["rim_factor"] = scenario.rim_factors[r];
        lesions.push_back(lesion);
    }
    return {{"name", scenario.scenario.name},
            {"assumption", scenario.scenario.what},
            {"conductivity_s_per_m", scenario.scenario.conductivity},
            {"e_mean_roi_v_per_m", scenario.roi_mean ? nlohmann::json(*scenario.roi_mean) : nlohmann::json()},
            {"e_p999_gm_v_per_m", scenario.p999},
            {"lesions", lesions}};
}

/// Least and largest mean in the ROI over the scenarios.
std::optional<std::pair<double, double>> roi_range(const LesionFigures& figures) {
    std::optional<std::pair<double, double>> range;
    for (const ScenarioField& scenario : figures.scenarios) {
        if (!scenario.roi_mean) return std::nullopt;
        if (!range) range = {*scenario.roi_mean, *scenario.roi_mean};
        range = {std::min(range->first, *scenario.roi_mean), std::max(range->second, *scenario.roi_mean)};
    }
    return range;
}

double total_volume(const planning::LesionAtlas& atlas) {
    const auto& regions = atlas.regions();
    return std::accumulate(regions.begin(), regions.end(), 0.0,
                           [](double sum, const auto& region) { return sum + region.volume; });
}

std::string row_of(const planning::LesionAtlas& atlas, const LesionFigures& figures, std::size_t r) {
    const planning::LesionPlace& place = figures.places[r];
    const planning::LesionField& field = figures.fields[r];
    const std::string to_roi =
        place.distance_to_roi ? fmt::format("{:.1f}", *place.distance_to_roi * millimetres_per_metre) : "-";
    return fmt::format("  {:>4} {:>9.0f} {:>8} {:>10.1f} {:>9.3f} {:>9.3f} {:>9.3f}  {}{}\n", r + 1,
                       atlas.regions()[r].volume * cubic_millimetres_per_cubic_metre, to_roi,
                       place.distance_to_grey_matter * millimetres_per_metre, field.mean_inside,
                       field.p99_rim, field.largest_rim, place.is_juxtacortical ? "juxtacortical " : "",
                       is_exposed(figures, r) ? "exposed" : "");
}

std::string scenarios_as_text(const LesionFigures& figures) {
    if (figures.scenarios.empty()) return "";
    std::string text = "Scenarios (assumptions: nobody has measured MS lesions at low frequency)\n"
                       "       lesions                S/m  mean in ROI, V/m   change  largest rim factor\n";
    const std::optional<double> first = figures.scenarios.front().roi_mean;
    constexpr double per_cent = 100;
    for (const ScenarioField& scenario : figures.scenarios) {
        const double factor = *std::max_element(scenario.rim_factors.begin(), scenario.rim_factors.end());
        text += fmt::format(
            "  {:>4} {:<18} {:>8.3f} {:>17} {:>7} % {:>19.2f}\n", scenario.scenario.name,
            scenario.scenario.what, scenario.scenario.conductivity,
            scenario.roi_mean ? fmt::format("{:.4f}", *scenario.roi_mean) : "-",
            first ? fmt::format("{:+.2f}", per_cent * (*scenario.roi_mean / *first - 1)) : "-", factor);
    }
    return text;
}

} // namespace

nlohmann::json lesions_as_json(const planning::LesionAtlas& atlas, const LesionFigures& figures,
                               const std::optional<MniMapping>& mni) {
    nlohmann::json lesions = nlohmann::json::array();
    for (std::size_t r = 0; r < atlas.regions().size(); ++r)
        lesions.push_back(lesion_as_json(atlas, figures, mni, r));
    nlohmann::json scenarios = nlohmann::json::array();
    for (const ScenarioField& scenario : figures.scenarios) scenarios.push_back(scenario_as_json(scenario));
    const auto range = roi_range(figures);
    return {{"version", CORTICOIL_VERSION},
            {"source", figures.coverage ? "mask" : "labels"},
            {"count", atlas.regions().size()},
            {"total_volume_ml", total_volume(atlas) * millilitres_per_cubic_metre},
            {"mask_volume_ml",
             figures.coverage ? nlohmann::json(figures.coverage->mask_volume * millilitres_per_cubic_metre)
                              : nlohmann::json()},
            {"rim_width_mm", planning::LesionAtlas::rim_width * millimetres_per_metre},
            {"lesions", lesions},
            {"scenarios", scenarios},
            {"e_mean_roi_range_v_per_m",
             range ? nlohmann::json::array({range->first, range->second}) : nlohmann::json()}};
}

std::string lesions_as_text(const planning::LesionAtlas& atlas, const LesionFigures& figures) {
    constexpr std::size_t most_rows = 12;
    std::vector<std::size_t> order(atlas.regions().size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return figures.fields[a].p99_rim > figures.fields[b].p99_rim;
    });
    std::string text =
        fmt::format("{} lesions, {:.2f} ml{}; |E| inside and within {:g} mm of the rim, in V/m:\n",
                    order.size(), total_volume(atlas) * millilitres_per_cubic_metre,
                    figures.coverage ? " (shares of tetrahedra, from masks)" : "",
                    planning::LesionAtlas::rim_width * millimetres_per_metre);
    text += "     # vol., mm³   to ROI  to grey, mm    inside   rim p99   rim max\n";
    for (std::size_t i = 0; i < std::min(order.size(), most_rows); ++i)
        text += row_of(atlas, figures, order[i]);
    if (order.size() > most_rows)
        text += fmt::format("  and {} with less at their rim: lesions.csv\n", order.size() - most_rows);
    return text + scenarios_as_text(figures);
}

void write_lesions_csv(const std::filesystem::path& path, const nlohmann::json& json) {
    const std::vector<std::string> columns{"number",
                                           "volume_mm3",
                                           "black_hole_volume_mm3",
                                           "distance_to_roi_mm",
                                           "distance_to_grey_matter_mm",
                                           "distance_to_skull_mm",
                                           "distance_from_coil_axis_mm",
                                           "is_juxtacortical",
                                           "is_exposed",
                                           "e_mean_inside_v_per_m",
                                           "e_mean_rim_v_per_m",
                                           "e_p99_rim_v_per_m",
                                           "e_max_rim_v_per_m"};
    std::string text = fmt::format("{},x_mm,y_mm,z_mm\n", fmt::join(columns, ","));
    for (const nlohmann::json& lesion : json["lesions"]) {
        for (const std::string& column : columns)
            text += (lesion[column].is_null() ? "" : lesion[column].dump()) + ",";
        const nlohmann::json& centre = lesion["centre_mm"];
        text += fmt::format("{:.3f},{:.3f},{:.3f}\n", centre[0].get<double>(), centre[1].get<double>(),
                            centre[2].get<double>());
    }
    io::write_file_atomically(path, text);
}

} // namespace corticoil::app
