#pragma once

#include "core/image.h"
#include "core/tet_mesh.h"
#include "meshing/mesh_head.h"

#include <Eigen/Geometry>

#include <functional>
#include <map>

namespace corticoil::meshing {

/// A head to be meshed: a tissue at every point of a frame in millimetres, with voxels that say roughly where
/// the tissues lie (for element sizes and first nodes).
struct LabelledDomain {
    std::function<int(const Vector3&)> label_at; ///< At a point of the mesh frame [mm]; 0 outside.
    const LabelImage* voxels = nullptr;          ///< Air at every face of the grid.
    Eigen::Affine3d mesh_from_voxel = Eigen::Affine3d::Identity(); ///< Along the grid's axes [mm].
    std::map<int, double> volumes;                                 ///< That each tissue shall have [mm³].
};

/// Meshes the domain [mm]: Delaunay refinement, then slivers are removed, and interfaces shifted until each
/// tissue has its volume. Small fragments join what surrounds them. The same domain gives the same mesh.
[[nodiscard]] TetMesh mesh_domain(const LabelledDomain& domain, const HeadMeshOptions& options);

} // namespace corticoil::meshing
