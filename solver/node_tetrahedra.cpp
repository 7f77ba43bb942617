#include "solver/node_tetrahedra.h"

#include <numeric>

namespace corticoil::solver {

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

} // namespace corticoil::solver
