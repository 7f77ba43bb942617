#pragma once

#include "core/image.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace corticoil::imaging {

/// Colin27 (`ch2.nii.gz`), the whole-head T1 in MNI space: in the folder that the environment variable
/// CORTICOIL_TEMPLATES names, else where Debian's package mricron-data puts it; nothing where neither has it.
[[nodiscard]] std::optional<std::filesystem::path> find_mni_template();

/// The brain of Colin27 (`ch2bet.nii.gz`: 0 outside the brain), looked for in the same places.
[[nodiscard]] std::optional<std::filesystem::path> find_mni_brain();

/// The AAL atlas on Colin27 (`aal.nii.gz`), looked for in the same places.
[[nodiscard]] std::optional<std::filesystem::path> find_mni_atlas();

/// A file of that folder by its name, nothing where neither place has it.
[[nodiscard]] std::optional<std::filesystem::path> find_template_file(const std::string& name);

/// Colin27 with the mask of its brain.
struct MniTemplate {
    ScalarImage t1;
    ScalarImage brain; ///< Not 0 in the brain; any grid in MNI space.
    LabelImage atlas;  ///< AAL's regions by number, on any grid in MNI space; empty: no deep grey matter.
    LabelImage labels; ///< As make_template_labels() makes them; empty: made when they are needed.
};

/// Reads the three files, without labels. \throws Error that names the package to install where one is
/// missing.
[[nodiscard]] MniTemplate load_mni_template();

/// The files that load_mni_template() reads. \throws Error as that does.
[[nodiscard]] std::vector<std::filesystem::path> mni_template_files();

} // namespace corticoil::imaging
