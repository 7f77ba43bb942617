#include "app/template_cache.h"

#include "app/checksum.h"
#include "core/error.h"
#include "core/tissue.h"
#include "imaging/nifti.h"
#include "imaging/template_labels.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
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

/// The labels that were kept, if they are whole and lie on the template's grid.
std::optional<LabelImage> read_labels(const fs::path& file, const ScalarImage& t1) {
    std::error_code ignored;
    if (!fs::is_regular_file(file, ignored)) return std::nullopt;
    try {
        LabelImage labels = imaging::read_label_nifti(file);
        const bool fits = labels.size == t1.size &&
                          labels.head_from_voxel.isApprox(t1.head_from_voxel, 1e-5) &&
                          std::count(labels.voxels.begin(), labels.voxels.end(), tissue::grey_matter) > 0;
        if (fits) return labels;
    } catch (const Error&) {
        // Broken: made anew.
    }
    return std::nullopt;
}

/// Keeps the labels where that is possible.
void keep_labels(const LabelImage& labels, const fs::path& file) {
    const fs::path unfinished = file.parent_path() / fmt::format("unfinished_{}.nii.gz", ::getpid());
    std::error_code failure;
    fs::create_directories(file.parent_path(), failure);
    if (failure) return;
    try {
        imaging::write_nifti(unfinished, labels);
        fs::rename(unfinished, file, failure);
    } catch (const Error&) {
        // A full disk or a read-only cache costs the next run some seconds, nothing else.
    }
    fs::remove(unfinished, failure);
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
    const std::optional<fs::path> folder = use_cache ? cache_folder() : std::nullopt;
    fs::path file;
    if (folder) {
        file = *folder / key_of_template() / "template_tissues.nii.gz";
        if (std::optional<LabelImage> kept = read_labels(file, mni.t1)) {
            mni.labels = std::move(*kept);
            return mni;
        }
    }
    mni.labels = imaging::make_template_labels(mni, progress);
    if (folder) keep_labels(mni.labels, file);
    return mni;
}

} // namespace corticoil::app
