#pragma once

#include <functional>
#include <string_view>

namespace corticoil {

/// Called by long work with the fraction done (0 … 1) and what is being done. Libraries never print; app/
/// draws it. An empty function is allowed everywhere one is taken.
using Progress = std::function<void(double fraction, std::string_view step)>;

/// Calls `progress` if there is one.
inline void report(const Progress& progress, double fraction, std::string_view step) {
    if (progress) progress(fraction, step);
}

/// The part [from, to] of a longer piece of work: its own 0 … 1 maps to that range of `whole`.
[[nodiscard]] inline Progress part_of(const Progress& whole, double from, double to) {
    if (!whole) return {};
    return [whole, from, to](double fraction, std::string_view step) {
        whole(from + (to - from) * fraction, step);
    };
}

} // namespace corticoil
