#include "core/tet_mesh.h"

#include "core/error.h"
#include "core/face_neighbours.h"
#include "core/tissue.h"

#include <Eigen/Geometry>
#include <Eigen/LU>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <tuple>
#include <utility>
#include <vector>

namespace corticoil {

Eigen::VectorXd tetrahedron_volumes(const TetMesh& mesh) {
    Eigen::VectorXd volumes(mesh.n_tetrahedra());
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        const Vector3 a = mesh.nodes.col(mesh.tetrahedra(0, t));
        const Vector3 ab = mesh.nodes.col(mesh.tetrahedra(1, t)) - a;
        const Vector3 ac = mesh.nodes.col(mesh.tetrahedra(2, t)) - a;
        const Vector3 ad = mesh.nodes.col(mesh.tetrahedra(3, t)) - a;
        volumes[t] = ab.cross(ac).dot(ad) / 6;
    }
    return volumes;
}

Points barycentres(const TetMesh& mesh) {
    Points centres(3, mesh.n_tetrahedra());
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        Vector3 sum = Vector3::Zero();
        for (int corner = 0; corner < 4; ++corner) sum += mesh.nodes.col(mesh.tetrahedra(corner, t));
        centres.col(t) = sum / 4;
    }
    return centres;
}

std::map<int, double> volumes_by_label(const TetMesh& mesh) {
    const Eigen::VectorXd volumes = tetrahedron_volumes(mesh);
    std::map<int, double> result;
    for (int t = 0; t < mesh.n_tetrahedra(); ++t)
        result[mesh.labels[static_cast<std::size_t>(t)]] += volumes[t];
    return result;
}

std::vector<int> connected_parts(const TetMesh& mesh) {
    Parts parts = find_parts(mesh, face_neighbours(mesh), [](int, int) { return true; });
    std::vector<int> sizes(static_cast<std::size_t>(parts.n_parts()), 0);
    for (const int part : parts.part_of) ++sizes[static_cast<std::size_t>(part)];
    std::vector<int> order(sizes.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
        return sizes[static_cast<std::size_t>(a)] > sizes[static_cast<std::size_t>(b)];
    });
    std::vector<int> rank(sizes.size());
    for (std::size_t r = 0; r < order.size(); ++r)
        rank[static_cast<std::size_t>(order[r])] = static_cast<int>(r);
    for (int& part : parts.part_of) part = rank[static_cast<std::size_t>(part)];
    return std::move(parts.part_of);
}

TetMesh extract(const TetMesh& mesh, const std::function<bool(int tetrahedron)>& keep) {
    std::vector<int> kept;
    std::vector<int> new_node(static_cast<std::size_t>(mesh.n_nodes()), -1);
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        if (!keep(t)) continue;
        kept.push_back(t);
        for (int corner = 0; corner < 4; ++corner)
            new_node[static_cast<std::size_t>(mesh.tetrahedra(corner, t))] = 0;
    }
    int n_nodes = 0;
    for (int& id : new_node) {
        if (id == 0) id = n_nodes++;
    }
    TetMesh result;
    result.nodes.resize(3, n_nodes);
    for (int node = 0; node < mesh.n_nodes(); ++node) {
        const int id = new_node[static_cast<std::size_t>(node)];
        if (id >= 0) result.nodes.col(id) = mesh.nodes.col(node);
    }
    result.tetrahedra.resize(4, static_cast<Eigen::Index>(kept.size()));
    result.labels.reserve(kept.size());
    for (std::size_t i = 0; i < kept.size(); ++i) {
        for (int corner = 0; corner < 4; ++corner) {
            const int node = mesh.tetrahedra(corner, kept[i]);
            result.tetrahedra(corner, static_cast<Eigen::Index>(i)) =
                new_node[static_cast<std::size_t>(node)];
        }
        result.labels.push_back(mesh.labels[static_cast<std::size_t>(kept[i])]);
    }
    return result;
}

BoundarySurface boundary_between(const TetMesh& mesh, const std::function<bool(int label)>& inside,
                                 const std::function<bool(int label)>& ignored) {
    const Eigen::Matrix4Xi across = face_neighbours(mesh);
    BoundarySurface result;
    std::vector<int> surface_node(static_cast<std::size_t>(mesh.n_nodes()), -1);
    std::vector<std::array<int, 3>> triangles;
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        if (!inside(mesh.labels[static_cast<std::size_t>(t)])) continue;
        for (int f = 0; f < 4; ++f) {
            const int next = across(f, t);
            if (next >= 0) {
                const int other = mesh.labels[static_cast<std::size_t>(next)];
                if (inside(other) || ignored(other)) continue;
            }
            std::array<int, 3> triangle{};
            for (std::size_t c = 0; c < 3; ++c) {
                const int node = mesh.tetrahedra(face_corners[static_cast<std::size_t>(f)][c], t);
                int& id = surface_node[static_cast<std::size_t>(node)];
                if (id < 0) {
                    id = static_cast<int>(result.mesh_node.size());
                    result.mesh_node.push_back(node);
                }
                triangle[c] = id;
            }
            triangles.push_back(triangle);
            result.inner_tetrahedron.push_back(t);
        }
    }
    result.surface.nodes.resize(3, static_cast<Eigen::Index>(result.mesh_node.size()));
    for (std::size_t i = 0; i < result.mesh_node.size(); ++i) {
        result.surface.nodes.col(static_cast<Eigen::Index>(i)) = mesh.nodes.col(result.mesh_node[i]);
    }
    result.surface.triangles.resize(3, static_cast<Eigen::Index>(triangles.size()));
    for (std::size_t i = 0; i < triangles.size(); ++i) {
        for (std::size_t c = 0; c < 3; ++c) {
            result.surface.triangles(static_cast<Eigen::Index>(c), static_cast<Eigen::Index>(i)) =
                triangles[i][c];
        }
    }
    return result;
}

