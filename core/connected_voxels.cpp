#include "core/connected_voxels.h"

#include <algorithm>

namespace corticoil {

namespace {

/// Calls `visit(index)` for the voxel and its up to 26 neighbours.
template <typename Visit>
void for_each_around(const LabelImage& mask, std::size_t index, Visit visit) {
    const auto nx = static_cast<std::size_t>(mask.size[0]);
    const auto ny = static_cast<std::size_t>(mask.size[1]);
    const auto i = static_cast<int>(index % nx);
    const auto j = static_cast<int>(index / nx % ny);
    const auto k = static_cast<int>(index / (nx * ny));
    for (int dk = -1; dk <= 1; ++dk) {
        for (int dj = -1; dj <= 1; ++dj) {
            for (int di = -1; di <= 1; ++di) {
                if (mask.contains(i + di, j + dj, k + dk)) visit(mask.index(i + di, j + dj, k + dk));
            }
        }
    }
}

} // namespace

ConnectedVoxels find_connected_voxels(const LabelImage& mask) {
    ConnectedVoxels result;
    std::vector<std::uint8_t> is_open(mask.voxels.size());
    std::transform(mask.voxels.begin(), mask.voxels.end(), is_open.begin(),
                   [](std::uint8_t voxel) { return voxel != 0 ? 1 : 0; });
    for (std::size_t seed = 0; seed < is_open.size(); ++seed) {
        if (is_open[seed] == 0) continue;
        is_open[seed] = 0;
        std::vector<std::size_t> part{seed};
        for (std::size_t n = 0; n < part.size(); ++n) {
            for_each_around(mask, part[n], [&](std::size_t next) {
                if (is_open[next] == 0) return;
                is_open[next] = 0;
                part.push_back(next);
            });
        }
        std::sort(part.begin(), part.end());
        result.parts.push_back(std::move(part));
    }
    return result;
}

} // namespace corticoil
