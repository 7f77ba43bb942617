#pragma once

#include "io/gmsh_builder.h"
#include "io/gmsh_cursor.h"

#include <cstdint>
#include <vector>

namespace corticoil::io::detail {

/// What Gmsh's number of an element type means (Gmsh reference manual, "MSH file format").
struct GmshElementType {
    int number;
    int dimension;
    int n_nodes;
};

inline constexpr int four_node_tetrahedron = 4;

/// The type with this number. Refuses numbers that do not exist and volume elements that are not four-node
/// tetrahedra.
[[nodiscard]] GmshElementType checked_element_type(const GmshCursor& cursor, std::int64_t number);

/// Sections of format 2: the cursor stands behind the section's name and goes to its end.
void read_nodes_2(GmshCursor& cursor, GmshBuilder& builder);
void read_elements_2(GmshCursor& cursor, GmshBuilder& builder);

/// The physical tag of one volume entity; 0 if it has none.
struct GmshVolume {
    std::int64_t entity;
    std::int64_t physical;
};

/// Sections of format 4.1.
[[nodiscard]] std::vector<GmshVolume> read_entities_4(GmshCursor& cursor);
void read_nodes_4(GmshCursor& cursor, GmshBuilder& builder);
void read_elements_4(GmshCursor& cursor, const std::vector<GmshVolume>& volumes, GmshBuilder& builder);

} // namespace corticoil::io::detail
