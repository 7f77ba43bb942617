#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace corticoil::app {

/// The flags that a TOML file stands for: its top-level keys and those of the table named like the verb, as `--key=value`.
/// Lists become comma-separated, `true` the bare flag, `false` nothing. Tables of other verbs are ignored.
/// \throws Error with the file's line for text that is not TOML, and for values that are no flag's.
[[nodiscard]] std::vector<std::string> flags_of_config(const std::filesystem::path& path, const std::string& verb);

/// Command-line arguments with `--config FILE` replaced by the flags of that file, placed before the other flags so that
/// those win. `verb` is the first argument that is not a flag.
[[nodiscard]] std::vector<std::string> expand_config(const std::vector<std::string>& arguments);

} // namespace corticoil::app
