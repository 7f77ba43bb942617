#include "imaging/nifti.h"

#include "phantom_head.h"
#include "support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <sys/resource.h>

namespace corticoil::imaging {
namespace {

using ::corticoil::test::read_bytes;
using ::corticoil::test::TemporaryFolder;
using ::corticoil::test::write_bytes;
using test::error_of;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// A file made field by field, as nifti1.h lays it out; the defaults are a valid 2×3×4 image of int16.
struct RawNifti {
    std::string bytes = std::string(352, '\0');

    RawNifti() {
        set<std::int32_t>(0, 348);
        for (const auto& [n, length] :
             {std::pair{0, 3}, {1, 2}, {2, 3}, {3, 4}, {4, 1}, {5, 1}, {6, 1}, {7, 1}})
            dimension(n, length);
        type(4, 16);
        for (const int n : {0, 1, 2, 3}) set<float>(76 + 4 * static_cast<std::size_t>(n), 1);
        set<float>(108, 352);
        set<float>(112, 1);
        bytes[123] = 2;
        set<std::int16_t>(254, 1);
        sform({{{-2, 0, 0, 10}, {0, 2, 0, 20}, {0, 0, 2, 30}}});
        bytes.replace(344, 4, std::string("n+1\0", 4));
        for (std::int16_t value = 0; value < 24; ++value) append(value);
    }
    template <typename Value>
    void set(std::size_t offset, Value value) {
        std::memcpy(bytes.data() + offset, &value, sizeof(value));
    }
    template <typename Value>
    void append(Value value) {
        bytes.append(reinterpret_cast<const char*>(&value), sizeof(value));
    }
    void dimension(int n, int length) {
        set(40 + 2 * static_cast<std::size_t>(n), static_cast<std::int16_t>(length));
    }
    void type(int code, int bits) {
        set(70, static_cast<std::int16_t>(code));
        set(72, static_cast<std::int16_t>(bits));
    }
    void sform(const std::array<std::array<float, 4>, 3>& rows) {
        for (std::size_t row = 0; row < 3; ++row) {
            for (std::size_t column = 0; column < 4; ++column)
                set(280 + 16 * row + 4 * column, rows[row][column]);
        }
    }
    /// All numbers of the header that readers look at, and the int16 voxels, in the other byte order.
    [[nodiscard]] std::string byte_swapped() const {
        std::string result = bytes;
        const auto swap = [&](std::size_t offset, std::size_t n) {
            std::reverse(result.begin() + static_cast<std::ptrdiff_t>(offset),
                         result.begin() + static_cast<std::ptrdiff_t>(offset + n));
        };
        swap(0, 4);
        for (std::size_t offset = 40; offset < 56; offset += 2) swap(offset, 2);
        for (const std::size_t offset : {70U, 72U, 252U, 254U}) swap(offset, 2);
        for (std::size_t offset = 76; offset < 120; offset += 4) swap(offset, 4);
        for (std::size_t offset = 256; offset < 328; offset += 4) swap(offset, 4);
        for (std::size_t offset = 352; offset < result.size(); offset += 2) swap(offset, 2);
        return result;
    }
};

std::string compressed(const TemporaryFolder& folder, const std::string& bytes) {
    const auto path = folder / "compressed";
    gzFile file = gzopen(path.c_str(), "wb");
    gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size()));
    gzclose(file);
    return read_bytes(path);
}

class Nifti : public ::testing::Test {
  protected:
    [[nodiscard]] LoadedImage read(const std::string& bytes, const std::string& name = "t1.nii") const {
        write_bytes(folder / name, bytes);
        return read_nifti(folder / name);
    }
    [[nodiscard]] std::string error(const std::string& bytes, const std::string& name = "t1.nii") const {
        return error_of([&] { (void)read(bytes, name); });
    }
    TemporaryFolder folder;
};

Eigen::Affine3d oblique() {
    Eigen::Affine3d affine = Eigen::Affine3d::Identity();
    affine.linear() = Eigen::AngleAxisd(0.4, Vector3(1, 2, 3).normalized()).toRotationMatrix() *
                      Vector3(-0.7e-3, 1e-3, 1.3e-3).asDiagonal();
    affine.translation() = Vector3(0.09, -0.126, -0.072);
    return affine;
}

TEST_F(Nifti, RoundTripsKeepVoxelsAndPlace) {
    ScalarImage image({5, 6, 7}, oblique());
    std::mt19937 generator(2);
    std::normal_distribution<float> values(50, 20);
    for (float& voxel : image.voxels) voxel = values(generator);
    for (const std::string name : {"image.nii", "image.nii.gz"}) {
        write_nifti(folder / name, image);
        const LoadedImage loaded = read_nifti(folder / name);
        EXPECT_EQ(loaded.image.voxels, image.voxels);
        EXPECT_EQ(loaded.image.size, image.size);
        EXPECT_THAT(loaded.warnings, IsEmpty()) << "sform and qform are written equal";
        EXPECT_TRUE(loaded.image.head_from_voxel.isApprox(oblique(), 1e-6));
    }
    EXPECT_EQ(read_bytes(folder / "image.nii").size(), 352 + 4 * image.voxels.size());
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 2)
        << "no temporary file stays";
}

