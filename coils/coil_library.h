#pragma once

#include "coils/coil.h"

#include <filesystem>
#include <string>
#include <vector>

namespace corticoil::coils {

/// Names of the coils that come with Corticoil: `figure8_70mm`, `round_90mm`.
[[nodiscard]] std::vector<std::string> coil_names();

/// A coil of the library by its name, case-insensitive, or from a file (`.ccd`).
/// \throws Error naming the known coils when it is neither.
[[nodiscard]] Coil load_coil(const std::string& name_or_path);

} // namespace corticoil::coils
