#pragma once

#include "coils/coil_model.h"

#include <filesystem>
#include <string>
#include <string_view>

namespace corticoil::coils {

/// Reads a `.tcd` file: JSON with lengths in mm, arrays as lists or as base64(zlib(bytes)) of little-endian
/// float64 (faces: int64) in C order. Keys that are not known are passed over. Sampled potentials must be
/// lists: a compressed one is a Python pickle, which may run any program when it is read, and is refused.
/// \throws Error naming the file and the key path (`coilElementList[3].points`) for everything else that is
/// not such a file, and as check(). Memory stays below 64 MiB + 32 times the size of the file and of what it
/// inflates to.
[[nodiscard]] CoilModel read_tcd(const std::filesystem::path& path);

/// The same from the file's bytes; `name` stands in messages.
[[nodiscard]] CoilModel parse_tcd(std::string_view bytes, const std::string& name);

/// How a `.tcd` file holds its arrays.
enum class ArrayFormat {
    text,  ///< Lists of numbers that read back as the same numbers.
    binary ///< base64(zlib(bytes)); sampled potentials stay text.
};

/// Writes a `.tcd` file that appears complete or not at all, replacing what is there. What read_tcd() gave
/// reads back bit by bit. \throws Error as check(), and if the file cannot be written.
void write_tcd(const std::filesystem::path& path, const CoilModel& model,
               ArrayFormat format = ArrayFormat::text);

/// The text of such a file.
[[nodiscard]] std::string tcd_text(const CoilModel& model, ArrayFormat format = ArrayFormat::text);

} // namespace corticoil::coils
