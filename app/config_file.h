#pragma once

#include <string>
#include <vector>

namespace corticoil::app {

/// Command-line arguments with `--config FILE` replaced by the flags of that file, placed before the other
/// flags so that those win. A file's flags are its top-level keys and those of the table named like the verb
/// (the first argument that is not a flag), as `--key=value`: lists become comma-separated, `true` the bare
/// flag, `false` nothing. \throws Error with the file's line for text that is not TOML, values that are no
/// flag's, and tables that are no verb of `verbs`.
[[nodiscard]] std::vector<std::string> expand_config(const std::vector<std::string>& arguments,
                                                     const std::vector<std::string>& verbs);

} // namespace corticoil::app
