#include "planning/surface_field.h"

#include "core/error.h"
#include "core/tissue.h"

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
    const Eigen::VectorXd volumes = tetrahedron_volumes(mesh);
    VectorField sums = VectorField::Zero(3, mesh.n_nodes());
    Eigen::VectorXd weights = Eigen::VectorXd::Zero(mesh.n_nodes());
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        if (mesh.labels[static_cast<std::size_t>(t)] != tissue::grey_matter) continue;
        for (int corner = 0; corner < 4; ++corner) {
            sums.col(mesh.tetrahedra(corner, t)) += volumes[t] * field.at(t, Eigen::Vector4d::Unit(corner));
            weights[mesh.tetrahedra(corner, t)] += volumes[t];
        }
    }
    const VectorField outward = node_normals(boundary.surface);
    SurfaceField result;
    const int n = boundary.surface.n_nodes();
    result.magnitude.resize(n);
    result.normal.resize(n);
    result.tangential.resize(n);
    for (int i = 0; i < n; ++i) {
        const int node = boundary.mesh_node[static_cast<std::size_t>(i)];
        const Vector3 e = sums.col(node) / weights[node];
        result.magnitude[i] = e.norm();
        result.normal[i] = -e.dot(outward.col(i));
        result.tangential[i] =
            std::sqrt(std::max(0.0, e.squaredNorm() - result.normal[i] * result.normal[i]));
    }
    result.surface = std::move(boundary.surface);
    return result;
}

} // namespace corticoil::planning
