#pragma once

#include "core/surface_mesh.h"
#include "core/tet_mesh.h"
#include "solver/element_field.h"

namespace corticoil::planning {

/// E on the grey-matter surface, from the grey-matter side, per surface node.
struct SurfaceField {
    SurfaceMesh surface;
    Eigen::VectorXd magnitude;  ///< |E| [V/m].
    Eigen::VectorXd normal;     ///< E·n with n into the cortex: positive into grey matter [V/m].
    Eigen::VectorXd tangential; ///< √(|E|² − (E·n)²) [V/m].
};

/// The outer boundary of grey matter with E at its nodes: the volume-weighted mean over the grey-matter
/// tetrahedra around each node. \throws Error if the mesh holds no grey matter.
[[nodiscard]] SurfaceField grey_matter_field(const TetMesh& mesh, const solver::ElementField& field);

} // namespace corticoil::planning
