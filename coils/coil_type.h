#pragma once

#include <optional>
#include <string_view>

namespace corticoil::coils {

/// The build of a coil. Conventions of how to hold one depend on it.
enum class CoilType {
    unknown, ///< Of a file that does not say.
    figure_of_eight,
    round,
    double_cone, ///< Two wings at an angle around the head.
    h_type,      ///< An array of strips along the head.
};

/// `unknown`, `figure_of_eight`, `round`, `double_cone`, `h_type`.
[[nodiscard]] std::string_view to_string(CoilType type);

/// The type of this name, if there is one.
[[nodiscard]] std::optional<CoilType> find_coil_type(std::string_view name);

} // namespace corticoil::coils
