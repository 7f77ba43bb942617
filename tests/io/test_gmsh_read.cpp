#include "gmsh_samples.h"
#include "io/gmsh.h"
#include "support/check_data.h"
#include "support/error_of.h"
#include "support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace corticoil::io {
namespace {

using test::error_of;
using test::gmsh_sample_2_text;
using test::gmsh_sample_4_text;
using test::with_replaced;
using ::testing::AllOf;
using ::testing::HasSubstr;

std::string error_of_content(const std::string& content) {
    const test::TemporaryFolder folder;
    test::write_bytes(folder / "head.msh", content);
    return error_of([&] { (void)read_gmsh(folder / "head.msh"); });
}

TEST(GmshRead, EveryEncodingGivesTheSameMesh) {
    const TetMesh expected = test::gmsh_sample_mesh();
    const test::TemporaryFolder folder;
    for (const test::GmshSample& sample : test::gmsh_samples()) {
        SCOPED_TRACE(sample.name);
        test::write_bytes(folder / "head.msh", sample.bytes);
        const GmshMesh read = read_gmsh_with_report(folder / "head.msh");
        EXPECT_EQ(read.mesh.nodes, expected.nodes);
        EXPECT_EQ(read.mesh.labels, expected.labels);
        EXPECT_EQ(read.mesh.tetrahedra, expected.tetrahedra);
        EXPECT_GT(tetrahedron_volumes(read.mesh).minCoeff(), 0);
        EXPECT_EQ(read.n_unused_nodes, 1);
        EXPECT_EQ(read.n_reoriented, 1);
        EXPECT_FALSE(read.labels_are_entities);
    }
}

TEST(GmshRead, WindowsLineEndsAndMissingLastLineEndAreRead) {
    std::string content = gmsh_sample_2_text();
    content.pop_back();
    std::string with_returns;
    for (const char c : content) with_returns += c == '\n' ? std::string("\r\n") : std::string(1, c);
    EXPECT_EQ(error_of_content(with_returns), "no error");
}

TEST(GmshRead, EntityTagsServeWhereNoPhysicalTagExists) {
    const test::TemporaryFolder folder;
    std::string content = with_replaced(gmsh_sample_2_text(), "2 4 2 2 7", "2 4 2 0 7");
    EXPECT_THAT(error_of_content(content),
                HasSubstr("1 of 2 tetrahedra have no physical tag, the first is number 2 in "
                          "entity 7"));
    content = with_replaced(content, "9 4 3 5 8", "9 4 3 0 8");
    test::write_bytes(folder / "head.msh", content);
    const GmshMesh read = read_gmsh_with_report(folder / "head.msh");
    EXPECT_TRUE(read.labels_are_entities);
    EXPECT_THAT(read.mesh.labels, ::testing::ElementsAre(7, 8));

    content = with_replaced(gmsh_sample_4_text(), "100 100 100 1 2 1 5", "100 100 100 0 1 5");
    EXPECT_THAT(error_of_content(content), HasSubstr("put every volume into a physical group"));
    content = with_replaced(content, "8 0 0 0 100 100 100 1 5 0", "8 0 0 0 100 100 100 0 0");
    test::write_bytes(folder / "head.msh", content);
    EXPECT_THAT(read_gmsh(folder / "head.msh").labels, ::testing::ElementsAre(7, 8));
}

TEST(GmshRead, DamageInFormat2IsNamedWithItsPlace) {
    const std::string good = gmsh_sample_2_text();
    const auto error_with = [&](const std::string& from, const std::string& to) {
        return error_of_content(with_replaced(good, from, to));
    };
    EXPECT_THAT(error_with("11 100 0 0", "11 nan 0 0"), AllOf(HasSubstr("head.msh: $Nodes, line 10: "),
                                                              HasSubstr("x of a node"), HasSubstr("'nan'")));
    EXPECT_THAT(error_with("12 0 1e2 0", "12 0 1e999 0"), HasSubstr("finite number, found '1e999'"));
    EXPECT_THAT(error_with("12 0 1e2 0", "12 0 1e8 0"), HasSubstr("more than 1 km away"));
    EXPECT_THAT(error_with("12 0 1e2 0", "11 0 1e2 0"), HasSubstr("the node number 11 occurs twice"));
    EXPECT_THAT(error_with("12 0 1e2 0", "-12 0 1e2 0"), HasSubstr("node has the number -12"));
    EXPECT_THAT(error_with("Nodes\n6", "Nodes\n2000000000"),
                AllOf(HasSubstr("$Nodes, line 8"), HasSubstr("number of nodes is 2000000000")));
    EXPECT_THAT(error_with("Nodes\n6", "Nodes\n-6"), HasSubstr("number of nodes is -6"));
    EXPECT_THAT(error_with("Nodes\n6", "Nodes\n5"), HasSubstr("expected $EndNodes, found '60"));
    EXPECT_THAT(error_with("Nodes\n6", "Nodes\n7"), HasSubstr("found '$EndNodes'"));
    EXPECT_THAT(error_with("10 11 12 40\n9", "10 11 12 41\n9"),
                AllOf(HasSubstr("$Elements, line 19"),
                      HasSubstr("tetrahedron 2 uses node 41, which does not exist")));
    EXPECT_THAT(error_with("10 11 12 40\n9", "10 11 12 12\n9"),
                HasSubstr("tetrahedron 2 (at 0 0 0 mm) has no volume"));
    EXPECT_THAT(error_with("11 12 60 40", "10 11 12 40"),
                HasSubstr("tetrahedra 2 and 9 have the same four corners"));
    EXPECT_THAT(error_with("2 4 2 2 7", "2 4 2 70000 7"), HasSubstr("physical tag 70000"));
    EXPECT_THAT(error_with("2 4 2 2 7", "2 4 2 -2 7"), HasSubstr("the tag -2"));
    EXPECT_THAT(error_with("2 4 2 2 7", "2 4 999999999 2 7"),
                HasSubstr("number of tags of an element is 999999999"));
    EXPECT_THAT(error_with("2 4 2 2 7", "2 5 2 2 7"),
                HasSubstr("type 5 with 8 nodes; only tetrahedra with four"));
    EXPECT_THAT(error_with("2 4 2 2 7", "2 11 2 2 7"), HasSubstr("type 11 with 10 nodes"));
    EXPECT_THAT(error_with("2 4 2 2 7", "2 77 2 2 7"), HasSubstr("type 77, which does not exist"));
    EXPECT_THAT(error_with("$EndNodeData", ""), HasSubstr("there is no $EndNodeData"));
    EXPECT_THAT(error_with("$NodeData", "$Elements\n0\n$EndElements\n$NodeData"), HasSubstr("occurs twice"));
}

TEST(GmshRead, DamageInFormat4IsNamed) {
    const std::string good = gmsh_sample_4_text();
    const auto error_with = [&](const std::string& from, const std::string& to) {
        return error_of_content(with_replaced(good, from, to));
    };
    EXPECT_THAT(error_with("100 100 100 1 2 1 5", "100 100 100 2 2 3 1 5"),
                HasSubstr("the volume 7 is in 2 physical groups"));
    EXPECT_THAT(error_with("8 0 0 0 100 100 100 1 5 0", "7 0 0 0 100 100 100 1 5 0"),
                HasSubstr("volume 7 is listed twice"));
    EXPECT_THAT(error_with("Entities\n1 0 1 2", "Entities\n1 0 1 999999999"),
                HasSubstr("number of entities is 999999999"));
    EXPECT_THAT(error_with("2 6 10 60", "2 7 10 60"), HasSubstr("the blocks have 1 nodes less"));
    EXPECT_THAT(error_with("2 6 10 60", "2 5 10 60"), HasSubstr("a block has 3 nodes where 2 are left"));
    EXPECT_THAT(error_with("3 3 1 9", "3 2 1 9"), HasSubstr("a block has 1 elements where 0 are left"));
    EXPECT_THAT(error_with("3 8 4 1", "2 8 4 1"),
                HasSubstr("elements of dimension 3 belong to an entity of dimension 2"));
    EXPECT_THAT(error_with("3 8 4 1", "3 99 4 1"), HasSubstr("1 of 2 tetrahedra have no physical tag"));
    EXPECT_THAT(error_with("4.1 0 8", "4 0 8"), HasSubstr("format 4 is not read, only 2.2 and 4.1"));
    EXPECT_THAT(error_with("4.1 0 8", "4.1 2 8"), HasSubstr("file type is 2"));
}

TEST(GmshRead, BinaryDamageIsNamedWithItsByte) {
    const std::string good = test::gmsh_samples()[4].bytes;
    EXPECT_THAT(error_of_content(with_replaced(good, "4.1 1 8", "4.1 1 4")),
                HasSubstr("numbers take 4 bytes"));
    EXPECT_THAT(error_of_content(good.substr(0, good.find("$EndNodes") - 30)), HasSubstr("$Nodes, byte "));
}

TEST(GmshRead, OtherFilesAreRefused) {
    EXPECT_THAT(error_of_content(""), HasSubstr("has no $MeshFormat"));
    EXPECT_THAT(error_of_content("solid skull\n"),
                HasSubstr("expected a section such as $Nodes, found 'solid'"));
    EXPECT_THAT(error_of_content("$NOD\n0\n$ENDNOD\n"), HasSubstr("format 1 is not read"));
    EXPECT_THAT(error_of_content("$MeshFormat\n2.2 0 8\n$EndMeshFormat\n"), HasSubstr("has no $Elements"));
    const test::TemporaryFolder folder;
    EXPECT_THAT(error_of([&] { (void)read_gmsh(folder / "none.msh"); }),
                HasSubstr("none.msh: file does not exist"));
    EXPECT_THAT(error_of([&] { (void)read_gmsh(folder.path()); }), HasSubstr("is not a regular file"));
}

TEST(GmshRead, PublishedSpheresAreTheSameInThreeFormats) {
    CORTICOIL_CHECK_DATA_OR_SKIP(folder, "meshes");
    const TetMesh expected = read_gmsh(folder / "sphere3.msh");
    EXPECT_EQ(expected.n_nodes(), 4556);
    const std::map<int, double> volumes = volumes_by_label(expected);
    ASSERT_EQ(volumes.size(), 3U);
    // Balls of 85, 90 and 95 mm; flat facets of this size lose up to 1.5 % of a ball's volume.
    const auto ball = [](double radius) { return 4.0 / 3.0 * 3.14159265358979 * radius * radius * radius; };
    EXPECT_NEAR(volumes.at(3) / ball(0.085), 1, 0.015);
    EXPECT_NEAR((volumes.at(3) + volumes.at(4)) / ball(0.090), 1, 0.015);
    EXPECT_NEAR((volumes.at(3) + volumes.at(4) + volumes.at(5)) / ball(0.095), 1, 0.015);
    for (const char* const name : {"sphere3_v4_1_ascii.msh", "sphere3_v4_1_binary.msh"}) {
        SCOPED_TRACE(name);
        const TetMesh mesh = read_gmsh(folder / name);
        EXPECT_EQ(mesh.nodes, expected.nodes);
        EXPECT_EQ(mesh.tetrahedra, expected.tetrahedra);
        EXPECT_EQ(mesh.labels, expected.labels);
    }
}

} // namespace
} // namespace corticoil::io
