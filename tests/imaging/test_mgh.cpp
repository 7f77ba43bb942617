#include "imaging/mgh.h"

#include "support/error_of.h"
#include "support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <fstream>
#include <limits>

namespace corticoil::imaging {
namespace {

using corticoil::test::error_of;
using ::testing::HasSubstr;

/// An MGH file as the format's description has it, and what tests change in it.
struct MghBytes {
    std::string bytes = std::string(284, '\0');

    template <typename Number>
    void put(std::size_t offset, Number value) {
        auto raw = std::bit_cast<std::array<char, sizeof(Number)>>(value);
        std::reverse(raw.begin(), raw.end());
        if (bytes.size() < offset + sizeof(Number)) bytes.resize(offset + sizeof(Number));
        std::copy(raw.begin(), raw.end(), bytes.begin() + static_cast<std::ptrdiff_t>(offset));
    }
};

/// 4×6×8 16-bit voxels of 1×2×3 mm in FreeSurfer's usual axes (left, down, front); voxel n holds n − 3.
MghBytes sample() {
    MghBytes file;
    file.put<std::int32_t>(0, 1);
    file.put<std::int32_t>(4, 4);
    file.put<std::int32_t>(8, 6);
    file.put<std::int32_t>(12, 8);
    file.put<std::int32_t>(16, 1);
    file.put<std::int32_t>(20, 4);
    file.put<std::int16_t>(28, 1);
    const std::array<float, 15> geometry{1, 2, 3, -1, 0, 0, 0, 0, -1, 0, 1, 0, 5, -3, 20};
    for (std::size_t i = 0; i < geometry.size(); ++i) file.put(30 + 4 * i, geometry[i]);
    for (std::size_t n = 0; n < 4 * 6 * 8; ++n)
        file.put(284 + 2 * n, static_cast<std::int16_t>(static_cast<int>(n) - 3));
    return file;
}

class Mgh : public ::testing::Test {
  protected:
    [[nodiscard]] std::filesystem::path write(const std::string& name, const std::string& bytes) const {
        const std::filesystem::path path = folder.path() / name;
        std::ofstream(path, std::ios::binary) << bytes;
        return path;
    }
    [[nodiscard]] std::string refusal(const MghBytes& file) const {
        return error_of([&] { (void)read_mgh(write("bad.mgh", file.bytes)); });
    }
    test::TemporaryFolder folder;
};

TEST_F(Mgh, VoxelsAndOrientation) {
    const LoadedImage loaded = read_image(write("aseg.mgh", sample().bytes));
    EXPECT_THAT(loaded.warnings, ::testing::IsEmpty());
    const ScalarImage& image = loaded.image;
    ASSERT_EQ(image.size, (std::array<int, 3>{4, 6, 8}));
    EXPECT_EQ(image.at(0, 0, 0), -3);
    EXPECT_EQ(image.at(1, 2, 3), 1 + 4 * (2 + 6 * 3) - 3);
    // The centre is that of voxel size/2.
    EXPECT_TRUE((image.head_from_voxel * Vector3(2, 3, 4)).isApprox(Vector3(0.005, -0.003, 0.020)));
    EXPECT_TRUE((image.head_from_voxel.linear() * Vector3::UnitX()).isApprox(Vector3(-0.001, 0, 0)));
    EXPECT_TRUE((image.head_from_voxel.linear() * Vector3::UnitY()).isApprox(Vector3(0, 0, -0.002)));
    EXPECT_TRUE((image.head_from_voxel.linear() * Vector3::UnitZ()).isApprox(Vector3(0, 0.003, 0)));
}

TEST_F(Mgh, CompressedIsTheSame) {
    const std::filesystem::path path = folder.path() / "aseg.mgz";
    const std::string bytes = sample().bytes;
    gzFile file = gzopen(path.c_str(), "wb");
    ASSERT_EQ(gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size())),
              static_cast<int>(bytes.size()));
    gzclose(file);
    EXPECT_EQ(read_image(path).image.voxels, read_mgh(write("aseg.mgh", bytes)).image.voxels);
}

TEST_F(Mgh, FloatsThatAreNoneCountAsZero) {
    MghBytes file = sample();
    file.put<std::int32_t>(20, 3);
    for (std::size_t n = 0; n < 4 * 6 * 8; ++n) file.put(284 + 4 * n, 1.5F);
    file.put(284, std::numeric_limits<float>::quiet_NaN());
    const LoadedImage loaded = read_mgh(write("t1.mgh", file.bytes));
    EXPECT_EQ(loaded.image.voxels[0], 0);
    EXPECT_EQ(loaded.image.voxels[1], 1.5F);
    EXPECT_THAT(loaded.warnings, ::testing::ElementsAre(HasSubstr("1 voxels are not finite")));
}

TEST_F(Mgh, DamagedFilesAreRefused) {
    EXPECT_THAT(error_of([] { (void)read_mgh("/nowhere/aseg.mgz"); }), HasSubstr("cannot be read"));
    EXPECT_THAT(error_of([&] { (void)read_mgh(write("a.mgz", "")); }), HasSubstr("ends within its header"));
    EXPECT_THAT(error_of([&] { (void)read_mgh(write("a.mgz", std::string(400, 'x'))); }),
                HasSubstr("no MGH file of version 1"));
    const auto with = [](auto change) {
        MghBytes file = sample();
        change(file);
        return file;
    };
    EXPECT_THAT(refusal(with([](MghBytes& f) { f.bytes.resize(f.bytes.size() - 1); })),
                HasSubstr("truncated"));
    EXPECT_THAT(refusal(with([](MghBytes& f) { f.put<std::int32_t>(4, 600); })), HasSubstr("truncated"));
    EXPECT_THAT(refusal(with([](MghBytes& f) { f.put<std::int32_t>(4, -4); })), HasSubstr("-4 voxels"));
    EXPECT_THAT(refusal(with([](MghBytes& f) {
                    for (const std::size_t offset : {4U, 8U, 12U}) f.put<std::int32_t>(offset, 0x7fffffff);
                })),
                HasSubstr("more than"));
    EXPECT_THAT(refusal(with([](MghBytes& f) { f.put<std::int32_t>(16, 3); })), HasSubstr("3 frames"));
    EXPECT_THAT(refusal(with([](MghBytes& f) { f.put<std::int32_t>(20, 2); })),
                HasSubstr("voxels of type 2"));
    EXPECT_THAT(refusal(with([](MghBytes& f) { f.put<std::int16_t>(28, 0); })), HasSubstr("no orientation"));
    EXPECT_THAT(refusal(with([](MghBytes& f) { f.put<float>(30, 0); })), HasSubstr("voxels of 0 mm"));
    EXPECT_THAT(refusal(with([](MghBytes& f) { f.put<float>(42, 1e30F); })), HasSubstr("header"));
    EXPECT_THAT(refusal(with([](MghBytes& f) { f.put<float>(46, 1); })), HasSubstr("sheared"));
    EXPECT_THAT(refusal(with([](MghBytes& f) { f.put(78, std::numeric_limits<float>::infinity()); })),
                HasSubstr("not finite"));
}

} // namespace
} // namespace corticoil::imaging
