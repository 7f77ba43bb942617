#pragma once

#include "core/progress.h"
#include "imaging/templates.h"

#include <filesystem>
#include <optional>

namespace corticoil::app {

/// Where results that can be made again are kept: $XDG_CACHE_HOME/corticoil, else ~/.cache/corticoil; nothing
/// where neither variable is set.
[[nodiscard]] std::optional<std::filesystem::path> cache_folder();

/// The MNI template with its labels: from the cache, under the checksum of the template's files and the
/// labels' version, else made (about 20 s) and kept there. A file in the cache that cannot be read or does
/// not fit the template is made anew; a cache that cannot be written is no error. The file appears under its
/// name when it is complete, so runs at the same time do not disturb each other.
/// \throws Error where the template is missing.
[[nodiscard]] imaging::MniTemplate load_labelled_template(bool use_cache, const Progress& progress = {});

} // namespace corticoil::app
