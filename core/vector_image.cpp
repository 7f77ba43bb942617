#include "core/vector_image.h"

#include <algorithm>

namespace corticoil {

Vector3 interpolate(const VectorImage& image, const Vector3& point) {
    const Vector3 voxel = image.head_from_voxel.inverse() * point;
    std::array<int, 3> low{};
    std::array<int, 3> high{};
    Vector3 share;
    for (std::size_t axis = 0; axis < 3; ++axis) {
        const auto row = static_cast<Eigen::Index>(axis);
        const int last = image.size[axis] - 1;
        const double position = std::clamp(voxel[row], 0.0, static_cast<double>(last));
        low[axis] = std::min(static_cast<int>(position), last);
        high[axis] = std::min(low[axis] + 1, last);
        share[row] = position - low[axis];
    }
    const auto along_x = [&](int j, int k) -> Vector3 {
        return (1 - share[0]) * image.at(low[0], j, k).cast<double>() +
               share[0] * image.at(high[0], j, k).cast<double>();
    };
    const auto along_y = [&](int k) -> Vector3 {
        return (1 - share[1]) * along_x(low[1], k) + share[1] * along_x(high[1], k);
    };
    return (1 - share[2]) * along_y(low[2]) + share[2] * along_y(high[2]);
}

} // namespace corticoil
