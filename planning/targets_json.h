#pragma once

#include <string_view>

namespace corticoil::planning {

/// The text of planning/targets.json, embedded at build time.
[[nodiscard]] std::string_view targets_json();

} // namespace corticoil::planning
