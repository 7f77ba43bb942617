#include "meshing/refine.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>
#include <vector>

namespace corticoil::meshing {

namespace {

constexpr std::array<std::array<int, 2>, 6> edges{{{0, 1}, {0, 2}, {0, 3}, {1, 2}, {1, 3}, {2, 3}}};

/// A way to cut the octahedron of the six midpoints: a diagonal between the midpoints of two opposite edges,
/// and the other four midpoints as a ring around it, each an index into `edges`.
struct Diagonal {
    std::array<int, 2> ends;
    std::array<int, 4> ring;
};
constexpr std::array<Diagonal, 3> diagonals{
    {{{0, 5}, {1, 3, 4, 2}}, {{1, 4}, {0, 2, 5, 3}}, {{2, 3}, {0, 4, 5, 1}}}};

using NodePair = std::pair<int, int>;

NodePair edge_nodes(const TetMesh& mesh, int tetrahedron, const std::array<int, 2>& edge) {
    return std::minmax({mesh.tetrahedra(edge[0], tetrahedron), mesh.tetrahedra(edge[1], tetrahedron)});
}

std::vector<NodePair> unique_edges(const TetMesh& mesh) {
    std::vector<NodePair> all;
    all.reserve(edges.size() * static_cast<std::size_t>(mesh.n_tetrahedra()));
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        for (const auto& edge : edges) all.push_back(edge_nodes(mesh, t, edge));
    }
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
}

double signed_volume_sixfold(const Points& nodes, const Eigen::Vector4i& corners) {
    const Vector3 a = nodes.col(corners[0]);
    const Vector3 u = nodes.col(corners[1]) - a;
    const Vector3 v = nodes.col(corners[2]) - a;
    const Vector3 w = nodes.col(corners[3]) - a;
    return u.dot(
        Vector3(v.y() * w.z() - v.z() * w.y(), v.z() * w.x() - v.x() * w.z(), v.x() * w.y() - v.y() * w.x()));
}

/// Index into `diagonals` of the shortest one.
const Diagonal& shortest_diagonal(const Points& nodes, const std::array<int, 6>& midpoint) {
    const auto length_squared = [&](const Diagonal& diagonal) {
        return (nodes.col(midpoint[static_cast<std::size_t>(diagonal.ends[0])]) -
                nodes.col(midpoint[static_cast<std::size_t>(diagonal.ends[1])]))
            .squaredNorm();
    };
    return *std::min_element(diagonals.begin(), diagonals.end(), [&](const Diagonal& a, const Diagonal& b) {
        return length_squared(a) < length_squared(b);
    });
}

} // namespace

TetMesh split_each_in_eight(const TetMesh& mesh) {
    const std::vector<NodePair> all_edges = unique_edges(mesh);
    TetMesh result;
    result.nodes.resize(3, mesh.n_nodes() + static_cast<Eigen::Index>(all_edges.size()));
    result.nodes.leftCols(mesh.n_nodes()) = mesh.nodes;
    for (std::size_t e = 0; e < all_edges.size(); ++e) {
        result.nodes.col(mesh.n_nodes() + static_cast<Eigen::Index>(e)) =
            0.5 * (mesh.nodes.col(all_edges[e].first) + mesh.nodes.col(all_edges[e].second));
    }
    result.tetrahedra.resize(4, 8 * static_cast<Eigen::Index>(mesh.n_tetrahedra()));
    result.labels.reserve(8 * mesh.labels.size());
    Eigen::Index next = 0;
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        std::array<int, 6> midpoint{};
        for (std::size_t e = 0; e < edges.size(); ++e) {
            const auto found =
                std::lower_bound(all_edges.begin(), all_edges.end(), edge_nodes(mesh, t, edges[e]));
            midpoint[e] = mesh.n_nodes() + static_cast<int>(found - all_edges.begin());
        }
        const auto add = [&](Eigen::Vector4i corners) {
            if (signed_volume_sixfold(result.nodes, corners) < 0.0) std::swap(corners[2], corners[3]);
            result.tetrahedra.col(next++) = corners;
            result.labels.push_back(mesh.labels[static_cast<std::size_t>(t)]);
        };
        const Eigen::Vector4i corner = mesh.tetrahedra.col(t);
        add({corner[0], midpoint[0], midpoint[1], midpoint[2]});
        add({corner[1], midpoint[0], midpoint[3], midpoint[4]});
        add({corner[2], midpoint[1], midpoint[3], midpoint[5]});
        add({corner[3], midpoint[2], midpoint[4], midpoint[5]});
        const Diagonal& diagonal = shortest_diagonal(result.nodes, midpoint);
        for (std::size_t r = 0; r < 4; ++r) {
            add({midpoint[static_cast<std::size_t>(diagonal.ends[0])],
                 midpoint[static_cast<std::size_t>(diagonal.ends[1])],
                 midpoint[static_cast<std::size_t>(diagonal.ring[r])],
                 midpoint[static_cast<std::size_t>(diagonal.ring[(r + 1) % 4])]});
        }
    }
    return result;
}

} // namespace corticoil::meshing
