#include "core/image.h"

namespace corticoil {

std::array<double, 256> label_volumes(const LabelImage& labels) {
    std::array<std::size_t, 256> counts{};
    for (const std::uint8_t label : labels.voxels) ++counts[label];
    std::array<double, 256> volumes{};
    for (std::size_t label = 0; label < counts.size(); ++label) {
        volumes[label] = static_cast<double>(counts[label]) * labels.voxel_volume();
    }
    return volumes;
}

} // namespace corticoil
