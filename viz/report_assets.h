#pragma once

#include <string_view>

namespace corticoil::viz {

/// The report's style sheet.
[[nodiscard]] std::string_view report_style();

/// The program of the report's interactive view; empty in a build without npm.
[[nodiscard]] std::string_view report_script();

/// Licences of the packages in it.
[[nodiscard]] std::string_view report_licences();

} // namespace corticoil::viz
