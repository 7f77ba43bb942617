#pragma once

#include "core/image.h"

#include <filesystem>
#include <optional>

namespace corticoil::imaging {

/// Colin27 (`ch2.nii.gz`), the whole-head T1 in MNI space: in the folder that the environment variable
/// CORTICOIL_TEMPLATES names, else where Debian's package mricron-data puts it; nothing where neither has it.
[[nodiscard]] std::optional<std::filesystem::path> find_mni_template();

/// The brain of Colin27 (`ch2bet.nii.gz`: 0 outside the brain), looked for in the same places.
[[nodiscard]] std::optional<std::filesystem::path> find_mni_brain();

/// Colin27 with the mask of its brain.
struct MniTemplate {
    ScalarImage t1;
    ScalarImage brain; ///< Not 0 in the brain; any grid in MNI space.
};

/// Reads both files. \throws Error that names the package to install where one is missing.
[[nodiscard]] MniTemplate load_mni_template();

} // namespace corticoil::imaging
