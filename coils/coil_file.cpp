#include "coils/coil_file.h"

#include "coils/ccd_file.h"
#include "coils/sampled_potential_file.h"
#include "coils/tcd_file.h"
#include "core/error.h"

#include <fmt/format.h>

namespace corticoil::coils {

namespace {

bool is_nifti(const std::filesystem::path& path) {
    return path.extension() == ".nii" || (path.extension() == ".gz" && path.stem().extension() == ".nii");
}

} // namespace

bool is_coil_file(const std::filesystem::path& path) {
    return path.extension() == ".ccd" || path.extension() == ".tcd" || is_nifti(path);
}

Coil read_coil_file(const std::filesystem::path& path) {
    if (path.extension() == ".ccd") return read_ccd(path);
    if (path.extension() == ".tcd") {
        Coil coil = assemble(read_tcd(path));
        coil.source = path.filename().string();
        return coil;
    }
    if (is_nifti(path)) return read_nifti_coil(path);
    throw Error(
        fmt::format("{}: is no coil file; a coil is a .ccd, .tcd, .nii or .nii.gz file", path.string()));
}

} // namespace corticoil::coils
