#pragma once

#include "imaging/voxel_distance.h"

#include <algorithm>
#include <cstddef>

namespace corticoil::imaging {

/// The mask of the voxels for which `keep(index)` is true, on the grid of `grid`.
template <typename Voxel, typename Keep>
[[nodiscard]] Mask mask_where(const Image<Voxel>& grid, Keep keep) {
    Mask mask(grid.size, grid.head_from_voxel);
    for (std::size_t n = 0; n < mask.voxels.size(); ++n) mask.voxels[n] = keep(n) ? 1 : 0;
    return mask;
}

[[nodiscard]] inline Mask either(const Mask& a, const Mask& b) {
    return mask_where(a, [&](std::size_t n) { return a.voxels[n] != 0 || b.voxels[n] != 0; });
}

[[nodiscard]] inline Mask both(const Mask& a, const Mask& b) {
    return mask_where(a, [&](std::size_t n) { return a.voxels[n] != 0 && b.voxels[n] != 0; });
}

/// What is in `a` but not in `b`.
[[nodiscard]] inline Mask without(const Mask& a, const Mask& b) {
    return mask_where(a, [&](std::size_t n) { return a.voxels[n] != 0 && b.voxels[n] == 0; });
}

[[nodiscard]] inline std::size_t count(const Mask& mask) {
    return mask.voxels.size() -
           static_cast<std::size_t>(std::count(mask.voxels.begin(), mask.voxels.end(), 0));
}

} // namespace corticoil::imaging
