#include "core/error.h"
#include "gmsh_samples.h"
#include "io/gmsh.h"
#include "memory_limit.h"
#include "support/temporary_folder.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <random>

namespace corticoil::io {
namespace {

/// Reads `bytes`: true if that gave a valid mesh, false if it threw Error; anything else fails the test.
bool is_read(const test::TemporaryFolder& folder, const std::string& bytes) {
    // A new file each time: file systems are slow to overwrite one.
    std::filesystem::remove(folder / "head.msh");
    test::write_bytes(folder / "head.msh", bytes);
    try {
        const TetMesh mesh = read_gmsh(folder / "head.msh");
        EXPECT_GT(tetrahedron_volumes(mesh).minCoeff(), 0);
        EXPECT_LT(mesh.tetrahedra.maxCoeff(), mesh.n_nodes());
        return true;
    } catch (const Error& error) {
        EXPECT_NE(std::string(error.what()).find("head.msh: "), std::string::npos);
        return false;
    }
}

TEST(GmshDamage, FilesCutOffAnywhereAreRefused) {
    const test::TemporaryFolder folder;
    const test::MemoryLimit limit(64 * test::mebibyte);
    for (const test::GmshSample& sample : test::gmsh_samples()) {
        SCOPED_TRACE(sample.name);
        const std::size_t mesh_end = sample.bytes.find("$EndElements") + std::string("$EndElements").size();
        for (std::size_t size = 0; size < sample.bytes.size(); ++size) {
            const bool read = is_read(folder, sample.bytes.substr(0, size));
            ASSERT_FALSE(read && size < mesh_end) << "cut off after " << size << " bytes";
        }
    }
}

TEST(GmshDamage, ChangedBytesAreReadOrRefused) {
    const test::TemporaryFolder folder;
    const test::MemoryLimit limit(64 * test::mebibyte);
    std::mt19937 generator(20);
    for (const test::GmshSample& sample : test::gmsh_samples()) {
        SCOPED_TRACE(sample.name);
        std::uniform_int_distribution<std::size_t> position(0, sample.bytes.size() - 1);
        std::uniform_int_distribution<int> byte(0, 255);
        std::uniform_int_distribution<int> count(1, 4);
        constexpr int n_trials = 3000;
        for (int trial = 0; trial < n_trials; ++trial) {
            std::string bytes = sample.bytes;
            for (int i = count(generator); i > 0; --i) {
                // Often a byte that means something: a digit, a sign, or a high bit of a count.
                constexpr std::string_view telling = "0123456789-.eE$ \n\x7f\xff";
                const int value = byte(generator);
                bytes[position(generator)] = trial % 2 == 0
                                                 ? static_cast<char>(value)
                                                 : telling[static_cast<std::size_t>(value) % telling.size()];
            }
            (void)is_read(folder, bytes);
        }
    }
}

TEST(GmshDamage, HugeCountsTakeNoMemory) {
    const test::TemporaryFolder folder;
    const test::MemoryLimit limit(64 * test::mebibyte);
    for (const test::GmshSample& sample : test::gmsh_samples()) {
        SCOPED_TRACE(sample.name);
        for (std::size_t position = 0; position + 8 < sample.bytes.size(); ++position) {
            for (const char* const count :
                 {"99999999", "\xff\xff\xff\x7f", "\xff\xff\xff\xff\xff\xff\xff\x7f"}) {
                std::string bytes = sample.bytes;
                bytes.replace(position, std::string_view(count).size(), count);
                (void)is_read(folder, bytes);
            }
        }
    }
}

} // namespace
} // namespace corticoil::io