TEST_F(Nifti, QformAloneGivesTheSamePlace) {
    for (const double mirror : {1.0, -1.0}) {
        Eigen::Affine3d affine = oblique();
        affine.linear().col(0) *= mirror;
        const LabelImage labels({4, 5, 6}, affine, 3);
        write_nifti(folder / "labels.nii", labels);
        std::string bytes = read_bytes(folder / "labels.nii");
        bytes[254] = 0;
        EXPECT_TRUE(read(bytes).image.head_from_voxel.isApprox(affine, 1e-6));
    }
}

TEST_F(Nifti, LabelsRoundTripAndOtherNumbersAreRefused) {
    LabelImage labels({3, 3, 3}, oblique());
    for (std::size_t n = 0; n < labels.voxels.size(); ++n)
        labels.voxels[n] = static_cast<std::uint8_t>(n * 9);
    write_nifti(folder / "labels.nii.gz", labels);
    EXPECT_EQ(read_label_nifti(folder / "labels.nii.gz").voxels, labels.voxels);

    ScalarImage image({3, 3, 3}, oblique());
    for (const float wrong : {0.5F, -1.0F, 256.0F, std::numeric_limits<float>::quiet_NaN()}) {
        image.at(1, 2, 0) = wrong;
        write_nifti(folder / "wrong.nii", image);
        EXPECT_THAT(error_of([&] { (void)read_label_nifti(folder / "wrong.nii"); }),
                    HasSubstr("wrong.nii: voxel (1, 2, 0) holds"));
    }
}

TEST_F(Nifti, ReadsPlainFieldsScalingAndBothByteOrders) {
    RawNifti raw;
    raw.set<float>(112, 0.5F);
    raw.set<float>(116, -3);
    for (const std::string& bytes : {raw.bytes, raw.byte_swapped(), compressed(folder, raw.bytes)}) {
        const LoadedImage loaded = read(bytes);
        EXPECT_EQ(loaded.image.size, (std::array<int, 3>{2, 3, 4}));
        EXPECT_FLOAT_EQ(loaded.image.at(1, 2, 3), 0.5F * 23 - 3);
        EXPECT_TRUE(
            (loaded.image.head_from_voxel * Vector3(1, 2, 3)).isApprox(Vector3(0.008, 0.024, 0.036), 1e-9));
    }
    raw.set<float>(112, 0); // No scaling.
    EXPECT_FLOAT_EQ(read(raw.bytes).image.at(1, 2, 3), 23);
}

TEST_F(Nifti, ASingleVolumeOfFourDimensionsIsReadSeveralAreNot) {
    RawNifti raw;
    raw.dimension(0, 4);
    EXPECT_EQ(read(raw.bytes).image.voxels.size(), 24U);
    raw.dimension(4, 2);
    EXPECT_THAT(error(raw.bytes), HasSubstr("t1.nii: 2 volumes along axis 3"));
}

TEST_F(Nifti, OrientationIsNeverGuessed) {
    RawNifti raw;
    raw.set<std::int16_t>(254, 0);
    EXPECT_THAT(error(raw.bytes), HasSubstr("t1.nii: no orientation"));
    raw.set<std::int16_t>(254, 1);
    raw.set<std::int16_t>(252, 1);
    const LoadedImage loaded = read(raw.bytes);
    ASSERT_THAT(loaded.warnings, SizeIs(1));
    EXPECT_THAT(loaded.warnings.front(), HasSubstr("sform and qform differ by"));
    EXPECT_NEAR(loaded.image.head_from_voxel(0, 3), 0.010, 1e-9) << "the sform wins";
    raw.sform({{{-2, 0.3F, 0, 10}, {0, 2, 0, 20}, {0, 0, 2, 30}}});
    EXPECT_THAT(error(raw.bytes), HasSubstr("sheared: axes 0 and 1"));
    raw.sform({{{-2, 0, 0, 10}, {0, 2, 0, std::numeric_limits<float>::quiet_NaN()}, {0, 0, 2, 30}}});
    EXPECT_THAT(error(raw.bytes), HasSubstr("not finite"));
    raw.sform({{{0, 0, 0, 10}, {0, 2, 0, 20}, {0, 0, 2, 30}}});
    EXPECT_THAT(error(raw.bytes), HasSubstr("voxels of 0 mm along axis 0"));
}

