#pragma once

#include "core/surface_mesh.h"
#include "core/tet_mesh.h"
#include "solver/element_field.h"

#include <vector>

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

/// The same for many fields on one head: the surface and what lies around its nodes are found once.
class GreyMatterSurface {
  public:
    /// \throws Error if the mesh holds no grey matter.
    explicit GreyMatterSurface(const TetMesh& mesh);

    [[nodiscard]] const SurfaceMesh& surface() const { return surface_; }
    [[nodiscard]] SurfaceField field(const solver::ElementField& field) const;

  private:
    /// A corner of a tetrahedron at a node.
    struct Corner {
        int tetrahedron = 0;
        int corner = 0;
        double weight = 0; ///< Its share of the volume around the node.
    };
    int n_tetrahedra_ = 0;
    SurfaceMesh surface_;
    VectorField outward_;
    std::vector<int> start_; ///< CSR over surface nodes.
    std::vector<Corner> corners_;
};

} // namespace corticoil::planning
