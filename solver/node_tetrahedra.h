#pragma once

#include "core/tet_mesh.h"

#include <span>
#include <vector>

namespace corticoil::solver {

/// For each node the tetrahedra around it, in increasing order, as rows of a compressed table.
struct NodeTetrahedra {
    std::vector<int> start;
    std::vector<int> tetrahedra;

    [[nodiscard]] std::span<const int> of(int node) const {
        const auto first = static_cast<std::size_t>(start[static_cast<std::size_t>(node)]);
        const auto last = static_cast<std::size_t>(start[static_cast<std::size_t>(node) + 1]);
        return {tetrahedra.data() + first, last - first};
    }
};

/// Cost O(M).
[[nodiscard]] NodeTetrahedra tetrahedra_around_nodes(const TetMesh& mesh);

} // namespace corticoil::solver
