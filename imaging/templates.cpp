#include "imaging/templates.h"

#include "core/error.h"
#include "imaging/nifti.h"

#include <fmt/format.h>

#include <cstdlib>
#include <string>

namespace corticoil::imaging {

namespace {

constexpr const char* debian_folder = "/usr/share/mricron/templates";
constexpr const char* t1_name = "ch2.nii.gz";
constexpr const char* brain_name = "ch2bet.nii.gz";
constexpr const char* atlas_name = "aal.nii.gz";

} // namespace

std::optional<std::filesystem::path> find_template_file(const std::string& name) {
    const char* const chosen = std::getenv("CORTICOIL_TEMPLATES");
    for (const char* const folder : {chosen, debian_folder}) {
        if (folder == nullptr || *folder == '\0') continue;
        const std::filesystem::path path = std::filesystem::path(folder) / name;
        std::error_code ignored;
        if (std::filesystem::is_regular_file(path, ignored)) return path;
    }
    return std::nullopt;
}

namespace {

std::filesystem::path require(const char* name) {
    const std::optional<std::filesystem::path> path = find_template_file(name);
    if (path) return *path;
    throw Error(fmt::format("{}: not found in $CORTICOIL_TEMPLATES nor in {}; install the Debian package "
                            "mricron-data (apt-get install mricron-data)",
                            name, debian_folder));
}

} // namespace

std::optional<std::filesystem::path> find_mni_template() {
    return find_template_file(t1_name);
}

std::optional<std::filesystem::path> find_mni_brain() {
    return find_template_file(brain_name);
}

std::optional<std::filesystem::path> find_mni_atlas() {
    return find_template_file(atlas_name);
}

std::vector<std::filesystem::path> mni_template_files() {
    return {require(t1_name), require(brain_name), require(atlas_name)};
}

MniTemplate load_mni_template() {
    MniTemplate mni;
    mni.t1 = read_nifti(require(t1_name)).image;
    mni.brain = read_nifti(require(brain_name)).image;
    mni.atlas = read_label_nifti(require(atlas_name));
    return mni;
}

} // namespace corticoil::imaging
