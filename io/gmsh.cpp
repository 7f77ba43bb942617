#include "io/gmsh.h"

#include "core/error.h"
#include "io/gmsh_formats.h"
#include "io/whole_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace corticoil::io {

namespace detail {

namespace {
constexpr std::array<GmshElementType, 33> element_types{{
    {1, 1, 2},   {2, 2, 3},   {3, 2, 4},   {4, 3, 4},   {5, 3, 8},    {6, 3, 6},   {7, 3, 5},
    {8, 1, 3},   {9, 2, 6},   {10, 2, 9},  {11, 3, 10}, {12, 3, 27},  {13, 3, 18}, {14, 3, 14},
    {15, 0, 1},  {16, 2, 8},  {17, 3, 20}, {18, 3, 15}, {19, 3, 13},  {20, 2, 9},  {21, 2, 10},
    {22, 2, 12}, {23, 2, 15}, {24, 2, 15}, {25, 2, 21}, {26, 1, 4},   {27, 1, 5},  {28, 1, 6},
    {29, 3, 20}, {30, 3, 35}, {31, 3, 56}, {92, 3, 64}, {93, 3, 125},
}};
} // namespace

GmshElementType checked_element_type(const GmshCursor& cursor, std::int64_t number) {
    const auto* const found =
        std::find_if(element_types.begin(), element_types.end(),
                     [&](const GmshElementType& type) { return type.number == number; });
    if (found == element_types.end()) {
        cursor.fail(fmt::format("an element has the type {}, which does not exist in Gmsh files", number));
    }
    if (found->dimension == 3 && found->number != four_node_tetrahedron) {
        cursor.fail(fmt::format(
            "a volume element has the type {} with {} nodes; only tetrahedra with four nodes (type "
            "4) are read: mesh without hexahedra, prisms and second order",
            number, found->n_nodes));
    }
    return *found;
}

} // namespace detail

namespace {

using detail::GmshBuilder;
using detail::GmshCursor;
using detail::GmshEncoding;

/// 16 GiB: a head of 300 million tetrahedra, beyond what anybody computes with.
constexpr std::uintmax_t most_file_bytes = std::uintmax_t{16} << 30;

enum class Version { two, four_one };

/// A binary file's first number is 1 in the byte order of the machine that wrote it.
GmshEncoding read_byte_order(GmshCursor& cursor) {
    constexpr std::int64_t swapped_one = 0x01000000;
    cursor.finish_line();
    cursor.set_encoding(GmshEncoding::binary);
    const std::int64_t one = cursor.read_integer("the byte order mark");
    if (one == 1) return GmshEncoding::binary;
    if (one == swapped_one) return GmshEncoding::binary_swapped;
    cursor.fail(fmt::format("the byte order mark is {}, not 1; the file is damaged", one));
}

Version read_format(GmshCursor& cursor) {
    const double number = cursor.read_text_real("the format's version");
    const bool is_two = number >= 2 && number < 3;
    constexpr double four_one = 4.1;
    if (!is_two && number != four_one) {
        cursor.fail(fmt::format(
            "format {} is not read, only 2.2 and 4.1; convert with: gmsh FILE -save -format msh41", number));
    }
    const std::int64_t file_type = cursor.read_text_integer("the file type");
    if (file_type != 0 && file_type != 1) {
        cursor.fail(fmt::format("the file type is {}; 0 (text) and 1 (binary) exist", file_type));
    }
    const std::int64_t data_size = cursor.read_text_integer("the size of numbers");
    if (file_type == 1) {
        if (data_size != 8) cursor.fail(fmt::format("numbers take {} bytes; only 8 are read", data_size));
        cursor.set_encoding(read_byte_order(cursor));
    }
    cursor.leave_section();
    return is_two ? Version::two : Version::four_one;
}

void refuse_wrong_order(const GmshCursor& cursor, const GmshBuilder& builder, bool is_elements) {
    if (is_elements && !builder.has_nodes()) cursor.fail("comes before $Nodes, which it refers to");
    if (is_elements ? builder.has_elements() : builder.has_nodes())
        cursor.fail("occurs twice; keep one mesh per file");
}

void read_sections(GmshCursor& cursor, Version version, GmshBuilder& builder) {
    std::vector<detail::GmshVolume> volumes;
    while (cursor.skip_white_space()) {
        const std::string section = cursor.enter_section();
        const bool is_elements = section == "Elements";
        if (is_elements || section == "Nodes") refuse_wrong_order(cursor, builder, is_elements);
        if (section == "Nodes" && version == Version::two) {
            detail::read_nodes_2(cursor, builder);
        } else if (section == "Nodes") {
            if (cursor.encoding() != GmshEncoding::text) cursor.finish_line();
            detail::read_nodes_4(cursor, builder);
        } else if (is_elements && version == Version::two) {
            detail::read_elements_2(cursor, builder);
        } else if (is_elements) {
            if (cursor.encoding() != GmshEncoding::text) cursor.finish_line();
            detail::read_elements_4(cursor, volumes, builder);
        } else if (section == "Entities" && version == Version::four_one) {
            if (cursor.encoding() != GmshEncoding::text) cursor.finish_line();
            volumes = detail::read_entities_4(cursor);
        } else {
            cursor.skip_section();
            continue;
        }
        cursor.leave_section();
    }
}

} // namespace

GmshMesh read_gmsh_with_report(const std::filesystem::path& path) {
    const std::string bytes = read_whole_file(path, most_file_bytes);
    GmshCursor cursor(path.string(), bytes);
    while (true) {
        if (!cursor.skip_white_space()) cursor.fail("has no $MeshFormat; is this a Gmsh file?");
        const std::string section = cursor.enter_section();
        if (section == "NOD")
            cursor.fail("format 1 is not read; convert with: gmsh FILE -save -format msh41");
        if (section == "MeshFormat") break;
        cursor.skip_section();
    }
    const Version version = read_format(cursor);
    GmshBuilder builder(cursor);
    read_sections(cursor, version, builder);
    return builder.build();
}

TetMesh read_gmsh(const std::filesystem::path& path) {
    return read_gmsh_with_report(path).mesh;
}

} // namespace corticoil::io
