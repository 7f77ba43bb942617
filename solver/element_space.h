#pragma once

#include "core/tet_mesh.h"
#include "solver/gradients.h"

#include <array>
#include <vector>

namespace corticoil::solver {

/// Corners at the ends of a tetrahedron's six edges, in the order of a P2 element's unknowns 4 … 9.
inline constexpr std::array<std::array<int, 2>, 6> edge_corners{
    {{0, 1}, {0, 2}, {0, 3}, {1, 2}, {1, 3}, {2, 3}}};

/// Continuous Lagrange elements of order 1 (P1) or 2 (P2) on straight-sided tetrahedra. Unknowns: the mesh's
/// nodes in their order, then for P2 one at the midpoint of each edge, in the order of edges(); or along a
/// curve.
class ElementSpace {
  public:
    static constexpr int most_local = 10;
    /// ∇N_i of all shape functions of a tetrahedron at a point: columns; P1 fills four.
    using ShapeGradients = Eigen::Matrix<double, 3, Eigen::Dynamic, 0, 3, most_local>;
    using ShapeValues = Eigen::Matrix<double, Eigen::Dynamic, 1, 0, most_local, 1>;

    /// Keeps a reference to the mesh. \throws std::logic_error for an order other than 1 or 2.
    ElementSpace(const TetMesh& mesh, int order);

    /// The same space with its unknowns numbered along a space-filling curve through their positions. With P2
    /// an edge comes next to its nodes then, not after all of them: rows that are close are coupled.
    [[nodiscard]] ElementSpace numbered_for_locality() const;

    [[nodiscard]] const TetMesh& mesh() const { return *mesh_; }
    [[nodiscard]] int order() const { return order_; }
    [[nodiscard]] int n_unknowns() const { return mesh_->n_nodes() + static_cast<int>(edges_.cols()); }
    [[nodiscard]] int n_local() const { return order_ == 1 ? 4 : most_local; }

    /// The unknown behind shape function `local` of a tetrahedron.
    [[nodiscard]] int unknown(int tetrahedron, int local) const {
        return number(local < 4 ? mesh_->tetrahedra(local, tetrahedron)
                                : mesh_->n_nodes() + tetrahedron_edges_(local - 4, tetrahedron));
    }
    /// The unknown that comes `place`-th where nodes are followed by edges.
    [[nodiscard]] int number(int place) const {
        return numbers_.empty() ? place : numbers_[static_cast<std::size_t>(place)];
    }

    /// Nodes at the ends of each edge, smaller first, in lexicographic order, 2×n; empty for P1.
    [[nodiscard]] const Eigen::Matrix2Xi& edges() const { return edges_; }

    /// Positions of all unknowns [m].
    [[nodiscard]] Points positions() const;

    /// N_i at a point given by its barycentric coordinates.
    [[nodiscard]] ShapeValues shape_values(const Eigen::Vector4d& barycentric) const;
    /// ∇N_i there, from the tetrahedron's ∇λ_i.
    [[nodiscard]] ShapeGradients shape_gradients(const TetrahedronGradients& element,
                                                 const Eigen::Vector4d& barycentric) const;

  private:
    const TetMesh* mesh_;
    int order_;
    Eigen::Matrix2Xi edges_;
    Eigen::Matrix<int, 6, Eigen::Dynamic> tetrahedron_edges_; ///< Per tetrahedron, as edge_corners.
    std::vector<int> numbers_; ///< Per place, nodes before edges, its unknown; empty where they are the same.
};

} // namespace corticoil::solver
