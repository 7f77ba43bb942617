#pragma once

#include "coils/coil.h"

#include <filesystem>

namespace corticoil::coils {

/// Reads a `.ccd` file: magnetic dipoles, positions in metres and moments in A·m² per ampere, with the
/// header's dI/dt at 100 % output, stimulator and name where it has them. \throws Error naming the file and
/// line for anything that is not such a file.
[[nodiscard]] Coil read_ccd(const std::filesystem::path& path);

} // namespace corticoil::coils
