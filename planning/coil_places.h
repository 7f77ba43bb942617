#pragma once

#include "planning/distance_grid.h"
#include "planning/scalp_normals.h"

#include <cstdint>
#include <vector>

namespace corticoil::planning {

/// Per triangle of a scalp: 1 where a coil can be put, 0 on ears and other thin folds, on what they cover,
/// and on and near flat faces where the head is cut off.
///
/// A thin fold is where the head, `fold_depth` straight under the scalp along its smoothed normal, is shallow
/// or at an end; a covered place is one over which the head comes again along the normal; a cut is a plane of
/// at least `least_cut_area`, such as no skin has. `border` [m]: around cuts.
[[nodiscard]] std::vector<std::uint8_t> coil_places(const SurfaceMesh& scalp, const DistanceGrid& grid,
                                                    const SmoothedNormals& normals, double border);

} // namespace corticoil::planning
