#include "coils/coil_type.h"

#include <array>
#include <utility>

namespace corticoil::coils {

namespace {

constexpr std::array<std::pair<CoilType, std::string_view>, 5> names{{
    {CoilType::unknown, "unknown"},
    {CoilType::figure_of_eight, "figure_of_eight"},
    {CoilType::round, "round"},
    {CoilType::double_cone, "double_cone"},
    {CoilType::h_type, "h_type"},
}};

} // namespace

std::string_view to_string(CoilType type) {
    for (const auto& [known, name] : names) {
        if (known == type) return name;
    }
    return names.front().second;
}

std::optional<CoilType> find_coil_type(std::string_view name) {
    for (const auto& [type, known] : names) {
        if (known == name) return type;
    }
    return std::nullopt;
}

} // namespace corticoil::coils