BoundarySurface outer_boundary(const TetMesh& mesh) {
    return boundary_between(
        mesh, [](int) { return true; }, [](int) { return false; });
}

BoundarySurface grey_matter_boundary(const TetMesh& mesh) {
    return boundary_between(
        mesh, [](int label) { return label == tissue::grey_matter; },
        [](int label) { return label == tissue::white_matter || tissue::is_lesion(label); });
}

PointLocator::PointLocator(const TetMesh& mesh) : mesh_(mesh) {
    CORTICOIL_ASSERT(mesh.n_tetrahedra() > 0);
    origin_ = mesh.nodes.rowwise().minCoeff();
    const Vector3 extent = (mesh.nodes.rowwise().maxCoeff() - origin_).cwiseMax(1e-9);
    // About four tetrahedra per cell keeps both the table and the search short.
    const double n_wanted = std::max(1.0, mesh.n_tetrahedra() / 4.0);
    const double edge = std::cbrt(extent.prod() / n_wanted);
    constexpr double most_cells_per_axis = 512;
    n_cells_ = (extent / edge).array().ceil().min(most_cells_per_axis).max(1.0).cast<int>();
    cell_size_ = extent.array() / n_cells_.cast<double>().array();

    std::vector<std::pair<std::size_t, int>> entries;
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        Eigen::Matrix<double, 3, 4> corners;
        for (int corner = 0; corner < 4; ++corner)
            corners.col(corner) = mesh.nodes.col(mesh.tetrahedra(corner, t));
        const Eigen::Vector3i low = cell_of(corners.rowwise().minCoeff());
        const Eigen::Vector3i high = cell_of(corners.rowwise().maxCoeff());
        for (int k = low[2]; k <= high[2]; ++k) {
            for (int j = low[1]; j <= high[1]; ++j) {
                for (int i = low[0]; i <= high[0]; ++i) entries.emplace_back(cell_index({i, j, k}), t);
            }
        }
    }
    cell_start_.assign(static_cast<std::size_t>(n_cells_.prod()) + 1, 0);
    for (const auto& [cell, t] : entries) ++cell_start_[cell + 1];
    std::partial_sum(cell_start_.begin(), cell_start_.end(), cell_start_.begin());
    cell_tetrahedra_.resize(entries.size());
    std::vector<int> next(cell_start_.begin(), cell_start_.end() - 1);
    for (const auto& [cell, t] : entries) cell_tetrahedra_[static_cast<std::size_t>(next[cell]++)] = t;
}

Eigen::Vector3i PointLocator::cell_of(const Vector3& point) const {
    const Vector3 scaled = (point - origin_).cwiseQuotient(cell_size_);
    return scaled.array().floor().max(0.0).min((n_cells_.cast<double>().array() - 1)).cast<int>();
}

std::size_t PointLocator::cell_index(const Eigen::Vector3i& cell) const {
    return static_cast<std::size_t>(cell[0] + n_cells_[0] * (cell[1] + n_cells_[1] * cell[2]));
}

std::optional<int> PointLocator::find(const Vector3& point) const {
    // Rounding at faces: a point counts as inside within this fraction of a tetrahedron's volume.
    constexpr double tolerance = 1e-9;
    const std::size_t cell = cell_index(cell_of(point));
    for (int i = cell_start_[cell]; i < cell_start_[cell + 1]; ++i) {
        const int t = cell_tetrahedra_[static_cast<std::size_t>(i)];
        const Vector3 a = mesh_.nodes.col(mesh_.tetrahedra(0, t));
        Eigen::Matrix3d edges;
        for (int corner = 0; corner < 3; ++corner) {
            edges.col(corner) = mesh_.nodes.col(mesh_.tetrahedra(corner + 1, t)) - a;
        }
        const Vector3 weights = edges.partialPivLu().solve(point - a);
        if (weights.minCoeff() >= -tolerance && weights.sum() <= 1 + tolerance) return t;
    }
    return std::nullopt;
}

} // namespace corticoil
