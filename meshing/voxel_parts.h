#pragma once

#include "core/image.h"

#include <utility>
#include <vector>

namespace corticoil::meshing {

/// The label map with only its largest conductor: parts that share no voxel face with it become air.
/// \throws Error if another part is large as well: two heads, or a head in pieces.
struct LargestConductor {
    LabelImage labels;
    std::size_t n_removed_voxels = 0;
    int n_removed_parts = 0;
};
[[nodiscard]] LargestConductor keep_largest_conductor(const LabelImage& labels);

/// Pairs of neighbouring voxel centres (voxel coordinates) of different labels that start the refinement:
/// some at the border of every part of a label with at least `smallest_part` voxels, and on all six sides of
/// every small part of a lesion, be it one voxel.
[[nodiscard]] std::vector<std::pair<Vector3, Vector3>> interface_probes(const LabelImage& labels,
                                                                        std::size_t smallest_part);

} // namespace corticoil::meshing
