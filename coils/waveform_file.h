#pragma once

#include "coils/waveform.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace corticoil::coils {

/// Reads pulse waveforms from a `.tsv` file: a line `# Time`, tab, names; then rows of numbers, the time [s]
/// first and increasing. A column `NAME_fit` is the smooth curve through the column `NAME`. \throws Error
/// naming the file and line for anything else.
[[nodiscard]] std::vector<Waveform> read_waveforms(const std::filesystem::path& path);

/// The same from memory; `name` stands in messages.
[[nodiscard]] std::vector<Waveform> parse_waveforms(std::string_view bytes, const std::string& name);

/// The text of such a file; `name` stands in messages. \throws Error if they are not all at the same times,
/// or a name is empty, has a tab or line break or occurs twice.
[[nodiscard]] std::string waveforms_text(const std::vector<Waveform>& waveforms, const std::string& name);

/// Writes waveforms so that read_waveforms() gives the same numbers back. \throws Error as
/// waveforms_text(), and if the file cannot be written.
void write_waveforms(const std::filesystem::path& path, const std::vector<Waveform>& waveforms);

} // namespace corticoil::coils
