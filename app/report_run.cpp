// The report of a run.
#include "app/report_sections.h"

#include "io/json_file.h"

#include <fmt/format.h>

#include <algorithm>

namespace corticoil::app {

using Json = nlohmann::json;
using viz::Html;
using viz::ReportPage;
using viz::ReportTable;

namespace {

/// The rows of metrics.json that a table of figures shows: key, name, unit, factor.
struct MetricRow {
    const char* key;
    const char* name;
    const char* unit;
    double factor = 1;
};

const std::vector<MetricRow>& metric_rows() {
    static const std::vector<MetricRow> rows{
        {"e_mean_roi_v_per_m", "mean |E| in the ROI", "V/m"},
        {"e_mean_vector_roi_v_per_m", "|mean E| in the ROI", "V/m"},
        {"e_median_roi_v_per_m", "median |E| in the ROI", "V/m"},
        {"e_p99_roi_v_per_m", "99th percentile of |E| in the ROI", "V/m"},
        {"e_p999_gm_v_per_m", "99.9th percentile of |E|, grey matter", "V/m"},
        {"e_p99_gm_v_per_m", "99th percentile of |E|, grey matter", "V/m"},
        {"e_p95_gm_v_per_m", "95th percentile of |E|, grey matter", "V/m"},
        {"focality_volume_50_mm3", "grey matter above 50 % of the 99.9th percentile", "cm³",
         cubic_centimetre_per_cubic_millimetre},
        {"focality_volume_75_mm3", "grey matter above 75 % of the 99.9th percentile", "cm³",
         cubic_centimetre_per_cubic_millimetre},
        {"hot_spot_distance_from_coil_axis_mm", "hot spot to the coil's axis", "mm"},
        {"coil_clearance_mm", "casing to scalp", "mm"},
        {"target_depth_mm", "target below the scalp", "mm"},
    };
    return rows;
}

void add_metrics(ReportPage& page, const ReportedRun& run) {
    const Json& metrics = run.metrics;
    ReportTable table{fmt::format("At dI/dt = {}; what a name means shows when it is pointed at or focused",
                                  rate_text(metrics.value("didt_a_per_s", 0.0))),
                      {"", "value", "unit"},
                      {}};
    for (const MetricRow& row : metric_rows()) {
        if (!at(metrics, row.key).is_number()) continue;
        table.rows.push_back({page.term(row.name, metric_definition(row.key)),
                              figure_text(at(metrics, row.key), row.factor), row.unit});
    }
    if (at(metrics, "hot_spot_mm").is_array()) {
        table.rows.push_back({page.term("hot spot, head", metric_definition("hot_spot_mm")),
                              point_text(at(metrics, "hot_spot_mm")), "mm"});
    }
    if (at(metrics, "hot_spot_mni_mm").is_array())
        table.rows.push_back({"hot spot, MNI", point_text(at(metrics, "hot_spot_mni_mm")), "mm"});
    page.table(table);
}

void add_lesions(ReportPage& page, const std::filesystem::path& folder) {
    if (!std::filesystem::exists(folder / "lesions.json")) return;
    const Json lesions = io::read_json(folder / "lesions.json");
    page.section("lesions", "Lesions");
    page.paragraph(fmt::format("{} lesions with {} ml in the mesh.", lesions.value("count", 0),
                               figure_text(at(lesions, "total_volume_ml"))));
    ReportTable table{"Lesions with the strongest field at their rim (99th percentile within 2 mm)",
                      {"number", "volume, mm³", "centre, mm", "|E| inside, V/m", "|E| at the rim, V/m"},
                      {}};
    std::vector<Json> sorted;
    const Json of_file = at(lesions, "lesions");
    if (of_file.is_array()) sorted.assign(of_file.begin(), of_file.end());
    const auto rim = [](const Json& lesion) {
        const Json value = at(lesion, "e_p99_rim_v_per_m");
        return value.is_number() ? value.get<double>() : 0.0;
    };
    std::stable_sort(sorted.begin(), sorted.end(),
                     [&](const Json& a, const Json& b) { return rim(a) > rim(b); });
    constexpr std::size_t most_rows = 10;
    for (std::size_t i = 0; i < std::min(most_rows, sorted.size()); ++i) {
        table.rows.push_back(
            {std::to_string(sorted[i].value("number", 0)), figure_text(at(sorted[i], "volume_mm3")),
             point_text(at(sorted[i], "centre_mm")), figure_text(at(sorted[i], "e_mean_inside_v_per_m")),
             figure_text(at(sorted[i], "e_p99_rim_v_per_m"))});
    }
    if (!table.rows.empty()) page.table(table);
    const Json scenarios = at(lesions, "scenarios");
    if (!scenarios.is_array() || scenarios.empty()) return;
    ReportTable ranges{"What nobody has measured: lesions of four assumed conductivities",
                       {"scenario", "S/m", "mean |E| in the ROI, V/m", "99.9th percentile, grey matter, V/m"},
                       {}};
    for (const Json& scenario : scenarios) {
        ranges.rows.push_back({text_at(scenario, "name") + ": " + text_at(scenario, "assumption"),
                               figure_text(at(scenario, "conductivity_s_per_m")),
                               figure_text(at(scenario, "e_mean_roi_v_per_m")),
                               figure_text(at(scenario, "e_p999_gm_v_per_m"))});
    }
    page.table(ranges);
}

} // namespace

Report report_of_run(const std::filesystem::path& folder) {
    const ReportedRun run = read_run(folder);
    const ReportedHead head = find_head(run);
    const std::string data = view_data({{"", &run}}, "");
    const std::vector<ReportFigure> figures = run_figures(run, "");
    Pictures pictures(joined(figures, head_figures(head)), data.size());
    const Json configuration = at(run.run, "configuration");
    const Json roi = at(run.metrics, "roi");

    ReportPage page(run.scene.title, "Simulation",
                    fmt::format("Corticoil {}, computed {}", text_at(run.run, "version"), date_of(run.run)));
    page.section("summary", "In short");
    std::vector<std::pair<Html, Html>> facts;
    if (roi.is_object()) {
        facts.emplace_back("Mean |E| in the ROI",
                           figure_text(at(run.metrics, "e_mean_roi_v_per_m")) + " V/m");
        facts.emplace_back("Discretisation alone",
                           relative_error_text(at(run.metrics, "e_mean_roi_relative_error")));
    }
    facts.emplace_back("99.9th percentile, grey matter",
                       figure_text(at(run.metrics, "e_p999_gm_v_per_m")) + " V/m");
    facts.emplace_back("Grey matter above half of it", figure_text(at(run.metrics, "focality_volume_50_mm3"),
                                                                   cubic_centimetre_per_cubic_millimetre) +
                                                           " cm³");
    facts.emplace_back("dI/dt", rate_text(run.metrics.value("didt_a_per_s", 0.0)));
    page.facts(facts);
    add_warnings(page, at(run.run, "warnings"));
    page.table(asked_table(configuration, roi));

    add_view(page, data);
    add_pictures_section(page, pictures, figures.size());

    page.section("pose", "Where the coil is");
    page.table(pose_table(
        "The pose", pose_rows(run.pose.head_from_coil, run.scene.induced_direction, run.scene.scalp, head)));
    add_matrix(page, "Coil's axes in the head (RAS); z points into the head, the handle lies at −y",
               run.pose.head_from_coil);

    page.section("field", "The field");
    add_metrics(page, run);
    add_error(page, at(run.metrics, "e_mean_roi_relative_error"));
    const Json range = at(run.metrics, "e_mean_roi_lesion_scenarios_v_per_m");
    if (range.is_array() && range.size() == 2) {
        page.paragraph(
            fmt::format("Over four assumed conductivities of the lesions the mean is {} to {} V/m.",
                        figure_text(range[0]), figure_text(range[1])));
    }
    add_lesions(page, folder);
    add_head_section(page, head);
    pictures.place(page, head_figures(head).size());
    add_methods_section(page, head, run, {});
    add_details_section(page, configuration, at(run.run, "inputs_sha256"), text_at(run.run, "version"), head);
    return {"run", page.html(), viz::has_report_view()};
}

} // namespace corticoil::app
