#pragma once

#include "core/tet_mesh.h"

#include <vector>

namespace corticoil {

/// The nodes' numbers in the order of a Hilbert curve through them, so that neighbours in space are mostly
/// neighbours in memory: position k holds the node that comes k-th. Ties keep the nodes' order.
[[nodiscard]] std::vector<int> locality_order(const Points& nodes);

/// A mesh renumbered along locality_order(), within short windows by the number of tetrahedra around each
/// node: nodes, and tetrahedra by their first node.
struct LocalMesh {
    TetMesh mesh;
    std::vector<int> node_of;        ///< Per new node its number in the original mesh.
    std::vector<int> tetrahedron_of; ///< Per new tetrahedron its number in the original mesh.
};
[[nodiscard]] LocalMesh reordered_for_locality(const TetMesh& mesh);

} // namespace corticoil
