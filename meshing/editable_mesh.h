#pragma once

#include "core/tet_mesh.h"

#include <array>
#include <cstddef>
#include <vector>

namespace corticoil::meshing {

using Tetrahedron = std::array<int, 4>;

/// The smallest squared sine of a tetrahedron's dihedral angles, negative where it is inverted: sin² of the
/// angle at an edge of squared length l² between faces with normals m, n (of twice their areas) is (6V)² l² /
/// (m² n²). Small and near-straight angles are equally bad.
[[nodiscard]] double sine_squared_quality(const Vector3& a, const Vector3& b, const Vector3& c,
                                          const Vector3& d);

/// Tetrahedra that can be exchanged and nodes that can be moved, with the tetrahedra around each node at
/// hand.
class EditableMesh {
  public:
    explicit EditableMesh(const TetMesh& mesh);

    /// What is left, in the order of creation, without unused nodes.
    [[nodiscard]] TetMesh to_mesh() const;

    [[nodiscard]] int n_slots() const { return static_cast<int>(tetrahedra_.size()); }
    [[nodiscard]] bool is_alive(int t) const { return labels_[static_cast<std::size_t>(t)] != removed; }
    [[nodiscard]] const Tetrahedron& corners(int t) const { return tetrahedra_[static_cast<std::size_t>(t)]; }
    [[nodiscard]] int label(int t) const { return labels_[static_cast<std::size_t>(t)]; }
    [[nodiscard]] const std::vector<int>& around(int node) const {
        return around_[static_cast<std::size_t>(node)];
    }
    [[nodiscard]] const Vector3& node(int n) const { return nodes_[static_cast<std::size_t>(n)]; }

    [[nodiscard]] double quality(const Tetrahedron& t) const {
        return sine_squared_quality(node(t[0]), node(t[1]), node(t[2]), node(t[3]));
    }
    [[nodiscard]] double quality(int t) const { return quality(corners(t)); }

    /// The tetrahedron across the face opposite to `corner`, or −1.
    [[nodiscard]] int neighbour(int t, int corner) const;

    void move(int n, const Vector3& position) { nodes_[static_cast<std::size_t>(n)] = position; }
    void remove(int t);
    void add(const Tetrahedron& corners, int label);

  private:
    static constexpr int removed = -1;
    std::vector<Vector3> nodes_;
    std::vector<Tetrahedron> tetrahedra_;
    std::vector<int> labels_;
    std::vector<std::vector<int>> around_;
};

} // namespace corticoil::meshing
