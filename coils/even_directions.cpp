#include "coils/even_directions.h"

#include "core/constants.h"

#include <cmath>

namespace corticoil::coils {

Points even_directions(int n, double lowest, double shift) {
    const double golden_angle = pi * (3 - std::sqrt(5.0));
    Points directions(3, n);
    for (int i = 0; i < n; ++i) {
        const double z = 1 - (1 - lowest) * (i + 0.5) / n;
        const double across = std::sqrt(1 - z * z);
        const double angle = golden_angle * (i + shift);
        directions.col(i) << across * std::cos(angle), across * std::sin(angle), z;
    }
    return directions;
}

} // namespace corticoil::coils
