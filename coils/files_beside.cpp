#include "coils/files_beside.h"

#include "coils/file_bytes.h"
#include "coils/stl_file.h"
#include "coils/waveform_file.h"
#include "core/error.h"

#include <fmt/format.h>

namespace corticoil::coils {

namespace {

std::filesystem::path beside(std::filesystem::path coil_file, const char* ending) {
    if (coil_file.extension() == ".gz") coil_file.replace_extension();
    return coil_file.replace_extension(ending);
}

void check_absent(const std::filesystem::path& path, const char* what) {
    if (!std::filesystem::exists(path)) return;
    throw Error(
        fmt::format("{}: lies beside the new coil file and would be taken for its {}, but the coil has "
                    "none; choose another name or move it away",
                    path.string(), what));
}

} // namespace

void read_files_beside(const std::filesystem::path& coil_file, Coil& coil) {
    if (const std::filesystem::path path = beside(coil_file, ".stl"); std::filesystem::exists(path))
        coil.casing = read_stl(path);
    if (const std::filesystem::path path = beside(coil_file, ".tsv"); std::filesystem::exists(path))
        coil.waveforms = read_waveforms(path);
}

void write_files_beside(const std::filesystem::path& coil_file, const Coil& coil) {
    const std::filesystem::path casing = beside(coil_file, ".stl");
    const std::filesystem::path waveforms = beside(coil_file, ".tsv");
    if (!coil.casing) check_absent(casing, "casing");
    if (coil.waveforms.empty()) check_absent(waveforms, "pulse waveforms");
    // Whatever cannot be written must be found before the first file is: the waveforms as text here, the
    // casing by write_stl(), which checks it before it writes.
    const std::string text =
        coil.waveforms.empty() ? std::string() : waveforms_text(coil.waveforms, waveforms.string());
    if (coil.casing) write_stl(casing, *coil.casing);
    if (!coil.waveforms.empty()) write_file_bytes(waveforms, text);
}

} // namespace corticoil::coils
