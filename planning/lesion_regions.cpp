#include "planning/lesion_regions.h"

#include "core/disjoint_sets.h"
#include "core/tissue.h"

#include <algorithm>
#include <map>

namespace corticoil::planning {

namespace {

/// Volume and centre from the tetrahedra and shares.
void measure(LesionRegion& region, const Eigen::VectorXd& volumes, const Points& centres) {
    for (std::size_t i = 0; i < region.tetrahedra.size(); ++i) {
        const double volume = region.shares[i] * volumes[region.tetrahedra[i]];
        region.volume += volume;
        region.centre += volume * centres.col(region.tetrahedra[i]);
    }
    region.centre /= region.volume;
}

/// The boundary of some tetrahedra of a mesh: their faces that no two of them share.
SurfaceMesh boundary_of(const TetMesh& mesh, const std::vector<int>& tetrahedra) {
    TetMesh part;
    std::map<int, int> node;
    part.tetrahedra.resize(4, static_cast<Eigen::Index>(tetrahedra.size()));
    for (std::size_t i = 0; i < tetrahedra.size(); ++i) {
        for (int c = 0; c < 4; ++c) {
            const int old = mesh.tetrahedra(c, tetrahedra[i]);
            part.tetrahedra(c, static_cast<Eigen::Index>(i)) =
                node.emplace(old, static_cast<int>(node.size())).first->second;
        }
    }
    part.nodes.resize(3, static_cast<Eigen::Index>(node.size()));
    for (const auto& [old, mine] : node) part.nodes.col(mine) = mesh.nodes.col(old);
    part.labels.assign(tetrahedra.size(), tissue::lesion);
    return outer_boundary(part).surface;
}

} // namespace

std::vector<LesionRegion> lesion_regions(const TetMesh& mesh) {
    DisjointSets connected(mesh.n_nodes());
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        if (!tissue::is_lesion(mesh.labels[static_cast<std::size_t>(t)])) continue;
        for (int c = 1; c < 4; ++c) connected.merge(mesh.tetrahedra(0, t), mesh.tetrahedra(c, t));
    }
    const Eigen::VectorXd volumes = tetrahedron_volumes(mesh);
    std::map<int, std::size_t> number;
    std::vector<LesionRegion> regions;
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        const int label = mesh.labels[static_cast<std::size_t>(t)];
        if (!tissue::is_lesion(label)) continue;
        const int root = connected.root(mesh.tetrahedra(0, t));
        const std::size_t n = number.emplace(root, regions.size()).first->second;
        if (n == regions.size()) regions.emplace_back();
        regions[n].tetrahedra.push_back(t);
        regions[n].shares.push_back(1);
        if (label == tissue::black_hole) regions[n].black_hole_volume += volumes[t];
    }
    const Points centres = barycentres(mesh);
    for (LesionRegion& region : regions) {
        measure(region, volumes, centres);
        region.surface = boundary_of(mesh, region.tetrahedra);
    }
    return regions;
}

std::vector<LesionRegion> lesion_regions(const TetMesh& mesh, const LesionCoverage& coverage) {
    const Eigen::VectorXd volumes = tetrahedron_volumes(mesh);
    const Points centres = barycentres(mesh);
    std::vector<LesionRegion> regions(static_cast<std::size_t>(coverage.n_lesions));
    for (std::size_t i = 0; i < coverage.tetrahedra.size(); ++i) {
        LesionRegion& region = regions[static_cast<std::size_t>(coverage.lesion[i])];
        const auto at = static_cast<Eigen::Index>(i);
        region.tetrahedra.push_back(coverage.tetrahedra[i]);
        region.shares.push_back(coverage.shares[at]);
        region.black_hole_volume += coverage.black_shares[at] * volumes[coverage.tetrahedra[i]];
    }
    std::erase_if(regions, [](const LesionRegion& region) { return region.tetrahedra.empty(); });
    for (LesionRegion& region : regions) {
        measure(region, volumes, centres);
        const double most = *std::max_element(region.shares.begin(), region.shares.end());
        constexpr double half = 0.5;
        std::vector<int> core;
        for (std::size_t i = 0; i < region.tetrahedra.size(); ++i) {
            if (region.shares[i] >= std::min(half, most)) core.push_back(region.tetrahedra[i]);
        }
        region.surface = boundary_of(mesh, core);
    }
    return regions;
}

} // namespace corticoil::planning
