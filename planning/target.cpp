#include "planning/target.h"

#include "core/constants.h"
#include "core/error.h"
#include "planning/targets_json.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>

namespace corticoil::planning {

namespace {

Vector3 vector_of(const nlohmann::json& json) {
    const auto values = json.get<std::array<double, 3>>();
    return {values[0], values[1], values[2]};
}

/// A length in millimetres; nothing where the key is missing.
std::optional<double> length_of(const nlohmann::json& json, const char* key) {
    if (!json.contains(key)) return std::nullopt;
    return json.at(key).get<double>() * metres_per_millimetre;
}

ScalpRule parse_scalp_rule(const nlohmann::json& json) {
    const std::string kind = json.at("kind");
    ScalpRule rule;
    if (kind == "ten_ten") {
        rule.kind = ScalpRuleKind::ten_ten;
        rule.position = json.at("position");
    } else if (kind == "from_inion") {
        rule.kind = ScalpRuleKind::from_inion;
        rule.is_right = json.at("side") == "right";
        rule.lateral = length_of(json, "lateral_mm").value();
        rule.below = length_of(json, "below_mm").value();
    } else {
        CORTICOIL_ASSERT(kind == "in_front_of");
        rule.kind = ScalpRuleKind::in_front_of;
        rule.target = json.at("target");
        rule.forward = length_of(json, "forward_mm").value();
    }
    return rule;
}

TargetRegion parse_region(const nlohmann::json& json) {
    TargetRegion region;
    for (const char* atlas : {"aal", "brodmann"}) {
        if (json.contains(atlas)) region.atlases[atlas] = json.at(atlas).get<std::vector<std::string>>();
    }
    region.within = length_of(json, "within_mm");
    region.least_z = length_of(json, "least_z_mm");
    region.most_y = length_of(json, "most_y_mm");
    region.least_distance_from_midline = length_of(json, "least_distance_from_midline_mm");
    region.most_distance_from_midline = length_of(json, "most_distance_from_midline_mm");
    return region;
}

TargetDirection parse_direction(const nlohmann::json& json) {
    return {vector_of(json.at("induced_direction_mni")).normalized(), json.at("direction_rule")};
}

Target parse(const nlohmann::json& json) {
    Target target;
    target.name = json.at("name");
    target.description = json.at("description");
    target.symptoms = json.at("symptoms");
    if (json.contains("scalp_rule")) {
        target.scalp_rule = parse_scalp_rule(json.at("scalp_rule"));
        target.near_mni = vector_of(json.at("near_mni_mm")) * metres_per_millimetre;
    } else {
        target.mni = vector_of(json.at("mni_mm")) * metres_per_millimetre;
        target.near_mni = *target.mni;
    }
    if (json.contains("alternatives")) {
        for (const nlohmann::json& other : json.at("alternatives"))
            target.alternatives.push_back(
                {vector_of(other.at("mni_mm")) * metres_per_millimetre, other.at("source")});
    }
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
    if (json.at("roi").contains("region")) target.region = parse_region(json.at("roi").at("region"));
    target.usual_coil = json.at("usual_coil");
    target.usual_intensity = json.at("usual_intensity");
    target.trials = json.at("trials").get<std::vector<std::string>>();
    target.notes = json.value("notes", "");
    target.is_reported = json.value("is_reported", false);
    return target;
}

std::string upper(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(),
                   [](unsigned char c) { return std::toupper(c); });
    return result;
}

} // namespace

bool TargetRegion::allows(const Vector3& point_mni, const Vector3& target_mni) const {
    const double from_midline = std::abs(point_mni.x());
    return !(within && (point_mni - target_mni).norm() > *within) && !(least_z && point_mni.z() < *least_z) &&
           !(most_y && point_mni.y() > *most_y) &&
           !(least_distance_from_midline && from_midline < *least_distance_from_midline) &&
           !(most_distance_from_midline && from_midline > *most_distance_from_midline);
}

const TargetDirection& Target::direction_for(coils::CoilType type) const {
    const auto found = direction_by_coil_type.find(type);
    return found == direction_by_coil_type.end() ? direction : found->second;
}

std::vector<Target> target_library() {
    std::vector<Target> targets;
    for (const nlohmann::json& entry : nlohmann::json::parse(targets_json())) targets.push_back(parse(entry));
    return targets;
}

std::vector<Target> reported_targets() {
    std::vector<Target> targets = target_library();
    std::erase_if(targets, [](const Target& target) { return !target.is_reported; });
    return targets;
}

std::optional<Target> known_target(std::string_view name) {
    for (const Target& target : target_library()) {
        if (target.name == upper(name)) return target;
    }
    return std::nullopt;
}

Target find_target(std::string_view name) {
    std::optional<Target> target = known_target(name);
    if (target) return *std::move(target);
    throw Error(fmt::format("target '{}' is not known; corticoil targets list shows the library", name));
}

} // namespace corticoil::planning