TEST_F(Nifti, TruncatedFilesAreRefused) {
    const RawNifti raw;
    EXPECT_THAT(error(raw.bytes.substr(0, raw.bytes.size() - 1)), HasSubstr("truncated"));
    EXPECT_THAT(error(raw.bytes.substr(0, 200)), HasSubstr("200 bytes"));
    EXPECT_THAT(error(""), HasSubstr("0 bytes"));
    std::string large = raw.bytes;
    std::mt19937 generator(5);
    RawNifti noise;
    noise.dimension(1, 100);
    noise.dimension(2, 100);
    for (int n = 0; n < 100 * 100 * 4; ++n) noise.append(static_cast<std::int16_t>(generator() & 0x7fffU));
    const std::string whole = compressed(folder, noise.bytes);
    EXPECT_THAT(error(whole, "t1.nii.gz"), HasSubstr("no error"));
    EXPECT_THAT(error(whole.substr(0, whole.size() / 2), "t1.nii.gz"),
                HasSubstr("t1.nii.gz: truncated or damaged"));
}

TEST_F(Nifti, OtherFilesAreRefusedByName) {
    EXPECT_THAT(error(std::string(1000, 'x'), "notes.txt"), HasSubstr("notes.txt: not a NIfTI-1 file"));
    RawNifti raw;
    raw.bytes.replace(344, 4, std::string("ni1\0", 4));
    EXPECT_THAT(error(raw.bytes), HasSubstr(".hdr/.img"));
    raw.bytes.replace(344, 4, std::string("\0\0\0\0", 4));
    EXPECT_THAT(error(raw.bytes), HasSubstr("Analyze"));
    raw.set<std::int32_t>(0, 540);
    EXPECT_THAT(error(raw.bytes), HasSubstr("NIfTI-2"));
    EXPECT_THAT(error_of([&] { (void)read_nifti(folder / "missing.nii"); }), HasSubstr("cannot be read"));
    EXPECT_THAT(error_of([&] { (void)read_nifti(folder.path()); }), ::testing::Ne("no error"));
}

TEST_F(Nifti, ColoursAndComplexNumbersAreRefused) {
    RawNifti raw;
    raw.type(128, 24);
    EXPECT_THAT(error(raw.bytes), HasSubstr("RGB colours"));
    raw.type(32, 64);
    EXPECT_THAT(error(raw.bytes), HasSubstr("complex"));
    raw.type(9999, 16);
    EXPECT_THAT(error(raw.bytes), HasSubstr("unknown type (9999)"));
    raw.type(16, 16);
    EXPECT_THAT(error(raw.bytes), HasSubstr("bitpix is 16"));
}

TEST_F(Nifti, AbsurdSizesCostNoMemory) {
    RawNifti raw;
    for (const int n : {1, 2, 3}) raw.dimension(n, 32767);
    EXPECT_THAT(error(raw.bytes), HasSubstr("32767×32767×32767 voxels are more"));
    // Within the limit, but not within the file: the file's size decides, plain or compressed.
    for (const int n : {1, 2, 3}) raw.dimension(n, 700);
    EXPECT_THAT(error(raw.bytes), HasSubstr("truncated"));
    rusage before{};
    getrusage(RUSAGE_SELF, &before);
    const std::string bomb = compressed(folder, raw.bytes + std::string(std::size_t{4} << 20U, '\0'));
    EXPECT_THAT(error(bomb, "t1.nii.gz"), HasSubstr("truncated"));
    rusage after{};
    getrusage(RUSAGE_SELF, &after);
    EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 200'000) << "KiB";
    raw.dimension(2, -5);
    EXPECT_THAT(error(raw.bytes), HasSubstr("-5 voxels along axis 1"));
    raw.dimension(0, 2);
    EXPECT_THAT(error(raw.bytes), HasSubstr("2 dimensions"));
}

TEST_F(Nifti, ValuesThatAreNotFiniteCountAsZeroWithAWarning) {
    RawNifti raw;
    raw.type(16, 32);
    raw.bytes.resize(352);
    for (int n = 0; n < 24; ++n)
        raw.append(n == 5 ? std::numeric_limits<float>::quiet_NaN() : n == 7 ? INFINITY : 2.0F);
    const LoadedImage loaded = read(raw.bytes);
    EXPECT_EQ(loaded.image.voxels[5], 0);
    EXPECT_EQ(loaded.image.voxels[7], 0);
    ASSERT_THAT(loaded.warnings, SizeIs(1));
    EXPECT_THAT(loaded.warnings.front(), HasSubstr("2 voxels are not finite"));
}

TEST_F(Nifti, WritingWhereItCannotBeDoneIsAnError) {
    const LabelImage labels({2, 2, 2}, oblique(), 1);
    EXPECT_THAT(error_of([&] { write_nifti(folder / "missing" / "labels.nii", labels); }),
                HasSubstr("cannot be written"));
    EXPECT_THAT(error_of([&] { write_nifti(folder / "empty.nii", LabelImage{}); }),
                HasSubstr("0 voxels along axis 0"));
    EXPECT_FALSE(std::filesystem::exists(folder / "empty.nii"));
}

} // namespace
} // namespace corticoil::imaging
