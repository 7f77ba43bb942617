#include "imaging/nifti.h"
#include "support/error_of.h"
#include "support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <limits>
#include <random>
#include <string>

namespace corticoil::imaging {
namespace {

using ::corticoil::test::error_of;
using ::corticoil::test::read_bytes;
using ::corticoil::test::TemporaryFolder;
using ::corticoil::test::write_bytes;
using ::testing::HasSubstr;

/// Components as the file has them: xx, xy, xz, yy, yz, zz.
using FileTensor = std::array<float, 6>;

Eigen::Affine3d affine_of(const Eigen::Matrix3d& linear) {
    Eigen::Affine3d affine = Eigen::Affine3d::Identity();
    affine.linear() = linear;
    affine.translation() = Vector3(0.01, -0.02, 0.03);
    return affine;
}

Eigen::Affine3d radiological() {
    return affine_of(Vector3(-2e-3, 2e-3, 2e-3).asDiagonal());
}

class TensorNifti : public ::testing::Test {
  protected:
    /// The bytes of a file with the same tensor in every voxel, but for the first, which is empty.
    [[nodiscard]] std::string file_of(const FileTensor& tensor, const Eigen::Affine3d& affine) const {
        ScalarImage first({3, 2, 2}, affine, tensor[0]);
        first.voxels[0] = 0;
        write_nifti(folder / "first.nii", first);
        std::string bytes = read_bytes(folder / "first.nii");
        set(bytes, 40, 4);
        set(bytes, 48, 6);
        for (std::size_t volume = 1; volume < tensor.size(); ++volume) {
            for (std::size_t voxel = 0; voxel < first.voxels.size(); ++voxel) {
                const float value = voxel == 0 ? 0 : tensor[volume];
                bytes.append(reinterpret_cast<const char*>(&value), sizeof(value));
            }
        }
        return bytes;
    }
    static void set(std::string& bytes, std::size_t offset, std::int16_t value) {
        std::memcpy(bytes.data() + offset, &value, sizeof(value));
    }
    [[nodiscard]] LoadedTensorImage read(const std::string& bytes) const {
        write_bytes(folder / "tensor.nii", bytes);
        return read_tensor_nifti(folder / "tensor.nii");
    }
    [[nodiscard]] std::string error(const std::string& bytes) const {
        return error_of([&] { (void)read(bytes); });
    }
    TemporaryFolder folder;
};

void expect_near(const DiffusionTensor& found, const DiffusionTensor& expected) {
    for (std::size_t i = 0; i < found.size(); ++i)
        EXPECT_NEAR(found[i], expected[i], 1e-5) << "component " << i;
}

TEST_F(TensorNifti, ComponentsTakeTheirPlaces) {
    // Radiological storage and axes along the head's: only x is reversed, which xy and xz see.
    const LoadedTensorImage loaded = read(file_of({1, 2, 3, 4, 5, 6}, radiological()));
    EXPECT_EQ(loaded.image.size, (std::array<int, 3>{3, 2, 2}));
    ASSERT_EQ(loaded.image.voxels.size(), 12U);
    EXPECT_TRUE(loaded.image.head_from_voxel.isApprox(radiological(), 1e-6));
    expect_near(loaded.image.at(2, 1, 1), {1, 4, 6, -2, -3, 5});
    expect_near(loaded.image.at(0, 0, 0), {0, 0, 0, 0, 0, 0});
    EXPECT_TRUE(loaded.warnings.empty());
}

TEST_F(TensorNifti, TheOrderOfVoxelsAlongXDoesNotMatter) {
    // FSL's axes are those of radiological storage: a file stored the other way round holds the same
    // components.
    const LoadedTensorImage loaded =
        read(file_of({1, 2, 3, 4, 5, 6}, affine_of(2e-3 * Eigen::Matrix3d::Identity())));
    expect_near(loaded.image.at(2, 1, 1), {1, 4, 6, -2, -3, 5});
}

TEST_F(TensorNifti, ComponentsTurnWithTheVoxels) {
    // A fibre along the first voxel axis of an oblique image.
    const Eigen::Matrix3d rotation =
        Eigen::AngleAxisd(0.6, Vector3(2, -1, 3).normalized()).toRotationMatrix();
    for (const double mirror : {-1.0, 1.0}) {
        const Eigen::Affine3d affine = affine_of(rotation * Vector3(mirror * 2e-3, 1e-3, 3e-3).asDiagonal());
        const LoadedTensorImage loaded = read(file_of({10, 0, 0, 1, 0, 1}, affine));
        const Vector3 fibre = affine.linear().col(0).normalized();
        const Eigen::Matrix3d d = Eigen::Matrix3d::Identity() + 9 * fibre * fibre.transpose();
        const DiffusionTensor& found = loaded.image.at(1, 1, 1);
        for (int axis = 0; axis < 3; ++axis)
            EXPECT_NEAR(found[static_cast<std::size_t>(axis)], d(axis, axis), 1e-5);
        EXPECT_NEAR(found[3], d(0, 1), 1e-5);
        EXPECT_NEAR(found[4], d(0, 2), 1e-5);
        EXPECT_NEAR(found[5], d(1, 2), 1e-5);
        EXPECT_GT(std::abs(found[3]) + std::abs(found[4]) + std::abs(found[5]), 1) << "turned at all";
    }
}

TEST_F(TensorNifti, OtherNumbersOfVolumesAreRefused) {
    const std::string whole = file_of({1, 0, 0, 1, 0, 1}, radiological());
    for (const std::int16_t n : {1, 3, 5, 7, 9}) {
        std::string bytes = whole;
        set(bytes, 48, n);
        EXPECT_THAT(error(bytes), HasSubstr("tensor.nii: " + std::to_string(n) + " volume"));
        EXPECT_THAT(error(bytes), HasSubstr("6 are needed: xx, xy, xz, yy, yz, zz"));
    }
    EXPECT_THAT(error(read_bytes(folder / "first.nii")), HasSubstr("1 volume along axis 3, 6 are needed"));
    // As NIfTI stores symmetric matrices: along the fifth axis.
    std::string five = whole;
    set(five, 40, 5);
    set(five, 48, 1);
    set(five, 50, 6);
    EXPECT_THAT(error(five), HasSubstr("tensor.nii: 6 volumes along axis 4"));
    write_bytes(folder / "whole.nii", whole);
    EXPECT_THAT(error_of([&] { (void)read_nifti(folder / "whole.nii"); }),
                HasSubstr("6 volumes along axis 3"));
}

TEST_F(TensorNifti, AnIntentIsRefused) {
    std::string bytes = file_of({1, 0, 0, 1, 0, 1}, radiological());
    for (const std::int16_t intent : {1005, 1007, -3}) {
        set(bytes, 68, intent);
        EXPECT_THAT(error(bytes), HasSubstr("tensor.nii: its intent code is " + std::to_string(intent)));
    }
}

TEST_F(TensorNifti, NumbersThatAreNotFiniteAreRefusedWithTheirPlace) {
    std::string bytes = file_of({1, 0, 0, 1, 0, 1}, radiological());
    for (const float wrong :
         {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
        // Volume 1 (xy), voxel (2, 1, 0), and the last value of all.
        std::memcpy(bytes.data() + 352 + 4 * (12 + 5), &wrong, sizeof(wrong));
        std::memcpy(bytes.data() + 352 + 4 * 71, &wrong, sizeof(wrong));
        EXPECT_THAT(error(bytes),
                    HasSubstr("tensor.nii: 2 components are not finite numbers (first: voxel (2, 1, 0))"));
    }
}

TEST_F(TensorNifti, DamagedFilesAreErrorsAndNothingElse) {
    const std::string whole = file_of({1, 0.5F, 0, 1, 0, 1}, radiological());
    EXPECT_THAT(error(whole.substr(0, whole.size() - 1)), HasSubstr("truncated or damaged"));
    EXPECT_THAT(error(whole.substr(0, 352 + 4 * 12)), HasSubstr("3×2×2×6 voxels"));
    std::string huge = whole;
    for (const std::size_t offset : {42U, 44U, 46U}) set(huge, offset, 500);
    EXPECT_THAT(error(huge), HasSubstr("500×500×500×6 voxels are more than")) << "volumes count";
    // Bytes at random anywhere: read or refused by an Error, never anything else.
    std::mt19937 generator(3);
    int n_refused = 0;
    for (int i = 0; i < 500; ++i) {
        std::string bytes = whole;
        for (int n = 0; n < 4; ++n) bytes[generator() % 352] = static_cast<char>(generator());
        n_refused += error(bytes) == "no error" ? 0 : 1;
    }
    EXPECT_GT(n_refused, 50);
    EXPECT_LT(n_refused, 500);
}

} // namespace
} // namespace corticoil::imaging
