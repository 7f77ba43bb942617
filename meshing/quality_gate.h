#pragma once

#include "meshing/mesh_head.h"
#include "meshing/mesh_quality.h"

#include <string>
#include <vector>

namespace corticoil::meshing {

/// What a mesh was made from, for the words of a refusal.
struct MeshOrigin {
    Resolution resolution = Resolution::standard;
    double voxel_edge = 1e-3; ///< The longest [m].
    std::string what = "label map";
    double largest_volume_drift = 0.10; ///< Of a tissue; more is refused.
};

/// What is notable of a head mesh that may be handed out, in words. \throws Error with the reason and what to
/// do if it may not: inverted tetrahedra, several parts, angles or tissue volumes beyond the limits.
[[nodiscard]] std::vector<std::string> check_quality(const MeshQuality& quality, const MeshOrigin& origin);

} // namespace corticoil::meshing
