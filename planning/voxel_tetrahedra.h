#pragma once

#include "core/tet_mesh.h"

#include <Eigen/Geometry>

#include <array>
#include <functional>
#include <vector>

namespace corticoil::planning {

/// Per voxel of a grid (x fastest) the tetrahedron of the head that holds its centre, −1 outside the mesh.
/// `to_head` takes points of the grid's frame to the head [m]; it is called by several threads at once. About
/// 2 µs per voxel inside the head's box.
[[nodiscard]] std::vector<int> voxel_tetrahedra(const TetMesh& mesh, const std::array<int, 3>& size,
                                                const Eigen::Affine3d& frame_from_voxel,
                                                const std::function<Vector3(const Vector3&)>& to_head);

} // namespace corticoil::planning
