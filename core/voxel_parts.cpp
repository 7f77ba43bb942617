#include "core/voxel_parts.h"

namespace corticoil {

namespace {

/// Calls `visit(index)` for the voxel and its up to 26 neighbours.
template <typename Visit>
void for_each_around(const LabelImage& labels, std::size_t index, Visit visit) {
    const auto nx = static_cast<std::size_t>(labels.size[0]);
    const auto ny = static_cast<std::size_t>(labels.size[1]);
    const auto i = static_cast<int>(index % nx);
    const auto j = static_cast<int>(index / nx % ny);
    const auto k = static_cast<int>(index / (nx * ny));
    for (int dk = -1; dk <= 1; ++dk) {
        for (int dj = -1; dj <= 1; ++dj) {
            for (int di = -1; di <= 1; ++di) {
                if (labels.contains(i + di, j + dj, k + dk)) visit(labels.index(i + di, j + dj, k + dk));
            }
        }
    }
}

} // namespace

VoxelParts find_voxel_parts(const LabelImage& labels, const VoxelConnection& connection) {
    VoxelParts parts;
    parts.part.assign(labels.voxels.size(), -1);
    std::vector<std::size_t> stack;
    for (std::size_t seed = 0; seed < labels.voxels.size(); ++seed) {
        const std::uint8_t label = labels.voxels[seed];
        if (label == 0 || parts.part[seed] >= 0) continue;
        const auto number = static_cast<std::int32_t>(parts.n_voxels.size());
        parts.n_voxels.push_back(0);
        parts.label.push_back(label);
        parts.part[seed] = number;
        stack.push_back(seed);
        const auto take = [&](std::size_t next) {
            const bool belongs =
                connection.any_label ? labels.voxels[next] != 0 : labels.voxels[next] == label;
            if (!belongs || parts.part[next] >= 0) return;
            parts.part[next] = number;
            stack.push_back(next);
        };
        while (!stack.empty()) {
            const std::size_t voxel = stack.back();
            stack.pop_back();
            ++parts.n_voxels.back();
            if (connection.through_corners) {
                for_each_around(labels, voxel, take);
            } else {
                for_each_face_neighbour(labels.size, voxel, take);
            }
        }
    }
    return parts;
}

std::vector<std::vector<std::size_t>> voxels_by_part(const VoxelParts& parts) {
    std::vector<std::vector<std::size_t>> voxels(parts.n_voxels.size());
    for (std::size_t voxel = 0; voxel < parts.part.size(); ++voxel) {
        if (parts.part[voxel] >= 0) voxels[static_cast<std::size_t>(parts.part[voxel])].push_back(voxel);
    }
    return voxels;
}

} // namespace corticoil
