#pragma once

#include "solver/stiffness.h"
#include "support/box_mesh.h"

namespace corticoil::solver::test_systems {

/// What a box of two layers is made of.
struct LayeredBoxOptions {
    int n = 12;            ///< Bricks along each edge.
    double contrast = 200; ///< Conductivity of the lower layer over the upper one's.
    int order = 1;
    bool has_slivers = false; ///< Nodes moved at random until many tetrahedra are nearly flat.
};

/// A cube of 0.1 m in two layers, and its stiffness matrix.
struct LayeredBox {
    explicit LayeredBox(const LayeredBoxOptions& options);
    LayeredBox(const LayeredBox&) = delete;
    LayeredBox& operator=(const LayeredBox&) = delete;

    TetMesh mesh;
    Eigen::VectorXd conductivity; ///< [S/m]
    SparseMatrix matrix;

    /// Random columns that sum to zero.
    [[nodiscard]] Eigen::MatrixXd loads(int n_columns) const;
};

} // namespace corticoil::solver::test_systems
