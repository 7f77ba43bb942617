#include "coils/stl_file.h"

#include "support/check_data.h"
#include "support/error_of.h"
#include "support/temporary_folder.h"

#include <Eigen/Geometry>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <limits>

namespace corticoil::coils {
namespace {

using test::error_of;
using ::testing::HasSubstr;

/// A tetrahedron with corners at 0 and 10 mm along the axes, seen from outside counter-clockwise.
SurfaceMesh tetrahedron() {
    SurfaceMesh mesh;
    mesh.nodes.resize(3, 4);
    mesh.nodes << 0, 0.01, 0, 0, 0, 0, 0.01, 0, 0, 0, 0, 0.01;
    mesh.triangles.resize(3, 4);
    mesh.triangles << 0, 0, 0, 1, 2, 1, 3, 2, 1, 3, 2, 3;
    return mesh;
}

std::string binary_tetrahedron() {
    const test::TemporaryFolder folder;
    write_stl(folder / "t.stl", tetrahedron());
    return test::read_bytes(folder / "t.stl");
}

double volume(const SurfaceMesh& mesh) {
    double sum = 0;
    const VectorField areas = area_vectors(mesh);
    for (int t = 0; t < mesh.n_triangles(); ++t)
        sum += areas.col(t).dot(mesh.nodes.col(mesh.triangles(0, t))) / 3;
    return sum;
}

TEST(StlFile, BinaryRoundTripWeldsAndKeepsOrientation) {
    const std::string bytes = binary_tetrahedron();
    EXPECT_EQ(bytes.size(), 84U + 4 * 50U);
    const SurfaceMesh mesh = parse_stl(bytes, "t.stl");
    EXPECT_EQ(mesh.n_nodes(), 4);
    EXPECT_EQ(mesh.n_triangles(), 4);
    constexpr double expected = 1e-6 / 6;
    EXPECT_NEAR(volume(mesh), expected, 1e-12 * expected);
    const test::TemporaryFolder folder;
    write_stl(folder / "again.stl", mesh);
    EXPECT_EQ(test::read_bytes(folder / "again.stl"), bytes);
}

TEST(StlFile, ABinaryFileThatBeginsLikeTextIsBinary) {
    std::string bytes = binary_tetrahedron();
    std::memcpy(bytes.data(), "solid casing", 12);
    EXPECT_EQ(parse_stl(bytes, "t.stl").n_triangles(), 4);
}

TEST(StlFile, ReadsText) {
    const std::string text = "solid casing\n facet normal 0 0 1\n  outer loop\n   vertex 0 0 0\n"
                             "   vertex 10 0 0\n   vertex 0 1e1 -0\n  endloop\n endfacet\n"
                             " facet normal 0 0 1\n  outer loop\n   vertex 10 0 0\n"
                             "   vertex 10 10 0\n   vertex 0 10 0\n  endloop\n endfacet\nendsolid casing\n";
    const SurfaceMesh mesh = parse_stl(text, "t.stl");
    EXPECT_EQ(mesh.n_nodes(), 4) << "0 and -0 are the same place";
    ASSERT_EQ(mesh.n_triangles(), 2);
    EXPECT_TRUE(area_vectors(mesh).rowwise().sum().isApprox(Vector3(0, 0, 1e-4)));
    EXPECT_THAT(error_of([&] { (void)parse_stl(text.substr(0, text.size() - 20), "t.stl"); }),
                HasSubstr("ends in the middle"));
    EXPECT_THAT(error_of([&] { (void)parse_stl(text.substr(0, 80) + "endfacet\n", "t.stl"); }),
                HasSubstr("not a triangle"));
    EXPECT_THAT(error_of([] { (void)parse_stl("solid\nvertex 0 0\nendsolid", "t.stl"); }),
                HasSubstr("line 2: 'vertex 0 0' is not a corner"));
}

TEST(StlFile, LeavesOutTrianglesWithoutArea) {
    std::string bytes = binary_tetrahedron();
    std::memcpy(bytes.data() + 84 + 12, bytes.data() + 84 + 24, 12); // The first corner on the second.
    EXPECT_EQ(parse_stl(bytes, "t.stl").n_triangles(), 3);
}

TEST(StlFile, HostileFilesAreRefused) {
    const auto message = [](const std::string& bytes) {
        return error_of([&] { (void)parse_stl(bytes, "bad.stl"); });
    };
    EXPECT_THAT(message(""), HasSubstr("bad.stl: is no STL file"));
    EXPECT_THAT(message("solid\nendsolid\n"), HasSubstr("holds no triangles"));
    EXPECT_THAT(message(std::string(84, '\0')), HasSubstr("holds no triangles"));
    std::string many = binary_tetrahedron();
    const std::uint32_t claimed = 1000000000;
    std::memcpy(many.data() + 80, &claimed, 4);
    EXPECT_THAT(message(many), HasSubstr("announces 1000000000 triangles"));
    EXPECT_THAT(message(binary_tetrahedron().substr(0, 200)), HasSubstr("announces 4 triangles"));
    for (const float bad :
         {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(), 1e9F}) {
        std::string damaged = binary_tetrahedron();
        std::memcpy(damaged.data() + 84 + 50 + 28, &bad, 4);
        EXPECT_THAT(message(damaged), HasSubstr("corner 1 of triangle 1 is at"));
    }
}

TEST(StlFile, PublishedCasingsAreClosed) {
    CORTICOIL_CHECK_DATA_OR_SKIP(path, "coils/MagStim_D70.stl");
    const SurfaceMesh casing = read_stl(path);
    const VectorField areas = area_vectors(casing);
    EXPECT_LT(areas.rowwise().sum().norm(), 1e-6 * areas.colwise().norm().sum());
    EXPECT_GT(volume(casing), 1e-4) << "outside is outside: 0.1 l at least";
    EXPECT_NEAR(casing.nodes.row(2).maxCoeff(), -0.001, 1e-4) << "head-side face 1 mm behind the origin";
}

} // namespace
} // namespace corticoil::coils
