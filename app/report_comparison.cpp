// The report of a comparison.
#include "app/report_sections.h"

#include "core/constants.h"
#include "core/error.h"
#include "io/json_file.h"

#include <fmt/format.h>

namespace corticoil::app {

using Json = nlohmann::json;
using viz::Html;
using viz::ReportPage;
using viz::ReportTable;

namespace {

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

} // namespace

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
        const Json matched = at(coil, "equal_roi_mean");
        const Json output = at(matched, "percent_mso");
        // Without a stimulator there is no full output to be a share of.
        facts.emplace_back(text_at(coil, "name") + ": output for an equal mean",
                           output.is_number() ? figure_text(output) + " %MSO"
                                              : rate_text(matched.value("didt_a_per_s", 0.0)));
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
    const std::string placed =
        text_at(configuration, "pose") == "best"
            ? "each where it gives the region of interest the largest mean |E|, as found with the adjoint "
              "field "
              "(reciprocity) over all placements that clear the scalp and confirmed by forward solves"
            : "by the convention of their types, lifted until their casings cleared the scalp";
    add_methods_section(
        page, head, first,
        {fmt::format("{} coils ({}) were placed {}, and matched by the mean |E| in the region of interest.",
                     runs.size(), fmt::join(names, ", "), placed)});
    add_details_section(page, configuration, at(first.run, "inputs_sha256"), text_at(comparison, "version"),
                        head);
    return {"comparison", page.html(), viz::has_report_view()};
}

} // namespace corticoil::app
