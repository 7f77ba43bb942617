#include "app/report_parts.h"

#include "app/comparison.h"
#include "app/electrodes.h"
#include "app/pictures.h"
#include "app/run_folder.h"
#include "core/constants.h"
#include "core/error.h"
#include "core/tissue.h"
#include "io/json_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace corticoil::app {

namespace {

constexpr double per_cent = 100;

std::string value_text(const nlohmann::json& value) {
    if (value.is_string()) return value.get<std::string>();
    if (value.is_number_float()) return fmt::format("{:.6g}", value.get<double>());
    if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
    if (value.is_array()) {
        std::vector<std::string> parts;
        for (const nlohmann::json& part : value) parts.push_back(value_text(part));
        return fmt::format("{}", fmt::join(parts, ", "));
    }
    if (value.is_object()) {
        std::vector<std::string> parts;
        for (const auto& [key, part] : value.items()) parts.push_back(key + ": " + value_text(part));
        return fmt::format("{}", fmt::join(parts, "; "));
    }
    return value.dump();
}

/// Conductivities by label as people read them.
std::string conductivities_text(const nlohmann::json& by_label) {
    std::vector<std::string> parts;
    for (const auto& [label, value] : by_label.items()) {
        const std::optional<TissueInfo> tissue = find_tissue(std::atoi(label.c_str()));
        parts.push_back(
            fmt::format("{} {}", tissue ? std::string(tissue->display_name) : label, value_text(value)));
    }
    return fmt::format("{}", fmt::join(parts, "; "));
}

bool is_empty(const nlohmann::json& value) {
    return value.is_null() || (value.is_string() && value.get<std::string>().empty()) ||
           (value.is_structured() && value.empty());
}

} // namespace

ReportedRun read_run(const std::filesystem::path& folder) {
    check_run_files(folder, {"run.json", "metrics.json", "pose.json", "grey_matter.vtp", "scalp.vtp"});
    ReportedRun run;
    run.folder = folder;
    try {
        run.run = io::read_json(folder / "run.json");
        run.metrics = io::read_json(folder / "metrics.json");
        run.pose = io::read_pose(folder / "pose.json");
        run.scene = scene_of(folder);
    } catch (const Error& error) {
        throw Error(fmt::format("{} (of the run folder {}: mend it, or make the run again)", error.what(),
                                folder.string()));
    }
    return run;
}

ReportedHead find_head(const ReportedRun& run) {
    ReportedHead head;
    const nlohmann::json configuration = run.run.value("configuration", nlohmann::json::object());
    const std::string named = configuration.value("subject", "");
    if (named.empty()) {
        head.why_missing = "The run names no subject folder, so nothing is known of how the head was made.";
        return head;
    }
    const nlohmann::json inputs = run.run.value("inputs_sha256", nlohmann::json::object());
    const std::string mesh = inputs.value("mesh", "");
    for (const std::filesystem::path& path : subject_places(run.folder, named)) {
        const nlohmann::json description = io::read_json(path / "subject.json");
        const nlohmann::json files = description.value("files", nlohmann::json::object());
        const nlohmann::json recorded = files.value("head.msh", nlohmann::json::object());
        if (!mesh.empty() && recorded.value("sha256", "") != mesh) {
            head.why_missing = fmt::format(
                "The subject folder {} holds another head mesh now than the one that was computed on.",
                named);
            continue;
        }
        head.subject = SubjectFolder::open(path);
        head.description = description;
        if (std::filesystem::exists(head.subject->mni_file())) head.mni = head.subject->read_mni();
        if (std::filesystem::exists(head.subject->electrodes()))
            head.electrodes = read_electrodes(*head.subject);
        head.why_missing.clear();
        return head;
    }
    if (head.why_missing.empty())
        head.why_missing = fmt::format("The subject folder {} is not there any more.", named);
    return head;
}

std::string metric_definition(const std::string& key) {
    static const std::map<std::string, std::string> definitions{
        {"e_mean_roi_v_per_m", "Volume mean of |E| in the grey matter of the region of interest, corrected "
                               "by the dual-weighted error "
                               "estimate."},
        {"e_mean_vector_roi_v_per_m", "Length of the volume mean of the vector E there; smaller than the "
                                      "mean of |E| where directions differ."},
        {"e_median_roi_v_per_m", "Half of the region's grey-matter volume has a stronger |E|."},
        {"e_p99_roi_v_per_m", "One per cent of the region's grey-matter volume has a stronger |E|."},
        {"e_mean_roi_relative_error", "How far a finer mesh of the same head is expected to move the mean. "
                                      "Discretisation only: not the error of "
                                      "the answer."},
        {"e_p999_gm_v_per_m",
         "Robust maximum: the volume-weighted 99.9th percentile of |E| over all grey matter."},
        {"e_p99_gm_v_per_m", "Volume-weighted 99th percentile of |E| over all grey matter."},
        {"e_p95_gm_v_per_m", "Volume-weighted 95th percentile of |E| over all grey matter."},
        {"focality_volume_50_mm3",
         "Grey matter with |E| of at least half of the robust maximum: smaller is more focal."},
        {"focality_volume_75_mm3", "Grey matter with |E| of at least three quarters of the robust maximum."},
        {"hot_spot_mm", "Volume-weighted centre of the grey matter at or above the robust maximum."},
        {"hot_spot_distance_from_coil_axis_mm",
         "How far the hot spot lies from the line through the coil's centre."},
        {"coil_clearance_mm", "Least distance between casing and scalp."},
        {"target_depth_mm", "From the nearest point of the scalp to the target."},
        {"selectivity", "Mean |E| in the region of interest over the robust maximum; not a matter of dose."},
    };
    const auto found = definitions.find(key);
    CORTICOIL_ASSERT(found != definitions.end());
    return found->second;
}

