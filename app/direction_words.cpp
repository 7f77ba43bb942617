#include "app/direction_words.h"

#include <cmath>

namespace corticoil::app {

std::string towards(const Vector3& direction) {
    const Vector3 d = direction.normalized();
    std::string words;
    const auto add = [&](double component, const char* positive, const char* negative) {
        constexpr double worth_saying = 0.35; // Within 70° of the axis.
        if (std::abs(component) < worth_saying) return;
        words += (words.empty() ? "" : ", ") + std::string(component > 0 ? positive : negative);
    };
    add(d.y(), "front", "back");
    add(d.x(), "right", "left");
    add(d.z(), "up", "down");
    return words;
}

} // namespace corticoil::app
