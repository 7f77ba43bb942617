#include "solver/stiffness.h"

#include "core/error.h"
#include "solver/gradients.h"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

namespace corticoil::solver {

namespace {

/// For each node the tetrahedra around it, in increasing order, as rows of a compressed table.
struct NodeTetrahedra {
    std::vector<int> start;
    std::vector<int> tetrahedra;
};

NodeTetrahedra tetrahedra_around_nodes(const TetMesh& mesh) {
    NodeTetrahedra result;
    result.start.assign(static_cast<std::size_t>(mesh.n_nodes()) + 1, 0);
    for (const int node : mesh.tetrahedra.reshaped()) ++result.start[static_cast<std::size_t>(node) + 1];
    std::partial_sum(result.start.begin(), result.start.end(), result.start.begin());
    result.tetrahedra.resize(static_cast<std::size_t>(result.start.back()));
    std::vector<int> next(result.start.begin(), result.start.end() - 1);
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        for (int corner = 0; corner < 4; ++corner) {
            int& slot = next[static_cast<std::size_t>(mesh.tetrahedra(corner, t))];
            result.tetrahedra[static_cast<std::size_t>(slot++)] = t;
        }
    }
    return result;
}

using Row = std::vector<std::pair<int, double>>;

/// Row i of K: Σ_T σ_T V_T ∇λ_i·∇λ_j over the tetrahedra around node i, sorted by column.
void fill_row(const TetMesh& mesh, const Eigen::VectorXd& conductivity, const NodeTetrahedra& around,
              int node, Row& row) {
    row.clear();
    for (int k = around.start[static_cast<std::size_t>(node)];
         k < around.start[static_cast<std::size_t>(node) + 1]; ++k) {
        const int t = around.tetrahedra[static_cast<std::size_t>(k)];
        const TetrahedronGradients element = gradients_of(mesh, t);
        int own = 0;
        while (mesh.tetrahedra(own, t) != node) ++own;
        const double weight = conductivity[t] * element.volume;
        for (int corner = 0; corner < 4; ++corner) {
            row.emplace_back(mesh.tetrahedra(corner, t),
                             weight * element.gradients.col(own).dot(element.gradients.col(corner)));
        }
    }
    std::stable_sort(row.begin(), row.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::size_t last = 0;
    for (std::size_t i = 1; i < row.size(); ++i) {
        if (row[i].first == row[last].first) {
            row[last].second += row[i].second;
        } else {
            row[++last] = row[i];
        }
    }
    if (!row.empty()) row.resize(last + 1);
}

} // namespace

SparseMatrix assemble_stiffness(const TetMesh& mesh, const Eigen::VectorXd& conductivity) {
    CORTICOIL_ASSERT(conductivity.size() == mesh.n_tetrahedra());
    const NodeTetrahedra around = tetrahedra_around_nodes(mesh);
    const int n = mesh.n_nodes();
    std::vector<int> row_start(static_cast<std::size_t>(n) + 1, 0);
#pragma omp parallel
    {
        std::vector<int> columns;
#pragma omp for schedule(static)
        for (int node = 0; node < n; ++node) {
            columns.clear();
            for (int k = around.start[static_cast<std::size_t>(node)];
                 k < around.start[static_cast<std::size_t>(node) + 1]; ++k) {
                const int t = around.tetrahedra[static_cast<std::size_t>(k)];
                for (int corner = 0; corner < 4; ++corner) columns.push_back(mesh.tetrahedra(corner, t));
            }
            std::sort(columns.begin(), columns.end());
            row_start[static_cast<std::size_t>(node) + 1] =
                static_cast<int>(std::unique(columns.begin(), columns.end()) - columns.begin());
        }
    }
    std::partial_sum(row_start.begin(), row_start.end(), row_start.begin());

    SparseMatrix stiffness(n, n);
    stiffness.resizeNonZeros(row_start.back());
    std::copy(row_start.begin(), row_start.end(), stiffness.outerIndexPtr());
#pragma omp parallel
    {
        Row row;
#pragma omp for schedule(static)
        for (int node = 0; node < n; ++node) {
            fill_row(mesh, conductivity, around, node, row);
            int slot = row_start[static_cast<std::size_t>(node)];
            for (const auto& [column, value] : row) {
                stiffness.innerIndexPtr()[slot] = column;
                stiffness.valuePtr()[slot] = value;
                ++slot;
            }
        }
    }
    return stiffness;
}

} // namespace corticoil::solver
