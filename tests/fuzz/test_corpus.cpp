#include "memory_bound.h"
#include "reader_checks.h"

#include "support/temporary_folder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <vector>

namespace corticoil::fuzz {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> files_in(const fs::path& folder) {
    std::vector<fs::path> files;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder)) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

TEST(FuzzCorpus, EveryFileIsReadOrRefusedWithinTheMemoryBound) {
    for (const ReaderCheck& reader : reader_checks()) {
        const std::vector<fs::path> files = files_in(fs::path(CORTICOIL_FUZZ_CORPUS) / reader.name);
        EXPECT_GE(files.size(), 5U) << reader.name;
        for (const fs::path& file : files) {
            const std::string bytes = test::read_bytes(file);
            EXPECT_NO_THROW(within_memory_bound(bytes.size(), [&] { reader.check(bytes); })) << file;
        }
    }
}

TEST(FuzzCorpus, DenseFilesStayWithinTheMemoryBound) {
    // As many numbers for their bytes as the formats allow, and so many that the bound's constant part does
    // not hide its factor.
    constexpr int n = 300000;
    std::string ccd = std::to_string(n) + "\n";
    std::string stl = "solid\n";
    std::string tsv = "#Time\ta\n";
    for (int i = 0; i < n; ++i) {
        ccd += "0 0 0 0 0 1\n";
        stl += "vertex " + std::to_string(i % 1000) + " 0 0\nvertex 0 " + std::to_string(i / 1000) +
               " 1\nvertex 0 0 0\n";
        tsv += std::to_string(i) + "\t1\n";
    }
    within_memory_bound(ccd.size(), [&] { check_ccd(ccd); });
    within_memory_bound(stl.size(), [&] { check_stl(stl + "endsolid\n"); });
    within_memory_bound(tsv.size(), [&] { check_tsv(tsv); });
}

TEST(FuzzCorpus, EveryCheckCanFail) {
    // A reader that takes more than the bound is found where memory is watched.
    if (!watches_memory()) return;
    const auto greedy = [] {
        constexpr std::size_t too_much = std::size_t{65} << 20U;
        std::vector<char> bytes(too_much, 'x');
        volatile const char* kept = bytes.data();
        (void)kept[too_much / 2];
    };
    EXPECT_THROW(within_memory_bound(1, greedy), std::logic_error);
    constexpr std::size_t large_input = std::size_t{1} << 20U;
    EXPECT_NO_THROW(within_memory_bound(large_input, greedy));
}

} // namespace
} // namespace corticoil::fuzz
