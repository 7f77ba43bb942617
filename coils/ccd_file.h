#pragma once

#include "coils/coil.h"

#include <filesystem>
#include <string>
#include <string_view>

namespace corticoil::coils {

/// Reads a `.ccd` file: magnetic dipoles, positions in metres and moments in A·m² per ampere; from the
/// header's `key=value;` pairs, where it has them, dI/dt at 100 % output, stimulator, brand, name and
/// sampling region. Files with the same stem beside it are its casing (`.stl`, mm) and pulse waveforms
/// (`.tsv`). \throws Error naming the file and line for anything that is not such a file, and as read_stl()
/// and read_waveforms().
[[nodiscard]] Coil read_ccd(const std::filesystem::path& path);

/// The same from memory, without other files; `name` is the file's, for messages, and its stem the coil's
/// where the header has none. Memory and time in proportion to the bytes.
[[nodiscard]] Coil parse_ccd(std::string_view bytes, const std::string& name);

/// The text of such a file of this name; parse_ccd() gives the same numbers back, bit for bit. \throws Error
/// as write_ccd().
[[nodiscard]] std::string ccd_text(const Coil& coil, const std::string& file_name);

/// Writes a coil of dipoles so that read_ccd() gives the same numbers back, bit for bit, and beside it its
/// casing (in single precision, as STL is) and waveforms. Line breaks and semicolons in names become blanks
/// and commas. \throws Error for a coil with wires or sampled A, which the format cannot hold; for a casing
/// or waveforms of another coil that would be taken for this one's; and if a file cannot be written.
void write_ccd(const std::filesystem::path& path, const Coil& coil);

} // namespace corticoil::coils
