#pragma once

#include "core/image.h"

#include <array>
#include <cstdint>
#include <vector>

namespace corticoil {

/// The parts of a voxel set that hang together, numbered in the order of their first voxels.
struct VoxelParts {
    std::vector<std::int32_t> part;    ///< Per voxel: number of its part, −1 outside the set.
    std::vector<std::size_t> n_voxels; ///< Per part.
    std::vector<std::uint8_t> label;   ///< Per part: that of its first voxel.

    [[nodiscard]] int n_parts() const { return static_cast<int>(n_voxels.size()); }
};

/// What belongs together.
struct VoxelConnection {
    bool through_corners =
        false;              ///< And edges (26-connected, how lesions are counted); else through faces (6).
    bool any_label = false; ///< Whatever is not 0; else two labels never share a part.
};

/// The parts of the voxels that are not 0. Cost O(voxels).
[[nodiscard]] VoxelParts find_voxel_parts(const LabelImage& labels, const VoxelConnection& connection = {});

/// Per part, the indices of its voxels, ascending.
[[nodiscard]] std::vector<std::vector<std::size_t>> voxels_by_part(const VoxelParts& parts);

/// Calls `visit(index of neighbour)` for the up to six neighbours of a voxel through faces.
template <typename Visit>
void for_each_face_neighbour(const std::array<int, 3>& size, std::size_t index, Visit visit) {
    const std::array<std::size_t, 3> n{static_cast<std::size_t>(size[0]), static_cast<std::size_t>(size[1]),
                                       static_cast<std::size_t>(size[2])};
    const std::size_t i = index % n[0];
    const std::size_t j = index / n[0] % n[1];
    const std::size_t k = index / (n[0] * n[1]);
    if (i > 0) visit(index - 1);
    if (i + 1 < n[0]) visit(index + 1);
    if (j > 0) visit(index - n[0]);
    if (j + 1 < n[1]) visit(index + n[0]);
    if (k > 0) visit(index - n[0] * n[1]);
    if (k + 1 < n[2]) visit(index + n[0] * n[1]);
}

} // namespace corticoil
