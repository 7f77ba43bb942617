// The report of a plan.
#include "app/report_sections.h"

#include "io/json_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace corticoil::app {

using Json = nlohmann::json;
using viz::Html;
using viz::ReportPage;
using viz::ReportTable;

namespace {

constexpr double per_cent = 100;

std::string signed_percent(const Json& value) {
    if (!value.is_number()) return "–";
    const double percent = per_cent * value.get<double>();
    return fmt::format("{}{:.1f} %", percent < 0 ? "−" : "+", std::abs(percent));
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

/// What other places get, and what distance costs.
void add_places(ReportPage& page, const Json& plan) {
    const Json places = at(plan, "places");
    if (places.is_array() && !places.empty()) {
        ReportTable table{"|mean E| in other places, as a share of the ROI's",
                          {"place", "planned", "conventional", "asked for"},
                          {}};
        for (const Json& place : places) {
            const Json limit = at(place, "largest_share");
            table.rows.push_back(
                {text_at(place, "name"), percent_text(at(place, "planned_share"), 0),
                 percent_text(at(place, "conventional_share"), 0),
                 limit.is_number() ? "at most " + percent_text(limit, 0) : std::string("a target too")});
        }
        page.table(table);
    }
    const Json distances = at(plan, "stand_off");
    if (!distances.is_array() || distances.empty()) return;
    ReportTable table{"The planned pose further from the head: more hair, a cap, a coil that slips",
                      {"further by, mm", "|mean E| in the ROI, V/m", "of the planned"},
                      {}};
    for (const Json& distance : distances) {
        table.rows.push_back({fmt::format("{:g}", distance.value("extra_mm", 0.0)),
                              figure_text(at(distance, "e_mean_vector_roi_v_per_m")),
                              percent_text(at(distance, "over_planned"), 0)});
    }
    page.table(table);
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

} // namespace

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
    add_places(page, plan);
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

} // namespace corticoil::app
