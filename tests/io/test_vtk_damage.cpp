#include "core/error.h"
#include "gmsh_samples.h"
#include "io/vtk_files.h"
#include "memory_limit.h"
#include "support/box_mesh.h"
#include "support/error_of.h"
#include "support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <random>

namespace corticoil::io {
namespace {

using test::with_replaced;
using ::testing::HasSubstr;

std::string good_surface() {
    const test::TemporaryFolder folder;
    const TetMesh mesh =
        test::box_mesh(Vector3(0, 0, 0), Vector3(1, 1, 1), {1, 1, 1}, [](const Vector3&) { return 2; });
    const SurfaceMesh surface = outer_boundary(mesh).surface;
    write_vtp(folder / "a.vtp", surface, {{"magnE", surface.nodes.row(0)}}, "text");
    return test::read_bytes(folder / "a.vtp");
}

/// The message for `bytes` as a file, or "no error".
std::string error_of_content(const test::TemporaryFolder& folder, const std::string& bytes) {
    // A new file each time: file systems are slow to overwrite one.
    std::filesystem::remove(folder / "a.vtp");
    test::write_bytes(folder / "a.vtp", bytes);
    return test::error_of([&] {
        const SurfaceWithFields read = read_vtp(folder / "a.vtp");
        EXPECT_LT(read.surface.triangles.maxCoeff(), read.surface.n_nodes());
        EXPECT_GE(read.surface.triangles.minCoeff(), 0);
        EXPECT_TRUE(read.surface.nodes.allFinite());
    });
}

TEST(VtkDamage, FilesCutOffInTheirDataAreRefused) {
    const test::TemporaryFolder folder;
    const std::string good = good_surface();
    const std::size_t data_end = good.find("</AppendedData>");
    const test::MemoryLimit limit(64 * test::mebibyte);
    for (std::size_t size = 0; size < good.size(); ++size) {
        const std::string error = error_of_content(folder, good.substr(0, size));
        // The last bytes before the end may be a line end or an array that is not read.
        ASSERT_FALSE(error == "no error" && size + 64 < data_end) << "cut off after " << size << " bytes";
    }
}

TEST(VtkDamage, ChangedBytesAreReadOrRefused) {
    const test::TemporaryFolder folder;
    const std::string good = good_surface();
    const test::MemoryLimit limit(64 * test::mebibyte);
    std::mt19937 generator(5);
    std::uniform_int_distribution<std::size_t> position(0, good.size() - 1);
    std::uniform_int_distribution<int> byte(0, 255);
    for (int trial = 0; trial < 6000; ++trial) {
        std::string bytes = good;
        for (int i = 0; i <= trial % 3; ++i) bytes[position(generator)] = static_cast<char>(byte(generator));
        (void)error_of_content(folder, bytes);
    }
}

TEST(VtkDamage, HostileNumbersAreNamed) {
    const test::TemporaryFolder folder;
    const std::string good = good_surface();
    const test::MemoryLimit limit(64 * test::mebibyte);
    const auto error_with = [&](const std::string& from, const std::string& to) {
        return error_of_content(folder, with_replaced(good, from, to));
    };
    ASSERT_EQ(error_of_content(folder, good), "no error");
    EXPECT_THAT(error_with("NumberOfPoints=\"8\"", "NumberOfPoints=\"99999999999\""),
                HasSubstr("NumberOfPoints is '99999999999', which a file of"));
    EXPECT_THAT(error_with("NumberOfPoints=\"8\"", "NumberOfPoints=\"-8\""), HasSubstr("it is damaged"));
    EXPECT_THAT(error_with("NumberOfPoints=\"8\"", "NumberOfPoints=\"7\""),
                HasSubstr("where 84 bytes are expected"));
    EXPECT_THAT(error_with("NumberOfPolys=\"12\"", "NumberOfPolys=\"11\""),
                HasSubstr("array offsets has 1 blocks"));
    EXPECT_THAT(error_with("NumberOfPolys=\"12\"", "NumberOfPolys=\"0\""), HasSubstr("holds no triangles"));
    EXPECT_THAT(error_with("NumberOfStrips=\"0\"", "NumberOfStrips=\"1\""), HasSubstr("triangle strips"));
    EXPECT_THAT(error_with("LittleEndian", "BigEndian"), HasSubstr("not little endian"));
    EXPECT_THAT(error_with("<PolyData>", "<PolyData"), HasSubstr("header is damaged"));
    // The number of blocks of the array of points: 2⁵⁶ and more.
    const std::size_t offset =
        good.find("offset=\"", good.find("<Points>")) + std::string("offset=\"").size();
    std::string bytes = good;
    bytes[good.find('_', good.find("<AppendedData")) + 8 + std::stoul(good.substr(offset))] = 1;
    EXPECT_THAT(error_of_content(folder, bytes), HasSubstr("array Points is cut off"));
}

} // namespace
} // namespace corticoil::io
