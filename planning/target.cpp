#include "planning/target.h"

#include "core/constants.h"
#include "core/error.h"
#include "planning/targets_json.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cctype>

namespace corticoil::planning {

namespace {

Vector3 vector_of(const nlohmann::json& json) {
    const auto values = json.get<std::array<double, 3>>();
    return {values[0], values[1], values[2]};
}

TargetDirection parse_direction(const nlohmann::json& json) {
    return {vector_of(json.at("induced_direction_mni")).normalized(), json.at("direction_rule")};
}

Target parse(const nlohmann::json& json) {
    Target target;
    target.name = json.at("name");
    target.description = json.at("description");
    target.symptoms = json.at("symptoms");
    target.mni = vector_of(json.at("mni_mm")) * metres_per_millimetre;
    target.coordinate_source = json.at("coordinate_source");
    target.is_verified = json.at("is_verified");
    target.direction = parse_direction(json);
    if (json.contains("by_coil_type")) {
        for (const auto& [type, direction] : json.at("by_coil_type").items()) {
            target.direction_by_coil_type.emplace(coils::find_coil_type(type).value(),
                                                  parse_direction(direction));
        }
    }
    target.roi_radius = json.at("roi").at("radius_mm").get<double>() * metres_per_millimetre;
    target.usual_coil = json.at("usual_coil");
    target.usual_intensity = json.at("usual_intensity");
    target.trials = json.at("trials").get<std::vector<std::string>>();
    return target;
}

std::string upper(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(),
                   [](unsigned char c) { return std::toupper(c); });
    return result;
}

} // namespace

const TargetDirection& Target::direction_for(coils::CoilType type) const {
    const auto found = direction_by_coil_type.find(type);
    return found == direction_by_coil_type.end() ? direction : found->second;
}

std::vector<Target> target_library() {
    std::vector<Target> targets;
    for (const nlohmann::json& entry : nlohmann::json::parse(targets_json())) targets.push_back(parse(entry));
    return targets;
}

Target find_target(std::string_view name) {
    std::vector<std::string> names;
    for (const Target& target : target_library()) {
        if (target.name == upper(name)) return target;
        names.push_back(target.name);
    }
    throw Error(fmt::format(
        "target '{}' is not known; give one of {}, a 10-10 position such as F3, or coordinates x,y,z in "
        "millimetres of the head",
        name, fmt::join(names, ", ")));
}

} // namespace corticoil::planning
