#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace corticoil::imaging {

/// The value below which `fraction` of the values lie (of few, the next lower one). Reorders the values, of
/// which there is at least one.
[[nodiscard]] inline float quantile(std::vector<float>& values, double fraction) {
    const auto place =
        values.begin() + static_cast<std::ptrdiff_t>(fraction * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), place, values.end());
    return *place;
}

/// The middle value (of an even number the upper one), 0 of none. Reorders the values.
[[nodiscard]] inline float median_of(std::vector<float>& values) {
    if (values.empty()) return 0;
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

} // namespace corticoil::imaging
