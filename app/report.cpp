#include "app/report.h"

#include "app/comparison.h"
#include "app/direction_words.h"
#include "app/report_parts.h"
#include "core/constants.h"
#include "core/error.h"
#include "io/json_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace corticoil::app {

namespace {

using Json = nlohmann::json;
using viz::Html;
using viz::ReportPage;
using viz::ReportTable;

constexpr double per_cent = 100;

Json at(const Json& object, const char* key) {
    return object.is_object() ? object.value(key, Json()) : Json();
}

std::string text_at(const Json& object, const char* key) {
    const Json value = at(object, key);
    return value.is_string() ? value.get<std::string>() : "";
}

std::string percent_text(const Json& value, int decimals = 1) {
    return value.is_number() ? fmt::format("{:.{}f} %", per_cent * value.get<double>(), decimals) : "–";
}

std::string signed_percent(const Json& value) {
    if (!value.is_number()) return "–";
    const double percent = per_cent * value.get<double>();
    return fmt::format("{}{:.1f} %", percent < 0 ? "−" : "+", std::abs(percent));
}

std::string date_of(const Json& run) {
    return text_at(run, "created").substr(0, std::string("2026-01-01").size());
}

/// Pictures are embedded together, so that they share what the page may take, and placed one after the other.
class Pictures {
  public:
    Pictures(std::vector<ReportFigure> figures, std::size_t taken_by_view) : figures_(std::move(figures)) {
        constexpr std::size_t most_characters = 11'000'000; // Under 12 MB with all words.
        constexpr std::size_t script = 500'000;
        std::vector<std::filesystem::path> files;
        for (const ReportFigure& figure : figures_) files.push_back(figure.file);
        embedded_ = viz::embedded_pictures(files, most_characters -
                                                      std::min(most_characters, taken_by_view + script));
    }

    void place(ReportPage& page, std::size_t count) {
        for (std::size_t i = 0; i < count; ++i, ++next_) {
            page.figure(embedded_[next_], figures_[next_].alternative, figures_[next_].caption);
        }
    }

