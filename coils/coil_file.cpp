#include "coils/coil_file.h"

#include "coils/ccd_file.h"
#include "core/error.h"

#include <fmt/format.h>

namespace corticoil::coils {

bool is_coil_file(const std::filesystem::path& path) {
    return path.extension() == ".ccd";
}

Coil read_coil_file(const std::filesystem::path& path) {
    if (path.extension() == ".ccd") return read_ccd(path);
    throw Error(fmt::format("{}: is no coil file; a coil is a .ccd file", path.string()));
}

} // namespace corticoil::coils
