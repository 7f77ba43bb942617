#pragma once

#include "core/types.h"

#include <string>

namespace corticoil {

/// "12.1 -40.3 88.0 mm" for messages, from metres.
[[nodiscard]] std::string describe_point(const Vector3& point);

} // namespace corticoil
