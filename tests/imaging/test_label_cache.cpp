#include "imaging/label_cache.h"

#include "core/tissue.h"
#include "imaging/nifti.h"

#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

namespace corticoil::imaging {
namespace {

namespace fs = std::filesystem;

class LabelCache : public ::testing::Test {
  protected:
    void SetUp() override {
        const auto* const test = ::testing::UnitTest::GetInstance()->current_test_info();
        folder = fs::path(::testing::TempDir()) / ("label_cache_" + std::string(test->name()));
        fs::remove_all(folder);
        file = folder / "key" / "labels.nii.gz";
        grid = ScalarImage({7, 6, 5}, Eigen::Affine3d(Eigen::Scaling(1e-3)));
    }
    void TearDown() override { fs::remove_all(folder); }

    [[nodiscard]] LabelImage get() {
        return kept_or_made(file, grid, [this] {
            ++n_made;
            LabelImage labels(grid.size, grid.head_from_voxel, tissue::bone);
            labels.at(3, 2, 1) = tissue::white_matter;
            return labels;
        });
    }
    [[nodiscard]] std::size_t n_files() const {
        std::size_t n = 0;
        for (const auto& entry : fs::recursive_directory_iterator(folder))
            n += entry.is_regular_file() ? 1 : 0;
        return n;
    }

    fs::path folder;
    fs::path file;
    ScalarImage grid;
    std::atomic<int> n_made{0};
};

TEST_F(LabelCache, MakesOnceAndReadsAfterwards) {
    const LabelImage made = get();
    const LabelImage read = get();
    EXPECT_EQ(n_made, 1);
    EXPECT_EQ(read.voxels, made.voxels);
    EXPECT_EQ(n_files(), 1U) << "nothing unfinished stays behind";
}

TEST_F(LabelCache, KeptLabelsLieWhereFreshOnesDo) {
    grid.head_from_voxel.translation() = Eigen::Vector3d(0.1, 1.0 / 3, -0.0723); // No floats.
    (void)get();
    EXPECT_EQ(get().head_from_voxel.matrix(), grid.head_from_voxel.matrix());
    EXPECT_EQ(n_made, 1);
}

TEST_F(LabelCache, ReplacesWhatIsBroken) {
    const LabelImage made = get();
    fs::resize_file(file, fs::file_size(file) / 2);
    EXPECT_EQ(get().voxels, made.voxels);
    EXPECT_EQ(n_made, 2);
    std::ofstream(file) << "no image";
    EXPECT_EQ(get().voxels, made.voxels);
    EXPECT_EQ(n_made, 3);
    EXPECT_EQ(get().voxels, made.voxels);
    EXPECT_EQ(n_made, 3) << "the broken file was replaced";
}

TEST_F(LabelCache, ReplacesWhatLiesOnOtherVoxels) {
    const LabelImage made = get();
    write_nifti(file, LabelImage({7, 6, 4}, grid.head_from_voxel, tissue::csf));
    EXPECT_EQ(get().voxels, made.voxels);
    write_nifti(file,
                LabelImage(grid.size, Eigen::Translation3d(1e-3, 0, 0) * grid.head_from_voxel, tissue::csf));
    EXPECT_EQ(get().voxels, made.voxels);
    EXPECT_EQ(n_made, 3);
}

TEST_F(LabelCache, FirstUsesAtTheSameTimeAgree) {
    std::vector<LabelImage> results(6);
    std::vector<std::thread> threads;
    for (LabelImage& result : results) threads.emplace_back([&] { result = get(); });
    for (std::thread& thread : threads) thread.join();
    for (const LabelImage& result : results) EXPECT_EQ(result.voxels, results.front().voxels);
    EXPECT_EQ(n_files(), 1U);
    const int n_before = n_made;
    (void)get();
    EXPECT_EQ(n_made, n_before);
}

TEST_F(LabelCache, WithoutAPlaceToKeepThemTheyAreMadeEachTime) {
    fs::create_directories(folder);
    std::ofstream(folder / "key") << "a file where the folder should be";
    EXPECT_EQ(get().at(3, 2, 1), tissue::white_matter);
    EXPECT_EQ(get().at(3, 2, 1), tissue::white_matter);
    EXPECT_EQ(n_made, 2);
}

} // namespace
} // namespace corticoil::imaging
