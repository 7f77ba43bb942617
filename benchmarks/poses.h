#pragma once

#include "coils/coil.h"
#include "core/rigid_transform.h"
#include "core/tet_mesh.h"

#include <cstdint>
#include <vector>

namespace corticoil::benchmarks {

/// Poses of a coil spread over the scalp above the brain: points of grey matter, each as far from the ones
/// before as can be, and seeded random directions of E. Less than `n` if the head has fewer places.
[[nodiscard]] std::vector<RigidTransform> spread_poses(const TetMesh& mesh, const coils::Coil& coil, int n,
                                                       std::uint64_t seed);

} // namespace corticoil::benchmarks
