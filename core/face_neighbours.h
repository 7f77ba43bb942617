#pragma once

#include "core/tet_mesh.h"

#include <array>
#include <functional>
#include <vector>

namespace corticoil {

/// Corners of the face opposite to each corner, counter-clockwise seen from outside a positively oriented
/// tetrahedron.
inline constexpr std::array<std::array<int, 3>, 4> face_corners{{{1, 2, 3}, {0, 3, 2}, {0, 1, 3}, {0, 2, 1}}};

/// Per tetrahedron and corner the tetrahedron across the face opposite to that corner, or −1, 4×M. Cost O(M).
[[nodiscard]] Eigen::Matrix4Xi face_neighbours(const TetMesh& mesh);

/// Area vector (outwards, normal × area) of the face opposite to `corner` of tetrahedron `t`.
[[nodiscard]] Vector3 face_area(const TetMesh& mesh, int t, int corner);

/// Part of each tetrahedron, numbered from 0 in the order of their first tetrahedra.
struct Parts {
    std::vector<int> part_of;
    std::vector<double> volume; ///< Per part, in the cubed unit of the nodes.
    [[nodiscard]] int n_parts() const { return static_cast<int>(volume.size()); }
};

/// Joins tetrahedra across faces where `joins(t, neighbour)` is true.
[[nodiscard]] Parts find_parts(const TetMesh& mesh, const Eigen::Matrix4Xi& neighbours,
                               const std::function<bool(int, int)>& joins);

} // namespace corticoil
