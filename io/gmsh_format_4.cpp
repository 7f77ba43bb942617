#include "io/gmsh_formats.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace corticoil::io::detail {

// Format 4.1 (Gmsh reference manual, "MSH file format"): text and binary files hold the same numbers in the
// same order, so one reader serves both. In a binary file tags, dimensions and types of entities take 4
// bytes, counts and the numbers of nodes and elements 8.

namespace {

constexpr LeastBytes point_bytes{10, 36};
constexpr LeastBytes larger_entity_bytes{18, 68};
constexpr LeastBytes tag_bytes{2, 4};
constexpr LeastBytes node_block_bytes{8, 20};
constexpr LeastBytes node_bytes{8, 32};
constexpr LeastBytes element_block_bytes{8, 20};

/// An element's number and at least one node.
constexpr LeastBytes element_bytes{4, 16};

constexpr int volume_dimension = 3;

GmshVolume read_entity(GmshCursor& cursor, int dimension) {
    GmshVolume entity{cursor.read_integer("the tag of an entity"), 0};
    // A point has its position, everything else the corners of its bounding box.
    const int n_coordinates = dimension == 0 ? 3 : 6;
    for (int i = 0; i < n_coordinates; ++i) (void)cursor.read_real("a coordinate of an entity");
    const std::int64_t n_physical =
        cursor.check_count(cursor.read_size("the number of physical tags of an entity"), tag_bytes,
                           "physical tags of an entity");
    if (dimension == volume_dimension && n_physical > 1) {
        cursor.fail(
            fmt::format("the volume {} is in {} physical groups, so its tissue is ambiguous; keep one",
                        entity.entity, n_physical));
    }
    for (std::int64_t i = 0; i < n_physical; ++i)
        entity.physical = cursor.read_integer("a physical tag of an entity");
    if (dimension > 0) {
        const std::int64_t n_bounding = cursor.check_count(
            cursor.read_size("the number of boundaries of an entity"), tag_bytes, "boundaries of an entity");
        cursor.skip_integers(n_bounding, "a boundary of an entity");
    }
    return entity;
}

/// The dimension of the entity that the nodes or elements of a block belong to.
std::int64_t read_dimension(GmshCursor& cursor) {
    const std::int64_t dimension = cursor.read_integer("the dimension of an entity");
    if (dimension < 0 || dimension > volume_dimension) {
        cursor.fail(fmt::format("an entity has the dimension {}; 0 to 3 exist", dimension));
    }
    return dimension;
}

void check_block(const GmshCursor& cursor, std::int64_t n, std::int64_t n_left, std::string_view what) {
    if (n < 0 || n > n_left) cursor.fail(fmt::format("a block has {} {} where {} are left", n, what, n_left));
}

void check_all_read(const GmshCursor& cursor, std::int64_t n_left, std::string_view what) {
    if (n_left > 0)
        cursor.fail(fmt::format("the blocks have {} {} less than the section's header says", n_left, what));
}

/// The physical tag of the volume `entity`; 0 if it has none or is not listed.
std::int64_t physical_of(const std::vector<GmshVolume>& volumes, std::int64_t entity) {
    const auto found =
        std::lower_bound(volumes.begin(), volumes.end(), entity,
                         [](const GmshVolume& volume, std::int64_t tag) { return volume.entity < tag; });
    return found != volumes.end() && found->entity == entity ? found->physical : 0;
}

} // namespace

std::vector<GmshVolume> read_entities_4(GmshCursor& cursor) {
    std::int64_t counts[volume_dimension + 1];
    for (std::int64_t& count : counts) count = cursor.read_size("the number of entities");
    std::vector<GmshVolume> volumes;
    for (int dimension = 0; dimension <= volume_dimension; ++dimension) {
        const LeastBytes least = dimension == 0 ? point_bytes : larger_entity_bytes;
        const std::int64_t n = cursor.check_count(counts[dimension], least, "entities");
        for (std::int64_t i = 0; i < n; ++i) {
            const GmshVolume entity = read_entity(cursor, dimension);
            if (dimension == volume_dimension) volumes.push_back(entity);
        }
    }
    std::sort(volumes.begin(), volumes.end(),
              [](const GmshVolume& a, const GmshVolume& b) { return a.entity < b.entity; });
    const auto same = [](const GmshVolume& a, const GmshVolume& b) { return a.entity == b.entity; };
    const auto twice = std::adjacent_find(volumes.begin(), volumes.end(), same);
    if (twice != volumes.end()) cursor.fail(fmt::format("the volume {} is listed twice", twice->entity));
    return volumes;
}

