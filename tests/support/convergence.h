#pragma once

#include <cmath>
#include <cstddef>
#include <span>

namespace corticoil::test {

/// Slope of the regression line of log(error) over log(size): the observed order.
[[nodiscard]] inline double observed_order(std::span<const double> sizes, std::span<const double> errors) {
    double mean_x = 0;
    double mean_y = 0;
    const auto n = static_cast<double>(sizes.size());
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        mean_x += std::log(sizes[i]) / n;
        mean_y += std::log(errors[i]) / n;
    }
    double xx = 0;
    double xy = 0;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        const double dx = std::log(sizes[i]) - mean_x;
        xx += dx * dx;
        xy += dx * (std::log(errors[i]) - mean_y);
    }
    return xy / xx;
}

} // namespace corticoil::test
