#pragma once

#include "coils/coil.h"

#include <filesystem>

namespace corticoil::coils {

/// Whether a name ends like a coil file that read_coil_file() knows: `.ccd`, `.tcd`, `.nii`, `.nii.gz`.
[[nodiscard]] bool is_coil_file(const std::filesystem::path& path);

/// Reads a coil file by its ending. \throws Error naming the file for another ending, and as its reader.
[[nodiscard]] Coil read_coil_file(const std::filesystem::path& path);

} // namespace corticoil::coils
