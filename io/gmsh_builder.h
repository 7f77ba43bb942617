#pragma once

#include "io/gmsh.h"
#include "io/gmsh_cursor.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace corticoil::io::detail {

/// Labels and tags that a tissue can have; beyond it a file is damaged or not a head.
inline constexpr int largest_label = 65535;

/// One tetrahedron as a file has it.
struct GmshTetrahedron {
    std::int64_t number = 0;
    std::array<std::int64_t, 4> nodes{};
    std::int64_t physical = 0; ///< 0 if it has none.
    std::int64_t entity = 0;
};

/// Collects nodes, then tetrahedra, and makes the mesh; checks each as it comes, so that messages tell where.
class GmshBuilder {
  public:
    /// Refers to the cursor for its messages.
    explicit GmshBuilder(const GmshCursor& cursor) : cursor_(cursor) {}

    [[nodiscard]] bool has_nodes() const { return has_nodes_; }
    [[nodiscard]] bool has_elements() const { return has_elements_; }

    void reserve_nodes(std::int64_t n);
    void add_node(std::int64_t number, const Vector3& position_mm);
    /// To be called once after the last node: orders them by number. \throws Error for duplicate numbers.
    void finish_nodes();

    void add_tetrahedron(const GmshTetrahedron& tetrahedron);
    void finish_elements() { has_elements_ = true; }

    /// The mesh in metres; the builder is empty afterwards. \throws Error as `read_gmsh` does.
    [[nodiscard]] GmshMesh build();

  private:
    [[nodiscard]] int node_index(const GmshTetrahedron& tetrahedron, std::size_t corner) const;
    [[nodiscard]] Vector3 position_mm(int node) const;
    void order_tetrahedra();
    void refuse_duplicates() const;
    [[nodiscard]] std::vector<int> labels(bool& are_entities) const;

    struct Tetrahedron {
        std::int64_t number;
        std::array<int, 4> nodes;
        int physical;
        int entity;
    };

    const GmshCursor& cursor_;
    std::vector<std::int64_t> node_numbers_;
    std::vector<double> coordinates_mm_; ///< Three per node.
    std::vector<int>
        index_of_number_; ///< From the lowest number on, −1 where there is none; empty if too sparse.
    std::vector<Tetrahedron> tetrahedra_;
    int n_reoriented_ = 0;
    bool has_nodes_ = false;
    bool has_elements_ = false;
};

} // namespace corticoil::io::detail
