#include "app/report_sections.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace corticoil::app {

using Json = nlohmann::json;
using viz::Html;
using viz::ReportPage;
using viz::ReportTable;

namespace {

constexpr double per_cent = 100;

} // namespace

Json at(const Json& object, const char* key) {
    return object.is_object() ? object.value(key, Json()) : Json();
}

std::string text_at(const Json& object, const char* key) {
    const Json value = at(object, key);
    return value.is_string() ? value.get<std::string>() : "";
}

std::string percent_text(const Json& value, int decimals) {
    return value.is_number() ? fmt::format("{:.{}f} %", per_cent * value.get<double>(), decimals) : "–";
}

std::string date_of(const Json& run) {
    return text_at(run, "created").substr(0, std::string("2026-01-01").size());
}

Pictures::Pictures(std::vector<ReportFigure> figures, std::size_t taken_by_view)
    : figures_(std::move(figures)) {
    constexpr std::size_t most_characters = 11'000'000; // Under 12 MB with all words.
    constexpr std::size_t script = 500'000;
    std::vector<std::filesystem::path> files;
    for (const ReportFigure& figure : figures_) files.push_back(figure.file);
    embedded_ =
        viz::embedded_pictures(files, most_characters - std::min(most_characters, taken_by_view + script));
}

void Pictures::place(ReportPage& page, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i, ++next_) {
        page.figure(embedded_[next_], figures_[next_].alternative, figures_[next_].caption);
    }
}

std::vector<ReportFigure> joined(std::vector<ReportFigure> first, const std::vector<ReportFigure>& second) {
    first.insert(first.end(), second.begin(), second.end());
    return first;
}

std::vector<ReportFigure> figure_if_there(const std::filesystem::path& folder, const char* file,
                                          const std::string& alternative, const std::string& caption) {
    if (!std::filesystem::exists(folder / "figures" / file)) return {};
    return {{folder / "figures" / file, alternative, caption}};
}

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

} // namespace corticoil::app