std::string figure_text(const nlohmann::json& value, double factor) {
    return value.is_number() ? three_digits(value.get<double>() * factor) : "–";
}

std::string point_text(const nlohmann::json& point_mm) {
    if (!point_mm.is_array() || point_mm.size() != 3) return "–";
    const Vector3 in_mm(point_mm[0].get<double>(), point_mm[1].get<double>(), point_mm[2].get<double>());
    const Vector3 point = in_mm * metres_per_millimetre;
    return point_text(point);
}

std::string point_text(const Vector3& point) {
    const auto number = [](double metres) {
        const std::string text = fmt::format("{:.1f}", metres * millimetres_per_metre);
        if (text == "-0.0") return std::string("0.0");
        return text.front() == '-' ? "−" + text.substr(1) : text;
    };
    return fmt::format("{}, {}, {}", number(point.x()), number(point.y()), number(point.z()));
}

std::string rate_text(double didt) {
    return fmt::format("{:.4g} A/µs", didt / ampere_per_microsecond);
}

std::string relative_error_text(const nlohmann::json& relative) {
    return relative.is_number() ? fmt::format("± {:.2g} %", per_cent * relative.get<double>()) : "–";
}

viz::ReportTable table_of(const std::string& caption, const nlohmann::json& object) {
    viz::ReportTable table{caption, {"setting", "value"}, {}, false};
    for (const auto& [key, value] : object.items()) {
        if (is_empty(value)) continue;
        table.rows.push_back(
            {viz::code(key), key == "conductivity_s_per_m" ? conductivities_text(value) : value_text(value)});
    }
    return table;
}

void add_warnings(viz::ReportPage& page, const nlohmann::json& warnings) {
    if (!warnings.is_array() || warnings.empty()) return;
    if (warnings.size() == 1) {
        page.notice(viz::strong("Warning. ") + value_text(warnings.front()));
        return;
    }
    page.notice(viz::strong(fmt::format("{} warnings", warnings.size())) + " came with this result:");
    std::vector<viz::Html> items;
    for (const nlohmann::json& warning : warnings) items.emplace_back(value_text(warning));
    page.list(items);
}

std::vector<ReportFigure> run_figures(const ReportedRun& run, const std::string& name) {
    const std::string what = name.empty() ? run.scene.title : fmt::format("{}: {}", name, run.scene.title);
    const std::string peak =
        fmt::format("; the 99.9th percentile over grey matter is {} V/m",
                    figure_text(run.metrics.value("e_p999_gm_v_per_m", nlohmann::json())));
    std::vector<ReportFigure> figures;
    const auto add = [&](const char* file, const std::string& view, const std::string& caption) {
        const std::filesystem::path path = run.folder / "figures" / file;
        if (std::filesystem::exists(path))
            figures.push_back(
                {path, fmt::format("{}. {}{}.", what, view, peak), fmt::format("{}. {}", what, caption)});
    };
    add("close.png",
        "The grey matter under the coil, coloured by |E|, with the windings and the region of interest",
        "|E| on the grey-matter surface, seen from the coil. The ring outlines the region of interest, the "
        "arrow "
        "shows E under the coil.");
    add("overview.png", "The whole head with the coil on it, the grey matter coloured by |E|",
        "The coil on the head; same colours.");
    // Pictures that somebody drew into the folder since.
    std::vector<std::filesystem::path> others;
    if (std::filesystem::is_directory(run.folder / "figures")) {
        for (const auto& entry : std::filesystem::directory_iterator(run.folder / "figures")) {
            const std::filesystem::path& path = entry.path();
            if (path.extension() == ".png" && path.stem() != "close" && path.stem() != "overview")
                others.push_back(path);
        }
    }
    std::sort(others.begin(), others.end());
    for (const std::filesystem::path& path : others) {
        const std::string caption = fmt::format("{}. Picture {}.", what, path.filename().string());
        figures.push_back({path, caption, caption});
    }
    return figures;
}

std::vector<ReportFigure> head_figures(const ReportedHead& head) {
    std::vector<ReportFigure> figures;
    if (!head.subject) return figures;
    if (std::filesystem::exists(head.subject->picture())) {
        figures.push_back(
            {head.subject->picture(), "Outlines of the tissues over twelve slices of the T1 image",
             "Outlines of the tissues over the T1. Look whether they follow what the image shows."});
    }
    if (std::filesystem::exists(head.subject->electrode_picture())) {
        figures.push_back({head.subject->electrode_picture(),
                           "The scalp with the positions of the 10-10 system",
                           "The scalp with the 10-10 positions."});
    }
    return figures;
}

} // namespace corticoil::app
