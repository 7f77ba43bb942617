#include "planning/surface_field.h"

#include "core/error.h"
#include "core/tissue.h"
#include "solver/recovery.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace corticoil::planning {

SurfaceField grey_matter_field(const TetMesh& mesh, const solver::ElementField& field) {
    CORTICOIL_ASSERT(field.n_tetrahedra() == mesh.n_tetrahedra());
    BoundarySurface boundary = grey_matter_boundary(mesh);
    if (boundary.surface.n_triangles() == 0) {
        throw Error("mesh: holds no grey matter (label 2), so there is no cortex to show; check the labels");
    }
    const VectorField at_nodes = solver::field_at_nodes(mesh, field, tissue::grey_matter);
    const VectorField outward = node_normals(boundary.surface);
    SurfaceField result;
    const int n = boundary.surface.n_nodes();
    result.magnitude.resize(n);
    result.normal.resize(n);
    result.tangential.resize(n);
    for (int i = 0; i < n; ++i) {
        const int node = boundary.mesh_node[static_cast<std::size_t>(i)];
        const Vector3 e = at_nodes.col(node);
        result.magnitude[i] = e.norm();
        result.normal[i] = -e.dot(outward.col(i));
        result.tangential[i] =
            std::sqrt(std::max(0.0, e.squaredNorm() - result.normal[i] * result.normal[i]));
    }
    result.surface = std::move(boundary.surface);
    return result;
}

} // namespace corticoil::planning
