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

} // namespace corticoil::imaging
