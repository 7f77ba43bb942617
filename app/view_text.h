#pragma once

#include "app/view_model.h"

#include <string>

namespace corticoil::app {

/// The state as text, one fact a line, rounded so that the same session prints the same on any processor.
[[nodiscard]] std::string describe_view(const ViewModel& model);

/// What the cortex shows, by its name in commands.
[[nodiscard]] const std::vector<std::string>& view_scalar_names();
/// Axes of slices by their names, 0 first.
[[nodiscard]] const std::vector<std::string>& view_axis_names();

} // namespace corticoil::app