  private:
    std::vector<ReportFigure> figures_;
    std::vector<viz::EmbeddedPicture> embedded_;
    std::size_t next_ = 0;
};

std::vector<ReportFigure> joined(std::vector<ReportFigure> first, const std::vector<ReportFigure>& second) {
    first.insert(first.end(), second.begin(), second.end());
    return first;
}

/// A picture of a folder's `figures`, where it is there.
std::vector<ReportFigure> figure_if_there(const std::filesystem::path& folder, const char* file,
                                          const std::string& alternative, const std::string& caption) {
    if (!std::filesystem::exists(folder / "figures" / file)) return {};
    return {{folder / "figures" / file, alternative, caption}};
}

/// The data of the view over several runs; those on another cortex than the first's are left out.
std::string view_data(const std::vector<std::pair<std::string, const ReportedRun*>>& runs,
                      const std::string& choice_label) {
    std::vector<viz::ReportPlace> places;
    for (const auto& [name, run] : runs) {
        if (!places.empty() && (run->scene.magnitude.size() != places.front().scene.magnitude.size() ||
                                run->scene.didt != places.front().scene.didt)) {
            continue;
        }
        places.push_back({name, run->scene});
    }
    viz::ReportViewOptions options;
    options.choice_label = choice_label;
    options.label =
        fmt::format("Grey matter coloured by |E|, with coil and scalp: {}", places.front().scene.title);
    return viz::report_view_data(places, options);
}

void add_view(ReportPage& page, const std::string& data) {
    page.section("view", "Interactive view");
    page.view(data);
}

void add_pictures_section(ReportPage& page, Pictures& pictures, std::size_t count) {
    page.section("pictures", "Pictures");
    if (count == 0) {
        page.paragraph("This result has no pictures; corticoil render draws those of a run folder.");
        return;
    }
    pictures.place(page, count);
}

ReportTable pose_table(const std::string& caption,
                       const std::vector<std::pair<std::string, std::string>>& rows) {
    ReportTable table{caption, {}, {}, false};
    for (const auto& [name, value] : rows) table.rows.push_back({name, value});
    return table;
}

/// The rows of metrics.json that a table of figures shows: key, name, unit, factor.
struct MetricRow {
    const char* key;
    const char* name;
    const char* unit;
    double factor = 1;
};

constexpr double cubic_centimetre_per_cubic_millimetre = 1e-3;

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

void add_error(ReportPage& page, const Json& relative_error) {
    page.section("sureness", "How sure");
    page.paragraph(
        Html("The ") + page.term("discretisation error", metric_definition("e_mean_roi_relative_error")) +
        fmt::format(" of the mean |E| in the ROI is estimated as {}.", relative_error_text(relative_error)) +
        " It is one error among several and not the error of the answer: segmentation, conductivities and "
        "the coil's "
        "placement add ranges of their own, usually larger. A plan estimates those of placement and "
        "conductivities.");
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

ReportTable asked_table(const Json& configuration, const Json& roi) {
    ReportTable table{"What was asked", {}, {}, false};
    const auto add = [&](const char* name, const std::string& value) {
        if (!value.empty()) table.rows.push_back({name, value});
    };
    const Json coil = at(configuration, "coil");
    add("Coil", coil.is_array() ? fmt::format("{}", fmt::join(coil.get<std::vector<std::string>>(), ", "))
                                : text_at(configuration, "coil"));
    add("Target", text_at(configuration, "target"));
    add("Pose", text_at(configuration, "pose"));
    add("Affected side of the body", text_at(configuration, "affected_side"));
    add("Region of interest", text_at(roi, "description"));
    add("Head", text_at(configuration, "subject"));
    add("Mesh", text_at(configuration, "mesh"));
    return table;
}

std::string run_title(const ReportedRun& run) {
    return run.scene.title;
}

Report report_of_run(const std::filesystem::path& folder) {
    const ReportedRun run = read_run(folder);
    const ReportedHead head = find_head(run);
    const std::string data = view_data({{"", &run}}, "");
    const std::vector<ReportFigure> figures = run_figures(run, "");
    Pictures pictures(joined(figures, head_figures(head)), data.size());
    const Json configuration = at(run.run, "configuration");
    const Json roi = at(run.metrics, "roi");

    ReportPage page(run_title(run), "Simulation",
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

std::vector<ReportFigure> comparison_figures(const std::filesystem::path& folder, const std::string& target,
                                             const std::vector<std::pair<std::string, ReportedRun>>& runs) {
    std::vector<ReportFigure> figures = figure_if_there(
        folder, "comparison.png",
        fmt::format("Grey matter under each coil over {}, coloured by |E|: at an equal mean in the ROI, "
                    "and at equal dI/dt",
                    target),
        "The coils side by side: each row has one colour scale.");
    figures = joined(
        figures,
        figure_if_there(folder, "depth.png",
                        "|E| of each coil against the depth under the scalp, at an equal mean in the ROI",
                        "|E| against depth under the scalp, at an equal mean in the ROI."));
    for (const auto& [name, run] : runs) figures = joined(figures, run_figures(run, name));
    return figures;
}

/// A row of a table with a column per coil.
template <typename Cell>
void add_row(ReportTable& table, const Html& name, const Json& coils, const Cell& cell) {
    std::vector<Html> row{name};
    for (const Json& coil : coils) row.emplace_back(cell(coil));
    table.rows.push_back(std::move(row));
}

void add_coil_tables(ReportPage& page, const Json& comparison) {
    const Json& coils = io::array_member(comparison, "coils", "compare.json");
    std::vector<Html> header{""};
    for (const Json& coil : coils) header.emplace_back(text_at(coil, "name"));
    const Json definitions = at(comparison, "definitions");
    const auto term = [&](const char* name, const char* key) {
        const std::string definition = text_at(definitions, key);
        return definition.empty() ? Html(name) : page.term(name, definition);
    };
    ReportTable always{"Whatever the dose", header, {}};
    add_row(always, term("selectivity", "selectivity"), coils,
            [](const Json& coil) { return figure_text(at(coil, "selectivity")); });
    add_row(always, term("grey matter above 50 %, cm³", "focality_volume_50_mm3"), coils,
            [](const Json& coil) {
                return figure_text(at(coil, "focality_volume_50_mm3"), cubic_centimetre_per_cubic_millimetre);
            });
    add_row(always, term("grey matter above 75 %, cm³", "focality_volume_75_mm3"), coils,
            [](const Json& coil) {
                return figure_text(at(coil, "focality_volume_75_mm3"), cubic_centimetre_per_cubic_millimetre);
            });
    add_row(always, term("lift beyond the stand-off, mm", "lift_mm"), coils,
            [](const Json& coil) { return fmt::format("{:.1f}", coil.value("lift_mm", 0.0)); });
    add_row(always, term("discretisation error", "e_mean_roi_relative_error"), coils,
            [](const Json& coil) { return relative_error_text(at(coil, "e_mean_roi_relative_error")); });
    page.table(always);
    const std::vector<std::pair<const char*, std::string>> doses{
        {"equal_roi_mean",
         fmt::format("At a mean of {} V/m in the ROI", figure_text(at(comparison, "roi_mean_v_per_m")))},
        {"equal_didt", "At the same dI/dt"},
        {"equal_mso", "At 100 % of each stimulator's output"}};
    for (const auto& [key, caption] : doses) {
        ReportTable table{caption, header, {}};
        const auto figure = [&, dose_key = key](const char* figure_key, double factor = 1) {
            return [=](const Json& coil) { return figure_text(at(at(coil, dose_key), figure_key), factor); };
        };
        add_row(table, "dI/dt, A/µs", coils, figure("didt_a_per_s", 1 / ampere_per_microsecond));
        add_row(table, "% of the stimulator's output", coils, [&, dose_key = key](const Json& coil) {
            const Json dose = at(coil, dose_key);
            const Json exceeds = at(dose, "exceeds_full_output");
            return figure_text(at(dose, "percent_mso")) +
                   (exceeds.is_boolean() && exceeds.get<bool>() ? " (more than it has)" : "");
        });
        add_row(table, term("mean |E| in the ROI, V/m", "e_mean_roi_v_per_m"), coils,
                figure("e_mean_roi_v_per_m"));
        add_row(table, term("99.9th percentile, grey matter, V/m", "e_p999_gm_v_per_m"), coils,
                figure("e_p999_gm_v_per_m"));
        add_row(table, term("99th percentile, scalp, V/m", "e_p99_scalp_v_per_m"), coils,
                figure("e_p99_scalp_v_per_m"));
        add_row(table, term("99th percentile, eyes, V/m", "e_p99_eyes_v_per_m"), coils,
                figure("e_p99_eyes_v_per_m"));
        if (std::string_view(key) == "equal_roi_mean") {
            for (const Json& region : at(comparison, "regions")) {
                const std::string name = text_at(region, "name");
                add_row(table, fmt::format("mean |E| in {}, V/m", name), coils,
                        [&, dose_key = key](const Json& coil) {
                            return figure_text(
                                at(at(at(coil, dose_key), "e_mean_regions_v_per_m"), name.c_str()));
                        });
            }
        }
        page.table(table);
    }
}

Report report_of_comparison(const std::filesystem::path& folder) {
    const Json comparison = io::read_json(folder / "compare.json");
    const Json& coils = io::array_member(comparison, "coils", (folder / "compare.json").string());
    std::vector<std::pair<std::string, ReportedRun>> runs;
    for (const Json& coil : coils) {
        const std::string place = (folder / "compare.json").string();
        runs.emplace_back(io::string_member(coil, "name", place),
                          read_run(folder / io::string_member(coil, "run", place)));
    }
    if (runs.empty())
        throw Error(
            fmt::format("{}: compares no coils; make it again with corticoil compare", folder.string()));
    const ReportedRun& first = runs.front().second;
    const ReportedHead head = find_head(first);
    std::vector<std::pair<std::string, const ReportedRun*>> shown;
    for (const auto& [name, run] : runs) shown.emplace_back(name, &run);
    const std::string data = view_data(shown, "Coil");
    const std::string target = text_at(comparison, "target");
    const std::vector<ReportFigure> figures = comparison_figures(folder, target, runs);
    Pictures pictures(joined(figures, head_figures(head)), data.size());
    const Json configuration = at(comparison, "configuration");

    std::vector<std::string> names;
    for (const auto& [name, run] : runs) names.push_back(name);
    ReportPage page(
        fmt::format("{} over {}", fmt::join(names, ", "), target), "Comparison of coils",
        fmt::format("Corticoil {}, computed {}", text_at(comparison, "version"), date_of(first.run)));
    page.section("summary", "In short");
    std::vector<std::pair<Html, Html>> facts;
    for (const Json& coil : coils) {
        facts.emplace_back(text_at(coil, "name") + ": output for an equal mean",
                           figure_text(at(at(coil, "equal_roi_mean"), "percent_mso")) + " %MSO");
    }
    page.facts(facts);
    add_warnings(page, at(comparison, "warnings"));
    ReportTable asked{"What was asked", {}, {}, false};
    asked.rows = {{"Target", target},
                  {"Target below the scalp", figure_text(at(comparison, "target_depth_mm")) + " mm"},
                  {"Region of interest", text_at(at(comparison, "roi"), "description")},
                  {"Head", text_at(configuration, "subject") + text_at(configuration, "mesh")}};
    page.table(asked);
    page.section("field", "The coils side by side");
    add_coil_tables(page, comparison);
    add_view(page, data);
    add_pictures_section(page, pictures, figures.size());
    page.section("pose", "Where the coils are");
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const ReportedRun& run = runs[i].second;
        page.subsection(runs[i].first);
        page.table(pose_table(
            text_at(coils[i], "direction_rule"),
            pose_rows(run.pose.head_from_coil, run.scene.induced_direction, run.scene.scalp, head)));
        add_matrix(page, "Coil's axes in the head (RAS)", run.pose.head_from_coil);
    }
    add_error(page, at(coils.front(), "e_mean_roi_relative_error"));
    add_head_section(page, head);
    pictures.place(page, head_figures(head).size());
    add_methods_section(
        page, head, first,
        {fmt::format("{} coils ({}) were placed by the convention of their types, lifted until their "
                     "casings cleared the scalp, and matched by the mean |E| in the region of interest.",
                     runs.size(), fmt::join(names, ", "))});
    add_details_section(page, configuration, at(first.run, "inputs_sha256"), text_at(comparison, "version"),
                        head);
    return {"comparison", page.html(), viz::has_report_view()};
}

void add_planned_table(ReportPage& page, const Json& plan) {
    const Json planned = at(plan, "planned");
    const Json usual = at(plan, "conventional");
    ReportTable table{"At dI/dt = 1 A/µs", {"", "planned", "conventional"}, {}};
    const auto add = [&](const Html& name, const char* key, double factor = 1) {
        if (at(planned, key).is_number())
            table.rows.push_back(
                {name, figure_text(at(planned, key), factor), figure_text(at(usual, key), factor)});
    };
    const auto defined = [&](const char* name, const char* key) {
        return page.term(name, metric_definition(key));
    };
    add(defined("mean |E| in the ROI, V/m", "e_mean_roi_v_per_m"), "e_mean_roi_v_per_m");
    add(defined("|mean E| in the ROI, V/m", "e_mean_vector_roi_v_per_m"), "e_mean_vector_roi_v_per_m");
    add(defined("99th percentile in the ROI, V/m", "e_p99_roi_v_per_m"), "e_p99_roi_v_per_m");
    add(defined("99.9th percentile, grey matter, V/m", "e_p999_gm_v_per_m"), "e_p999_gm_v_per_m");
    add(defined("selectivity", "selectivity"), "selectivity");
    add(defined("grey matter above half of the 99.9th percentile, cm³", "focality_volume_50_mm3"),
        "focality_volume_50_mm3", cubic_centimetre_per_cubic_millimetre);
    add("E to the normal of the sulcal walls, degrees", "angle_to_sulcal_wall_normal_degrees");
    add("E to the cortex' normal at the target, degrees", "angle_to_cortex_normal_degrees");
    add(defined("casing to scalp, mm", "coil_clearance_mm"), "clearance_mm");
    table.rows.push_back({"hot spot, MNI, mm", point_text(at(planned, "hot_spot_mni_mm")),
                          point_text(at(usual, "hot_spot_mni_mm"))});
    page.table(table);
}

void add_dose(ReportPage& page, const Json& dose) {
    page.section("dose", "Dose");
    if (!dose.is_object()) {
        page.paragraph("No dose was asked for: corticoil plan takes --motor-threshold or --e-dose.");
        return;
    }
    add_warnings(page, at(dose, "warnings"));
    const auto range = [](const Json& values) {
        return values.is_array() && values.size() == 2
                   ? fmt::format("{:.1f} to {:.1f}", values[0].get<double>(), values[1].get<double>())
                   : std::string();
    };
    ReportTable table{"Both suppose that dI/dt is proportional to the stimulator's output",
                      {"", "output, %MSO", "mean |E| in the ROI, V/m"},
                      {}};
    table.rows.push_back(
        {page.term("E-matched",
                   "The output that gives the target the fraction of the field that the motor region has at "
                   "threshold, or the field that was asked for."),
         figure_text(at(dose, "e_matched_percent_mso")), figure_text(at(dose, "wanted_field_v_per_m"))});
    const std::string conductivities = range(at(dose, "e_matched_percent_mso_over_conductivities"));
    if (!conductivities.empty()) table.rows.push_back({"the same over conductivities", conductivities, ""});
    const std::string lesions = range(at(dose, "e_matched_percent_mso_over_lesion_scenarios"));
    if (!lesions.empty()) table.rows.push_back({"the same over lesion scenarios", lesions, ""});
    if (at(dose, "percent_mt_percent_mso").is_number()) {
        table.rows.push_back(
            {page.term("fraction of the threshold", "The output in per cent of the motor threshold, whatever "
                                                    "field that gives the target."),
             figure_text(at(dose, "percent_mt_percent_mso")),
             figure_text(at(dose, "percent_mt_field_v_per_m"))});
    }
    page.table(table);
    page.paragraph(
        fmt::format("The E-matched dose is a dI/dt of {}.", rate_text(dose.value("didt_a_per_s", 0.0))));
}

void add_robustness(ReportPage& page, const Json& plan) {
    ReportTable table{"|mean E| in the ROI, as a share of the planned pose's",
                      {"what varies", "mean", "5th to 95th percentile", "below 80 % of planned",
                       "the same, conventional pose"},
                      {}};
    const auto share = [](const Json& spread, const char* key) {
        const double planned = spread.value("planned_v_per_m", 0.0);
        return planned > 0 ? fmt::format("{:.0f} %", per_cent * spread.value(key, 0.0) / planned) : "–";
    };
    const auto add = [&](const Html& name, const Json& spread, const Json& conventional) {
        table.rows.push_back({name, share(spread, "mean_v_per_m"),
                              share(spread, "p5_v_per_m") + " to " + share(spread, "p95_v_per_m"),
                              percent_text(at(spread, "share_below_80_percent_of_planned")),
                              percent_text(at(conventional, "share_below_80_percent_of_planned"))});
    };
    for (const Json& error : at(plan, "placement")) {
        add(page.term(fmt::format("placement: {} ({:g} mm, {:.0f}°)", text_at(error, "name"),
                                  error.value("position_sd_mm", 0.0), error.value("angle_sd_degrees", 0.0)),
                      text_at(error, "source") + "; " + std::to_string(error.value("draws", 0)) + " draws."),
            at(error, "planned_pose"), at(error, "conventional_pose"));
    }
    const Json conductivity = at(plan, "conductivity");
    if (conductivity.is_object()) {
        add(page.term(
                "conductivities",
                fmt::format("Beta(3, 3) over the ranges of Saturnino et al. 2019, {} draws; the reduced "
                            "basis errs by at most {}.",
                            conductivity.value("draws", 0),
                            percent_text(at(conductivity, "reduced_basis_error"), 2))),
            at(conductivity, "roi"), Json());
    }
    if (!table.rows.empty()) page.table(table);
    const Json lesions = at(plan, "lesion_scenarios");
    if (lesions.is_array() && !lesions.empty()) {
        ReportTable scenarios{
            "Lesions of assumed conductivities", {"lesions as", "|mean E| in the ROI, V/m"}, {}};
        for (const Json& lesion : lesions)
            scenarios.rows.push_back(
                {text_at(lesion, "what"), figure_text(at(lesion, "e_mean_vector_roi_v_per_m"))});
        page.table(scenarios);
    }
}

void add_shortlist(ReportPage& page, const Json& shortlist) {
    page.section("shortlist", "Short list");
    if (!shortlist.is_array() || shortlist.empty()) {
        page.paragraph("None.");
        return;
    }
    constexpr std::size_t most_rows = 10;
    ReportTable table{fmt::format("The best {} of {} poses by forward solves; poses.csv has them all",
                                  std::min(most_rows, shortlist.size()), shortlist.size()),
                      {"rank", "scalp point, MNI, mm", "mean |E|, V/m", "|mean E|, V/m", "rank by search"},
                      {}};
    for (std::size_t i = 0; i < std::min(most_rows, shortlist.size()); ++i) {
        const Json& pose = shortlist[i];
        table.rows.push_back({std::to_string(i + 1), point_text(at(pose, "scalp_point_mni_mm")),
                              figure_text(at(pose, "e_mean_roi_v_per_m")),
                              figure_text(at(pose, "e_mean_vector_roi_v_per_m")),
                              std::to_string(pose.value("rank_by_search", 0))});
    }
    page.table(table);
}

void add_shams_and_implants(ReportPage& page, const Json& plan) {
    const Json shams = at(plan, "sham");
    if (shams.is_array() && !shams.empty()) {
        page.section("sham", "Sham poses");
        ReportTable table{"|E| as a share of the planned pose's", {"", "in the ROI", "at the scalp"}, {}};
        for (const Json& sham : shams) {
            table.rows.push_back({text_at(sham, "name"), percent_text(at(sham, "e_roi_over_active"), 0),
                                  percent_text(at(sham, "e_scalp_over_active"), 0)});
        }
        page.table(table);
    }
    const Json points = at(at(plan, "implants"), "points");
    const Json lead = at(at(plan, "implants"), "lead_voltage_v");
    if ((!points.is_array() || points.empty()) && !lead.is_number()) return;
    page.section("implants", "Implants");
    ReportTable table{"Fields of the coil in air at the planned pose",
                      {"", "point, mm", "|B|, T per A", "|dA/dt|, V/m"},
                      {}};
    for (const Json& point : points) {
        table.rows.push_back({text_at(point, "name"), point_text(at(point, "point_mm")),
                              fmt::format("{:.3g}", point.value("flux_density_t_per_a", 0.0)),
                              figure_text(at(point, "rate_of_vector_potential_v_per_m"))});
    }
    if (!table.rows.empty()) page.table(table);
    if (lead.is_number()) page.paragraph(fmt::format("Voltage along the lead: {} V.", figure_text(lead)));
}

std::vector<ReportFigure> plan_figures(const std::filesystem::path& folder, const ReportedRun& planned,
                                       const ReportedRun& usual) {
    std::vector<ReportFigure> figures =
        figure_if_there(folder, "plan.png",
                        "Grey matter coloured by |E| at the planned pose, left, and at the conventional one, "
                        "right, on one scale",
                        "The planned and the conventional pose on one colour scale.");
    figures = joined(
        figures, figure_if_there(
                     folder, "objective.png",
                     "The scalp around the target, coloured by the best value over all angles at each place",
                     "The best value over all angles at every searched place of the scalp."));
    figures = joined(figures, run_figures(planned, "Planned"));
    return joined(figures, run_figures(usual, "Conventional"));
}

Report report_of_plan(const std::filesystem::path& folder) {
    const Json plan = io::read_json(folder / "plan.json");
    const ReportedRun planned = read_run(folder / "runs" / "planned");
    const ReportedRun usual = read_run(folder / "runs" / "conventional");
    const ReportedHead head = find_head(planned);
    const std::string data = view_data({{"planned", &planned}, {"conventional", &usual}}, "Pose");
    const std::vector<ReportFigure> robustness = figure_if_there(
        folder, "robustness.png",
        "Curves: the share of sessions that get at least a part of the planned field, for each placement "
        "error",
        "The share of sessions in which |mean E| in the ROI exceeds a part of the planned one.");
    const std::vector<ReportFigure> figures = plan_figures(folder, planned, usual);
    Pictures pictures(joined(joined(figures, robustness), head_figures(head)), data.size());
    const Json configuration = at(plan, "configuration");

    ReportPage page(fmt::format("{} over {}", text_at(plan, "coil"), text_at(plan, "target")),
                    "Plan of a coil's pose",
                    fmt::format("Corticoil {}, computed {}", text_at(plan, "version"), date_of(planned.run)));
    page.section("summary", "In short");
    const Json dose = at(plan, "dose");
    std::vector<std::pair<Html, Html>> facts{
        {"Mean |E| in the ROI at 1 A/µs",
         figure_text(at(at(plan, "planned"), "e_mean_roi_v_per_m")) + " V/m"},
        {"Over the conventional pose", signed_percent(at(plan, "gain"))}};
    if (dose.is_object())
        facts.emplace_back("E-matched dose", figure_text(at(dose, "e_matched_percent_mso")) + " %MSO");
    facts.emplace_back("Discretisation alone",
                       relative_error_text(at(at(plan, "planned"), "e_mean_roi_relative_error")));
    page.facts(facts);
    add_warnings(page, at(plan, "warnings"));
    page.table(asked_table(configuration, at(plan, "roi")));

    add_view(page, data);
    add_pictures_section(page, pictures, figures.size());

    page.section("pose", "Where the coil goes");
    std::vector<std::pair<std::string, std::string>> rows =
        pose_rows(planned.pose.head_from_coil, planned.scene.induced_direction, planned.scene.scalp, head);
    const std::vector<std::pair<std::string, std::string>> usual_rows =
        pose_rows(usual.pose.head_from_coil, usual.scene.induced_direction, usual.scene.scalp, head);
    ReportTable poses{
        "Conventional: " + text_at(plan, "conventional_rule"), {"", "planned", "conventional"}, {}, false};
    for (std::size_t i = 0; i < std::min(rows.size(), usual_rows.size()); ++i)
        poses.rows.push_back({rows[i].first, rows[i].second, usual_rows[i].second});
    page.table(poses);
    add_matrix(page, "Planned: coil's axes in the head (RAS); z points into the head, the handle lies at −y",
               planned.pose.head_from_coil);
    std::vector<Html> exports;
    if (std::filesystem::is_directory(folder / "export")) {
        std::vector<std::filesystem::path> files;
        for (const auto& entry : std::filesystem::directory_iterator(folder / "export"))
            files.push_back(entry.path());
        std::sort(files.begin(), files.end());
        for (const std::filesystem::path& file : files)
            exports.push_back(viz::code("export/" + file.filename().string()));
    }
    if (!exports.empty()) {
        page.paragraph("Both poses for navigation programs and as a table:");
        page.list(exports);
    }

    page.section("field", "Planned against conventional");
    add_planned_table(page, plan);
    for (const Json& search : at(plan, "searches")) {
        page.paragraph(
            fmt::format("{}: the best of {:.2f} million placements, of which {} did not clear the scalp.",
                        text_at(search, "coil"), search.value("placements", 0.0) / 1e6,
                        search.value("without_clearance", 0)));
    }
    const Json other = at(plan, "other_side");
    if (other.is_object()) {
        page.paragraph(fmt::format("The same coil over {} gives {} of this side's mean.",
                                   text_at(other, "target"), percent_text(at(other, "over_this_side"), 0)));
    }
    add_shortlist(page, at(plan, "shortlist"));
    add_dose(page, dose);
    add_error(page, at(at(plan, "planned"), "e_mean_roi_relative_error"));
    add_robustness(page, plan);
    pictures.place(page, robustness.size());
    add_shams_and_implants(page, plan);
    add_head_section(page, head);
    pictures.place(page, head_figures(head).size());
    add_methods_section(page, head, planned,
                        {"The pose was searched with the adjoint field of the region of interest "
                         "(reciprocity: Geselowitz 1970, IEEE "
                         "Trans Magn 6:346; Heller & van Hulsteyn 1992, Biophys J 63:129), and the best "
                         "places were solved forward."});
    add_details_section(page, configuration, at(planned.run, "inputs_sha256"), text_at(plan, "version"),
                        head);
    return {"plan", page.html(), viz::has_report_view()};
}

} // namespace

std::string kind_of_result(const std::filesystem::path& folder) {
    if (std::filesystem::exists(folder / "plan.json")) return "plan";
    if (std::filesystem::exists(folder / "compare.json")) return "comparison";
    if (std::filesystem::exists(folder / "run.json")) return "run";
    // What is left of a run is told apart from what never was one.
    for (const char* file : {"metrics.json", "grey_matter.vtp", "pose.json"})
        if (std::filesystem::exists(folder / file)) return "run";
    throw Error(fmt::format(
        "{}: is no folder of a run (run.json), plan (plan.json) or comparison (compare.json); make one with "
        "corticoil simulate, plan or compare",
        folder.string()));
}

Report make_report(const std::filesystem::path& folder, bool needs_view) {
    const std::string kind = kind_of_result(folder);
    if (needs_view && !viz::has_report_view()) {
        throw MissingPartError("--require-3d: this program was built without the interactive view; install "
                               "npm and configure again "
                               "with -DCORTICOIL_REPORT_3D=ON");
    }
    try {
        if (kind == "plan") return report_of_plan(folder);
        if (kind == "comparison") return report_of_comparison(folder);
        return report_of_run(folder);
    } catch (const nlohmann::json::exception& error) {
        throw Error(
            fmt::format("{}: a JSON file of it has not the form of docs/formats.md ({}); make it again",
                        folder.string(), error.what()));
    }
}

} // namespace corticoil::app
