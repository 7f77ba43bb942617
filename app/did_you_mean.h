#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace corticoil::app {

/// The candidate that `word` was probably meant to be: the one with the fewest edits, case ignored and
/// neighbouring letters exchanged counting as one, if they are at most a third of its length (at least one).
[[nodiscard]] std::optional<std::string> did_you_mean(std::string_view word,
                                                      std::span<const std::string> candidates);

/// "; did you mean 'segment'?" or nothing.
[[nodiscard]] std::string suggestion(std::string_view word, std::span<const std::string> candidates);

} // namespace corticoil::app
