#include "app/aim.h"
#include "app/verbs.h"
#include "core/constants.h"
#include "io/json_file.h"
#include "planning/target.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>
#include <string>

namespace corticoil::app {

namespace {

nlohmann::json in_mm(const std::optional<double>& length) {
    return length ? nlohmann::json(*length * millimetres_per_metre) : nlohmann::json();
}

nlohmann::json in_mm(const std::optional<Vector3>& point) {
    return point ? io::to_json_list(*point * millimetres_per_metre) : nlohmann::json();
}

nlohmann::json as_json(const planning::TargetRegion& region) {
    return {{"atlases", region.atlases},
            {"within_mm", in_mm(region.within)},
            {"least_z_mm", in_mm(region.least_z)},
            {"most_y_mm", in_mm(region.most_y)},
            {"least_distance_from_midline_mm", in_mm(region.least_distance_from_midline)},
            {"most_distance_from_midline_mm", in_mm(region.most_distance_from_midline)}};
}

nlohmann::json as_json(const planning::Target& target) {
    nlohmann::json by_coil_type = nlohmann::json::object();
    for (const auto& [type, direction] : target.direction_by_coil_type) {
        by_coil_type[std::string(coils::to_string(type))] = {
            {"induced_direction_mni", io::to_json_list(direction.induced_direction_mni)},
            {"direction_rule", direction.rule}};
    }
    nlohmann::json alternatives = nlohmann::json::array();
    for (const planning::AlternativeCoordinate& other : target.alternatives)
        alternatives.push_back({{"mni_mm", in_mm(other.mni)}, {"source", other.source}});
    return {{"name", target.name},
            {"description", target.description},
            {"symptoms", target.symptoms},
            {"mni_mm", in_mm(target.mni)},
            {"scalp_rule",
             target.scalp_rule ? nlohmann::json(planning::describe(*target.scalp_rule)) : nlohmann::json()},
            {"near_mni_mm", in_mm(target.near_mni)},
            {"coordinate_source", target.coordinate_source},
            {"is_verified", target.is_verified},
            {"alternatives", alternatives},
            {"induced_direction_mni", io::to_json_list(target.direction.induced_direction_mni)},
            {"direction_rule", target.direction.rule},
            {"by_coil_type", by_coil_type},
            {"roi_radius_mm", target.roi_radius * millimetres_per_metre},
            {"region", target.region ? as_json(*target.region) : nlohmann::json()},
            {"usual_coil", target.usual_coil},
            {"usual_intensity", target.usual_intensity},
            {"trials", target.trials},
            {"notes", target.notes}};
}

std::string coordinates(const Vector3& point) {
    const Vector3 mm = point * millimetres_per_metre;
    return fmt::format("{:g} {:g} {:g}", mm[0], mm[1], mm[2]);
}

std::string as_text(const planning::TargetRegion& region) {
    std::string text;
    for (const auto& [atlas, regions] : region.atlases) {
        text += fmt::format("{}{} {}", text.empty() ? "" : ", and in ", atlas, fmt::join(regions, " or "));
    }
    const auto add = [&text](const char* condition, const std::optional<double>& length) {
        if (length) text += fmt::format(", {} {:g} mm", condition, *length * millimetres_per_metre);
    };
    add("within", region.within);
    add("z from", region.least_z);
    add("y up to", region.most_y);
    add("beside the midline from", region.least_distance_from_midline);
    add("beside the midline up to", region.most_distance_from_midline);
    return text;
}

std::string as_text(const planning::Target& target) {
    std::string text = fmt::format("{}\n  {}\n", target.name, target.description);
    const auto add = [&text](const char* what, const std::string& value) {
        if (!value.empty()) text += fmt::format("  {:16} {}\n", what, value);
    };
    const char* doubt = target.is_verified ? "" : " (unverified)";
    add("for", target.symptoms);
    if (target.mni)
        add("MNI [mm]", fmt::format("{}: {}{}", coordinates(*target.mni), target.coordinate_source, doubt));
    if (target.scalp_rule) {
        add("scalp",
            fmt::format("{}: {}{}", planning::describe(*target.scalp_rule), target.coordinate_source, doubt));
        add("brain there", coordinates(target.near_mni) + " mm in MNI space on Colin27");
    }
    for (const planning::AlternativeCoordinate& other : target.alternatives)
        add("or", fmt::format("{}: {}", coordinates(other.mni), other.source));
    add("direction of E", target.direction.rule);
    for (const auto& [type, direction] : target.direction_by_coil_type)
        add("", fmt::format("coils of type {}: {}", coils::to_string(type), direction.rule));
    add("ROI", fmt::format("grey matter within {:g} mm of the {}", target.roi_radius * millimetres_per_metre,
                           target.mni ? "coordinate" : "brain under the scalp point"));
    if (target.region) add(":region", "grey matter in " + as_text(*target.region));
    add("usual coil", fmt::format("{}, {}", target.usual_coil, target.usual_intensity));
    for (const std::string& trial : target.trials) add("trial", trial);
    add("note", target.notes);
    return text;
}

void list(Session& session) {
    nlohmann::json result = nlohmann::json::array();
    std::string text = fmt::format("{:20} {:>16}  {:18} {}\n", "target", "MNI [mm]", "usual coil", "place");
    for (const planning::Target& target : planning::target_library()) {
        result.push_back(as_json(target));
        text += fmt::format("{:20} {:>16}{} {:18} {} ({})\n", target.name,
                            target.mni ? coordinates(*target.mni) : "by the scalp",
                            target.is_verified ? " " : "?", target.usual_coil, target.description,
                            target.symptoms);
    }
    text += "?: not verified at its source. Sources, directions and trials: corticoil targets show NAME\n";
    session.finish(result, text);
}

} // namespace

void add_targets(CLI::App& program, Session& session) {
    CLI::App* verb =
        program.add_subcommand("targets", "The target library: where trials in multiple sclerosis aim");
    verb->require_subcommand(1);
    CLI::App* list_verb = verb->add_subcommand("list", "Names, coordinates and usual coils");
    session.add_common_flags(*list_verb);
    list_verb->footer("Examples:\n  corticoil targets list\n  corticoil targets list --json");
    list_verb->callback([&session] {
        session.begin("targets list");
        list(session);
    });
    CLI::App* show_verb =
        verb->add_subcommand("show", "One target: coordinates and their sources, ROI, direction, trials");
    session.add_common_flags(*show_verb);
    auto name = std::make_shared<std::string>();
    show_verb->add_option("target", *name, "Target of the library")->type_name("NAME")->required();
    show_verb->footer(
        "Examples:\n  corticoil targets show M1_HAND_L\n  corticoil targets show CB_INION_L --json");
    show_verb->callback([name, &session] {
        session.begin("targets show");
        const planning::Target target = library_target(*name);
        session.finish(as_json(target), as_text(target));
    });
    verb->footer("Examples:\n  corticoil targets list\n  corticoil targets show M1_HAND_L");
}

} // namespace corticoil::app
