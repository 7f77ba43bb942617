#include "imaging/atlas.h"

#include "core/error.h"
#include "imaging/nifti.h"
#include "imaging/templates.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace corticoil::imaging {

namespace {

/// The names in a file of lines "label name …"; none where there is no such file.
std::map<int, std::string> read_names(const std::optional<std::filesystem::path>& path) {
    std::map<int, std::string> names;
    if (!path) return names;
    std::ifstream file(*path);
    for (std::string line; std::getline(file, line);) {
        std::istringstream words(line);
        int label = 0;
        std::string name;
        if (words >> label >> name) names.emplace(label, name);
    }
    return names;
}

} // namespace

std::vector<std::string> atlas_names() {
    return {"aal", "brodmann"};
}

Atlas load_atlas(const std::string& name) {
    const std::vector<std::string> known = atlas_names();
    if (std::find(known.begin(), known.end(), name) == known.end())
        throw Error(fmt::format("atlas '{}' is not known; give one of: {}", name, fmt::join(known, ", ")));
    const std::string file = name + ".nii.gz";
    const std::optional<std::filesystem::path> path = find_template_file(file);
    if (!path) {
        throw Error(fmt::format("{}: not found beside the template; install the Debian package mricron-data "
                                "(apt-get install mricron-data)",
                                file));
    }
    return {name, read_label_nifti(*path), read_names(find_template_file(name + ".nii.txt"))};
}

} // namespace corticoil::imaging
