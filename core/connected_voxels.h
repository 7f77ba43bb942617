#pragma once

#include "core/image.h"

#include <vector>

namespace corticoil {

/// The parts of a voxel set that hang together through faces, edges or corners (26-connected): how lesions
/// are counted.
struct ConnectedVoxels {
    /// Per part, the indices of its voxels, ascending; parts in the order of their first voxels.
    std::vector<std::vector<std::size_t>> parts;

    [[nodiscard]] int n_parts() const { return static_cast<int>(parts.size()); }
};

/// The 26-connected parts of the voxels that are not 0. Cost O(voxels).
[[nodiscard]] ConnectedVoxels find_connected_voxels(const LabelImage& mask);

} // namespace corticoil
