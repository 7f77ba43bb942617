#pragma once

#include "core/progress.h"
#include "core/tet_mesh.h"

#include <vector>

namespace corticoil::meshing {

/// A ball in shells around the origin: verification's head.
struct NestedSpheresOptions {
    std::vector<double> radii;  ///< Outer radius of each layer from the innermost out, ascending [m].
    std::vector<int> labels;    ///< Label of each layer; empty: 1, 2, 3 … from the innermost out.
    double edge_length = 0.005; ///< Wanted mean edge length [m]; shells thinner than that get shorter ones.
    Progress progress;
};

/// Tetrahedra of the layers. Nodes on an interface lie on its sphere to round-off; each shell has at least
/// one layer of tetrahedra that joins no other shell's; the smallest dihedral angle is at least 5°. The same
/// options give the same bits. \throws Error for radii that do not ascend or lengths that make no mesh.
[[nodiscard]] TetMesh nested_spheres(const NestedSpheresOptions& options);

/// The usual five layers: radii 70, 78, 80, 86, 92 mm as white matter, grey matter, CSF, bone, scalp.
[[nodiscard]] NestedSpheresOptions five_layer_head(double edge_length);

} // namespace corticoil::meshing
