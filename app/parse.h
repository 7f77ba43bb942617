#pragma once

#include "core/head_model.h"
#include "core/types.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace corticoil::app {

/// The words between commas; empty ones too.
[[nodiscard]] std::vector<std::string> words_between_commas(const std::string& text);

/// The numbers of "x,y,z" or nothing if the text is anything else.
[[nodiscard]] std::optional<std::vector<double>> parse_numbers(const std::string& text);

/// "csf=1.654,bone=0.02" on top of the defaults; a key is a tissue's name or label.
/// \throws Error for an unknown tissue, a missing '=', and a value that is not a positive number.
[[nodiscard]] Conductivities parse_conductivities(const std::string& text);

/// "1600x1200". \throws Error for anything else.
[[nodiscard]] std::pair<int, int> parse_size(const std::string& text);

} // namespace corticoil::app
