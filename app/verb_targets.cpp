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

nlohmann::json as_json(const planning::Target& target) {
    nlohmann::json by_coil_type = nlohmann::json::object();
    for (const auto& [type, direction] : target.direction_by_coil_type) {
        by_coil_type[std::string(coils::to_string(type))] = {
            {"induced_direction_mni", io::to_json_list(direction.induced_direction_mni)},
            {"direction_rule", direction.rule}};
    }
    return {{"name", target.name},
            {"description", target.description},
            {"symptoms", target.symptoms},
            {"mni_mm", io::to_json_list(target.mni * millimetres_per_metre)},
            {"coordinate_source", target.coordinate_source},
            {"is_verified", target.is_verified},
            {"induced_direction_mni", io::to_json_list(target.direction.induced_direction_mni)},
            {"direction_rule", target.direction.rule},
            {"by_coil_type", by_coil_type},
            {"roi_radius_mm", target.roi_radius * millimetres_per_metre},
            {"usual_coil", target.usual_coil},
            {"usual_intensity", target.usual_intensity},
            {"trials", target.trials}};
}

std::string as_text(const planning::Target& target) {
    const Vector3 mm = target.mni * millimetres_per_metre;
    std::string directions = target.direction.rule;
    for (const auto& [type, direction] : target.direction_by_coil_type)
        directions += fmt::format("\n    coils of type {}: {}", coils::to_string(type), direction.rule);
    return fmt::format(
        "{}\n  {}\n  for: {}\n  MNI {:g} {:g} {:g} mm: {}{}\n  direction of E: {}\n  ROI: grey matter within "
        "{:g} mm\n  usual coil {}, {}\n  trials: {}\n",
        target.name, target.description, target.symptoms, mm[0], mm[1], mm[2], target.coordinate_source,
        target.is_verified ? "" : " (unverified)", directions, target.roi_radius * millimetres_per_metre,
        target.usual_coil, target.usual_intensity, fmt::join(target.trials, "; "));
}

void list(Session& session) {
    nlohmann::json result = nlohmann::json::array();
    std::string text;
    for (const planning::Target& target : planning::target_library()) {
        result.push_back(as_json(target));
        text += fmt::format("{:14} {} ({})\n", target.name, target.description, target.symptoms);
    }
    session.finish(result, text);
}

} // namespace

void add_targets(CLI::App& program, Session& session) {
    CLI::App* verb =
        program.add_subcommand("targets", "The target library: where trials in multiple sclerosis aim");
    verb->require_subcommand(1);
    CLI::App* list_verb = verb->add_subcommand("list", "Names and descriptions");
    session.add_common_flags(*list_verb);
    list_verb->footer("Examples:\n  corticoil targets list\n  corticoil targets list --json");
    list_verb->callback([&session] {
        session.begin("targets list");
        list(session);
    });
    CLI::App* show_verb = verb->add_subcommand("show", "One target: coordinates, direction, trials");
    session.add_common_flags(*show_verb);
    auto name = std::make_shared<std::string>();
    show_verb->add_option("target", *name, "Target of the library")->type_name("NAME")->required();
    show_verb->footer(
        "Examples:\n  corticoil targets show M1_HAND_L\n  corticoil targets show CB_COG_L --json");
    show_verb->callback([name, &session] {
        session.begin("targets show");
        const planning::Target target = planning::find_target(*name);
        session.finish(as_json(target), as_text(target));
    });
    verb->footer("Examples:\n  corticoil targets list\n  corticoil targets show M1_HAND_L");
}

} // namespace corticoil::app