void read_nodes_4(GmshCursor& cursor, GmshBuilder& builder) {
    const std::int64_t n_blocks = cursor.check_count(cursor.read_size("the number of blocks of nodes"),
                                                     node_block_bytes, "blocks of nodes");
    std::int64_t n_left = cursor.check_count(cursor.read_size("the number of nodes"), node_bytes, "nodes");
    cursor.skip_sizes(2, "the range of node numbers");
    builder.reserve_nodes(n_left);
    std::vector<std::int64_t> numbers;
    for (std::int64_t block = 0; block < n_blocks; ++block) {
        const std::int64_t dimension = read_dimension(cursor);
        cursor.skip_integers(1, "the tag of an entity");
        const std::int64_t parametric = cursor.read_integer("whether nodes have parameters");
        if (parametric != 0 && parametric != 1) {
            cursor.fail(fmt::format("whether nodes have parameters is {}, not 0 or 1", parametric));
        }
        const std::int64_t n = cursor.read_size("the number of nodes of a block");
        check_block(cursor, n, n_left, "nodes");
        numbers.resize(static_cast<std::size_t>(n));
        for (std::int64_t& number : numbers) number = cursor.read_size("the number of a node");
        const std::int64_t n_parameters = parametric * dimension;
        for (const std::int64_t number : numbers) {
            const double x = cursor.read_real("x of a node");
            const double y = cursor.read_real("y of a node");
            const double z = cursor.read_real("z of a node");
            builder.add_node(number, Vector3(x, y, z));
            for (std::int64_t i = 0; i < n_parameters; ++i) (void)cursor.read_real("a parameter of a node");
        }
        n_left -= n;
    }
    check_all_read(cursor, n_left, "nodes");
    builder.finish_nodes();
}

void read_elements_4(GmshCursor& cursor, const std::vector<GmshVolume>& volumes, GmshBuilder& builder) {
    const std::int64_t n_blocks = cursor.check_count(cursor.read_size("the number of blocks of elements"),
                                                     element_block_bytes, "blocks of elements");
    std::int64_t n_left =
        cursor.check_count(cursor.read_size("the number of elements"), element_bytes, "elements");
    cursor.skip_sizes(2, "the range of element numbers");
    for (std::int64_t block = 0; block < n_blocks; ++block) {
        const std::int64_t dimension = read_dimension(cursor);
        const std::int64_t entity = cursor.read_integer("the tag of an entity");
        const GmshElementType type =
            checked_element_type(cursor, cursor.read_integer("the type of elements"));
        if (type.dimension != dimension) {
            cursor.fail(fmt::format("elements of dimension {} belong to an entity of dimension {}",
                                    type.dimension, dimension));
        }
        const std::int64_t n = cursor.read_size("the number of elements of a block");
        check_block(cursor, n, n_left, "elements");
        n_left -= n;
        if (type.number != four_node_tetrahedron) {
            cursor.skip_sizes(n * (1 + type.n_nodes), "an element");
            continue;
        }
        GmshTetrahedron tetrahedron;
        tetrahedron.entity = entity;
        tetrahedron.physical = physical_of(volumes, entity);
        for (std::int64_t i = 0; i < n; ++i) {
            tetrahedron.number = cursor.read_size("the number of a tetrahedron");
            for (std::int64_t& node : tetrahedron.nodes) node = cursor.read_size("a node of a tetrahedron");
            builder.add_tetrahedron(tetrahedron);
        }
    }
    check_all_read(cursor, n_left, "elements");
    builder.finish_elements();
}

} // namespace corticoil::io::detail
