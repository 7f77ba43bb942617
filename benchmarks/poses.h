#pragma once

#include "coils/coil.h"
#include "core/rigid_transform.h"
#include "core/tet_mesh.h"

#include <cstdint>
#include <string>
#include <vector>

namespace corticoil::benchmarks {

/// Poses of a coil spread over the scalp above the brain: points of grey matter, each as far from the ones
/// before as can be, and seeded random directions of E. Less than `n` if the head has fewer places.
[[nodiscard]] std::vector<RigidTransform> spread_poses(const TetMesh& mesh, const coils::Coil& coil, int n,
                                                       std::uint64_t seed);

/// A name of the target library, whose MNI coordinate is taken for one of the head's (as Colin27's are), or
/// x,y,z of the head in mm [m]. \throws Error for other names and for targets on the scalp.
[[nodiscard]] Vector3 place_in_head(const std::string& target);

} // namespace corticoil::benchmarks
