#include "solver/element_space.h"

#include "core/error.h"
#include "core/locality_order.h"
#include "solver/node_tetrahedra.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace corticoil::solver {

namespace {

/// Per node the larger nodes that share an edge with it, ascending: the edges in lexicographic order.
struct EdgeTable {
    std::vector<int> start;
    std::vector<int> larger;
};

EdgeTable edges_of(const TetMesh& mesh) {
    const NodeTetrahedra around = tetrahedra_around_nodes(mesh);
    const int n = mesh.n_nodes();
    EdgeTable table;
    table.start.assign(static_cast<std::size_t>(n) + 1, 0);
    const auto collect = [&](int node, std::vector<int>& larger) {
        larger.clear();
        for (const int t : around.of(node)) {
            for (int corner = 0; corner < 4; ++corner) {
                if (mesh.tetrahedra(corner, t) > node) larger.push_back(mesh.tetrahedra(corner, t));
            }
        }
        std::sort(larger.begin(), larger.end());
        larger.erase(std::unique(larger.begin(), larger.end()), larger.end());
    };
#pragma omp parallel
    {
        std::vector<int> larger;
#pragma omp for schedule(static)
        for (int node = 0; node < n; ++node) {
            collect(node, larger);
            table.start[static_cast<std::size_t>(node) + 1] = static_cast<int>(larger.size());
        }
    }
    std::partial_sum(table.start.begin(), table.start.end(), table.start.begin());
    table.larger.resize(static_cast<std::size_t>(table.start.back()));
#pragma omp parallel
    {
        std::vector<int> larger;
#pragma omp for schedule(static)
        for (int node = 0; node < n; ++node) {
            collect(node, larger);
            std::copy(larger.begin(), larger.end(),
                      table.larger.begin() + table.start[static_cast<std::size_t>(node)]);
        }
    }
    return table;
}

} // namespace

ElementSpace::ElementSpace(const TetMesh& mesh, int order) : mesh_(&mesh), order_(order) {
    CORTICOIL_ASSERT(order == 1 || order == 2);
    if (order == 1) return;
    const EdgeTable table = edges_of(mesh);
    edges_.resize(2, static_cast<Eigen::Index>(table.larger.size()));
    for (int node = 0; node < mesh.n_nodes(); ++node) {
        for (int k = table.start[static_cast<std::size_t>(node)];
             k < table.start[static_cast<std::size_t>(node) + 1]; ++k) {
            edges_(0, k) = node;
            edges_(1, k) = table.larger[static_cast<std::size_t>(k)];
        }
    }
    tetrahedron_edges_.resize(6, mesh.n_tetrahedra());
#pragma omp parallel for schedule(static)
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        for (std::size_t e = 0; e < edge_corners.size(); ++e) {
            const auto [low, high] =
                std::minmax(mesh.tetrahedra(edge_corners[e][0], t), mesh.tetrahedra(edge_corners[e][1], t));
            const auto first = table.larger.begin() + table.start[static_cast<std::size_t>(low)];
            const auto last = table.larger.begin() + table.start[static_cast<std::size_t>(low) + 1];
            tetrahedron_edges_(static_cast<Eigen::Index>(e), t) =
                static_cast<int>(std::lower_bound(first, last, high) - table.larger.begin());
        }
    }
}

ElementSpace ElementSpace::numbered_for_locality() const {
    const std::vector<int> order = locality_order(positions());
    std::vector<int> along_curve(order.size());
    for (std::size_t k = 0; k < order.size(); ++k)
        along_curve[static_cast<std::size_t>(order[k])] = static_cast<int>(k);
    ElementSpace result = *this;
    result.numbers_.resize(order.size());
    for (std::size_t place = 0; place < order.size(); ++place)
        result.numbers_[place] = along_curve[static_cast<std::size_t>(number(static_cast<int>(place)))];
    return result;
}

Points ElementSpace::positions() const {
    Points result(3, n_unknowns());
    for (int node = 0; node < mesh_->n_nodes(); ++node) result.col(number(node)) = mesh_->nodes.col(node);
    for (int e = 0; e < edges_.cols(); ++e) {
        result.col(number(mesh_->n_nodes() + e)) =
            (mesh_->nodes.col(edges_(0, e)) + mesh_->nodes.col(edges_(1, e))) / 2;
    }
    return result;
}

ElementSpace::ShapeValues ElementSpace::shape_values(const Eigen::Vector4d& barycentric) const {
    if (order_ == 1) return barycentric;
    ShapeValues values(most_local);
    for (int corner = 0; corner < 4; ++corner) {
        values[corner] = barycentric[corner] * (2 * barycentric[corner] - 1);
    }
    for (int e = 0; e < 6; ++e) {
        const auto [i, j] = edge_corners[static_cast<std::size_t>(e)];
        values[4 + e] = 4 * barycentric[i] * barycentric[j];
    }
    return values;
}

ElementSpace::ShapeGradients ElementSpace::shape_gradients(const TetrahedronGradients& element,
                                                           const Eigen::Vector4d& barycentric) const {
    if (order_ == 1) return element.gradients;
    ShapeGradients gradients(3, most_local);
    for (int corner = 0; corner < 4; ++corner) {
        gradients.col(corner) = (4 * barycentric[corner] - 1) * element.gradients.col(corner);
    }
    for (int e = 0; e < 6; ++e) {
        const auto [i, j] = edge_corners[static_cast<std::size_t>(e)];
        gradients.col(4 + e) =
            4 * (barycentric[j] * element.gradients.col(i) + barycentric[i] * element.gradients.col(j));
    }
    return gradients;
}

} // namespace corticoil::solver
