#pragma once

#include "viz/field_volume.h"
#include "viz/layers.h"

#include <vector>

namespace corticoil::viz {

/// A plane; `normal` is a unit vector.
struct Plane {
    Vector3 point = Vector3::Zero(); ///< [m]
    Vector3 normal = Vector3::UnitZ();

    [[nodiscard]] double height(const Vector3& p) const { return normal.dot(p - point); }
};

/// A plane's section through tetrahedra, as triangles that face along the normal.
struct PlaneSection {
    SurfaceMesh surface;            ///< Nodes are not shared between tetrahedra.
    std::vector<int> labels;        ///< Tissue per node.
    Eigen::VectorXd magnitude;      ///< |E| per node [V/m].
    std::vector<Points> boundaries; ///< 3×2 lines where tissues meet each other or the air.
};

/// Cuts a mesh. |E| is that of the means over each node's tetrahedra of one tissue, linear between nodes: it
/// jumps between tissues, as E does, and not within them. Cost: O(M), about 0.1 s per million tetrahedra.
[[nodiscard]] PlaneSection section_of(const FieldVolume& volume, const Plane& plane);

/// What of a body lies below the plane (height ≤ 0); triangles across it are cut, colours interpolated.
[[nodiscard]] Body below(const Body& body, const Plane& plane);

/// Where a plane cuts a surface: 3×2 lines [m].
[[nodiscard]] std::vector<Points> plane_cut(const SurfaceMesh& surface, const Plane& plane);

} // namespace corticoil::viz
