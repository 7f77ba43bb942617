#pragma once

#include "coils/coil.h"

#include <filesystem>

namespace corticoil::coils {

/// Reads what lies beside a coil's file under the same stem: its casing (`.stl`, mm) and the waveforms of its
/// pulses (`.tsv`). \throws Error as read_stl() and read_waveforms().
void read_files_beside(const std::filesystem::path& coil_file, Coil& coil);

/// Writes a coil's casing and waveforms beside its file. \throws Error if the coil has none and one lies
/// there, which would be taken for its own, and as write_stl() and waveforms_text(), all before anything is
/// written; or if a file cannot be written.
void write_files_beside(const std::filesystem::path& coil_file, const Coil& coil);

} // namespace corticoil::coils
