#pragma once

#include "meshing/head_surfaces.h"
#include "meshing/mesh_head.h"

namespace corticoil::meshing {

/// Tetrahedra between closed, nested surfaces: their shapes, not those of voxels. Sizes, sliver removal and
/// limits are those of mesh_head(); each tissue's volume is compared with what lies between its surfaces. The
/// same input gives the same bits. \throws Error as mesh_head().
[[nodiscard]] HeadMesh mesh_surfaces(const HeadSurfaces& surfaces, const HeadMeshOptions& options);

} // namespace corticoil::meshing
