#include "app/template_cache.h"

#include "app/checksum.h"
#include "imaging/label_cache.h"
#include "imaging/template_labels.h"

#include <fmt/format.h>

#include <cstdlib>
#include <string>

namespace corticoil::app {

namespace fs = std::filesystem;

namespace {

/// SHA-256 of the checksums of the template's files and the version, in hexadecimal.
std::string key_of_template() {
    std::string key;
    for (const fs::path& file : imaging::mni_template_files()) key += sha256_of(file) + "\n";
    key += fmt::format("template labels {}\n", imaging::template_labels_version);
    return sha256_of_text(key);
}

} // namespace

std::optional<fs::path> cache_folder() {
    const char* const chosen = std::getenv("XDG_CACHE_HOME");
    if (chosen != nullptr && *chosen != '\0') return fs::path(chosen) / "corticoil";
    const char* const home = std::getenv("HOME");
    if (home != nullptr && *home != '\0') return fs::path(home) / ".cache" / "corticoil";
    return std::nullopt;
}

imaging::MniTemplate load_labelled_template(bool use_cache, const Progress& progress) {
    imaging::MniTemplate mni = imaging::load_mni_template();
    const auto make = [&] { return imaging::make_template_labels(mni, progress); };
    const std::optional<fs::path> folder = use_cache ? cache_folder() : std::nullopt;
    mni.labels =
        folder ? imaging::kept_or_made(*folder / key_of_template() / "template_tissues.nii.gz", mni.t1, make)
               : make();
    return mni;
}

} // namespace corticoil::app
