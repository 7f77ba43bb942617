#include "io/gmsh_formats.h"

#include <fmt/format.h>

namespace corticoil::io::detail {

// Format 2 (Gmsh reference manual, "MSH file format version 2"). Counts of $Nodes and $Elements are text in
// binary files too; a node is its number and x y z, an element its number, tags (physical, entity, …) and
// nodes. In text each element tells its own type and number of tags, in binary a header does for the elements
// that follow it.

namespace {

constexpr LeastBytes node_bytes{8, 28};
constexpr LeastBytes text_element_bytes{8, 8};

/// What stands before the tags of one element or, in a binary file, of several.
struct ElementHeader {
    GmshElementType type;
    std::int64_t n_tags;
};

ElementHeader checked_header(const GmshCursor& cursor, std::int64_t type, std::int64_t n_tags) {
    return {checked_element_type(cursor, type), cursor.check_count(n_tags, {2, 4}, "tags of an element")};
}

/// Reads tags and nodes of the element with this number.
void read_element(GmshCursor& cursor, const ElementHeader& header, std::int64_t number,
                  GmshBuilder& builder) {
    if (header.type.number != four_node_tetrahedron) {
        cursor.skip_integers(header.n_tags + header.type.n_nodes, "an element");
        return;
    }
    GmshTetrahedron tetrahedron;
    tetrahedron.number = number;
    std::int64_t n_other_tags = header.n_tags;
    if (n_other_tags > 0) {
        tetrahedron.physical = cursor.read_integer("the physical tag of a tetrahedron");
        --n_other_tags;
    }
    if (n_other_tags > 0) {
        tetrahedron.entity = cursor.read_integer("the entity tag of a tetrahedron");
        --n_other_tags;
    }
    cursor.skip_integers(n_other_tags, "a tag of a tetrahedron");
    for (std::int64_t& node : tetrahedron.nodes) node = cursor.read_integer("a node of a tetrahedron");
    builder.add_tetrahedron(tetrahedron);
}

void read_text_elements(GmshCursor& cursor, std::int64_t n_elements, GmshBuilder& builder) {
    for (std::int64_t i = 0; i < n_elements; ++i) {
        const std::int64_t number = cursor.read_integer("the number of an element");
        const std::int64_t type = cursor.read_integer("the type of an element");
        const std::int64_t n_tags = cursor.read_integer("the number of tags of an element");
        read_element(cursor, checked_header(cursor, type, n_tags), number, builder);
    }
}

void read_binary_elements(GmshCursor& cursor, std::int64_t n_elements, GmshBuilder& builder) {
    std::int64_t n_left = n_elements;
    while (n_left > 0) {
        const std::int64_t type = cursor.read_integer("the type of an element");
        const std::int64_t n_following = cursor.read_integer("the number of elements of one type");
        if (n_following < 1 || n_following > n_left) {
            cursor.fail(fmt::format("a block has {} elements where 1 to {} are left", n_following, n_left));
        }
        const std::int64_t n_tags = cursor.read_integer("the number of tags of an element");
        const ElementHeader header = checked_header(cursor, type, n_tags);
        for (std::int64_t i = 0; i < n_following; ++i) {
            const std::int64_t number = cursor.read_integer("the number of an element");
            read_element(cursor, header, number, builder);
        }
        n_left -= n_following;
    }
}

} // namespace

void read_nodes_2(GmshCursor& cursor, GmshBuilder& builder) {
    const std::int64_t n_nodes =
        cursor.check_count(cursor.read_text_integer("the number of nodes"), node_bytes, "nodes");
    if (cursor.encoding() != GmshEncoding::text) cursor.finish_line();
    builder.reserve_nodes(n_nodes);
    for (std::int64_t i = 0; i < n_nodes; ++i) {
        const std::int64_t number = cursor.read_integer("the number of a node");
        const double x = cursor.read_real("x of a node");
        const double y = cursor.read_real("y of a node");
        const double z = cursor.read_real("z of a node");
        builder.add_node(number, Vector3(x, y, z));
    }
    builder.finish_nodes();
}

void read_elements_2(GmshCursor& cursor, GmshBuilder& builder) {
    const std::int64_t n_elements = cursor.check_count(cursor.read_text_integer("the number of elements"),
                                                       text_element_bytes, "elements");
    if (cursor.encoding() == GmshEncoding::text) {
        read_text_elements(cursor, n_elements, builder);
    } else {
        cursor.finish_line();
        read_binary_elements(cursor, n_elements, builder);
    }
    builder.finish_elements();
}

} // namespace corticoil::io::detail
