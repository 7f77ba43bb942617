#pragma once

#include "core/types.h"

#include <string>

namespace corticoil::app {

/// A direction of the head frame in words, "front, left, up": the axes within 70° of it, from front to back
/// first.
[[nodiscard]] std::string towards(const Vector3& direction);

} // namespace corticoil::app
