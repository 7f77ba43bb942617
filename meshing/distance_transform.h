#pragma once

#include "core/types.h"

#include <array>
#include <cstdint>
#include <vector>

namespace corticoil::meshing {

/// Distance of each voxel's centre from the nearest marked one, in the unit of `spacing` (distance between
/// centres along each axis); infinity where none is marked. Exact: lower envelopes of parabolas, axis by axis
/// (Felzenszwalb & Huttenlocher 2012, Theory of Computing 8:415). Cost O(voxels).
[[nodiscard]] std::vector<float> distance_to_marked(const std::vector<std::uint8_t>& is_marked,
                                                    const std::array<int, 3>& size, const Vector3& spacing);

} // namespace corticoil::meshing
