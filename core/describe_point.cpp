#include "core/describe_point.h"

#include "core/constants.h"

#include <fmt/format.h>

namespace corticoil {

std::string describe_point(const Vector3& point) {
    const Vector3 mm = point * millimetres_per_metre;
    return fmt::format("{:.1f} {:.1f} {:.1f} mm", mm[0], mm[1], mm[2]);
}

} // namespace corticoil
