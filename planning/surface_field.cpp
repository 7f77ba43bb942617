#include "planning/surface_field.h"

#include "core/error.h"
#include "core/tissue.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace corticoil::planning {

GreyMatterSurface::GreyMatterSurface(const TetMesh& mesh) : n_tetrahedra_(mesh.n_tetrahedra()) {
    BoundarySurface boundary = grey_matter_boundary(mesh);
    if (boundary.surface.n_triangles() == 0) {
        throw Error("mesh: holds no grey matter (label 2), so there is no cortex to show; check the labels");
    }
    const int n = boundary.surface.n_nodes();
    std::vector<int> surface_node(static_cast<std::size_t>(mesh.n_nodes()), -1);
    for (int i = 0; i < n; ++i)
        surface_node[static_cast<std::size_t>(boundary.mesh_node[static_cast<std::size_t>(i)])] = i;
    const auto visit = [&](const auto& visitor) {
        for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
            if (mesh.labels[static_cast<std::size_t>(t)] != tissue::grey_matter) continue;
            for (int corner = 0; corner < 4; ++corner) {
                const int node = surface_node[static_cast<std::size_t>(mesh.tetrahedra(corner, t))];
                if (node >= 0) visitor(static_cast<std::size_t>(node), t, corner);
            }
        }
    };
    start_.assign(static_cast<std::size_t>(n) + 1, 0);
    visit([&](std::size_t node, int, int) { ++start_[node + 1]; });
    std::partial_sum(start_.begin(), start_.end(), start_.begin());
    corners_.resize(static_cast<std::size_t>(start_.back()));
    const Eigen::VectorXd volumes = tetrahedron_volumes(mesh);
    std::vector<int> next(start_.begin(), start_.end() - 1);
    visit([&](std::size_t node, int t, int corner) {
        corners_[static_cast<std::size_t>(next[node]++)] = {t, corner, volumes[t]};
    });
    for (std::size_t node = 0; node + 1 < start_.size(); ++node) {
        double sum = 0;
        for (int i = start_[node]; i < start_[node + 1]; ++i)
            sum += corners_[static_cast<std::size_t>(i)].weight;
        for (int i = start_[node]; i < start_[node + 1]; ++i)
            corners_[static_cast<std::size_t>(i)].weight /= sum;
    }
    surface_ = std::move(boundary.surface);
    outward_ = node_normals(surface_);
}

SurfaceField GreyMatterSurface::field(const solver::ElementField& field) const {
    CORTICOIL_ASSERT(field.n_tetrahedra() == n_tetrahedra_);
    SurfaceField result;
    const int n = surface_.n_nodes();
    result.magnitude.resize(n);
    result.normal.resize(n);
    result.tangential.resize(n);
#pragma omp parallel for schedule(static)
    for (int i = 0; i < n; ++i) {
        Vector3 e = Vector3::Zero();
        for (int k = start_[static_cast<std::size_t>(i)]; k < start_[static_cast<std::size_t>(i) + 1]; ++k) {
            const Corner& corner = corners_[static_cast<std::size_t>(k)];
            e += corner.weight * field.at(corner.tetrahedron, Eigen::Vector4d::Unit(corner.corner));
        }
        result.magnitude[i] = e.norm();
        result.normal[i] = -e.dot(outward_.col(i));
        result.tangential[i] =
            std::sqrt(std::max(0.0, e.squaredNorm() - result.normal[i] * result.normal[i]));
    }
    result.surface = surface_;
    return result;
}

SurfaceField grey_matter_field(const TetMesh& mesh, const solver::ElementField& field) {
    return GreyMatterSurface(mesh).field(field);
}

} // namespace corticoil::planning
