#include "coils/ccd_file.h"
#include "coils/coil_file.h"
#include "coils/coil_library.h"
#include "coils/primary_field.h"
#include "coils/sampled_potential.h"
#include "coils/sampled_potential_file.h"

#include "coils/nifti_bytes.h"
#include "support/check_data.h"
#include "support/error_of.h"
#include "support/temporary_folder.h"

#include <Eigen/Geometry>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>

namespace corticoil::coils {
namespace {

using test::error_of;
using test::gzipped;
using test::nifti_bytes;
using test::sampled;
using ::testing::HasSubstr;

/// Two wings of dipoles behind the face, tilted, so that A has all three components.
Coil two_wings() {
    constexpr int n_around = 12;
    Coil coil;
    coil.name = "two wings";
    coil.dipoles.positions.resize(3, 2 * n_around);
    coil.dipoles.moments.resize(3, 2 * n_around);
    for (int i = 0; i < 2 * n_around; ++i) {
        const double side = i < n_around ? 1 : -1;
        const double angle = 2 * M_PI * i / n_around;
        coil.dipoles.positions.col(i) =
            Vector3(side * 0.03 + 0.02 * std::cos(angle), 0.02 * std::sin(angle), -0.012 - 0.002 * (i % 2));
        coil.dipoles.moments.col(i) = 1e-3 * Vector3(0.4 * side, 0.1, side);
    }
    return coil;
}

const Vector3 low(-0.1, -0.08, 0);
const Vector3 high(0.1, 0.08, 0.06);

Coil coil_of(const SampledPotential& grid) {
    Coil coil;
    coil.name = "sampled";
    coil.grids = {grid};
    return coil;
}

Points random_points(int n, const Vector3& from, const Vector3& to) {
    std::mt19937 random(3);
    std::uniform_real_distribution<double> uniform(0, 1);
    Points points(3, n);
    for (int i = 0; i < n; ++i) {
        for (int axis = 0; axis < 3; ++axis)
            points(axis, i) = from[axis] + uniform(random) * (to[axis] - from[axis]);
    }
    return points;
}

/// Largest error of A relative to the largest A.
double error_between(const VectorField& a, const VectorField& exact) {
    return (a - exact).colwise().norm().maxCoeff() / exact.colwise().norm().maxCoeff();
}

TEST(SampledPotential, InterpolationIsOfFourthOrder) {
    const Coil exact = two_wings();
    const Points points = random_points(2000, Vector3(-0.09, -0.07, 0.01), Vector3(0.09, 0.07, 0.055));
    const VectorField expected = vector_potential(exact, points);
    const double coarse =
        error_between(vector_potential(coil_of(sampled(exact, low, high, 0.01)), points), expected);
    const double fine =
        error_between(vector_potential(coil_of(sampled(exact, low, high, 0.005)), points), expected);
    EXPECT_LT(fine, 1e-3);
    EXPECT_GT(std::log2(coarse / fine), 3.2) << coarse << " " << fine; // Linear interpolation has 2.
}

TEST(SampledPotential, SamplesAndCornersAreExactAndGridsAdd) {
    const SampledPotential grid = sampled(two_wings(), low, high, 0.01);
    Coil coil = coil_of(grid);
    Points points(3, 3);
    points << low, high, grid.coil_from_voxel * Vector3(3, 4, 5);
    constexpr double single_precision = 1e-7;
    const VectorField expected = vector_potential(two_wings(), points);
    EXPECT_LT(error_between(vector_potential(coil, points), expected), single_precision);
    coil.grids.push_back(grid);
    coil.dipoles = two_wings().dipoles;
    EXPECT_LT(error_between(vector_potential(coil, points), 3 * expected), single_precision);
}

TEST(SampledPotential, AxesOfTwoSamplesAreLinear) {
    SampledPotential grid;
    grid.size = {2, 3, 2};
    grid.values.resize(3, 12);
    for (int i = 0; i < 12; ++i) {
        const auto x = static_cast<float>(i % 2);
        const auto y = static_cast<float>(i / 2 % 3);
        const auto z = static_cast<float>(i / 6);
        grid.values.col(i) = Eigen::Vector3f(1 + 2 * x, 3 * y - z, x * y * z);
    }
    const VectorField value = potential_of_grids(coil_of(grid), Vector3(0.25, 1.5, 0.75));
    EXPECT_TRUE(value.col(0).isApprox(Vector3(1.5, 3.75, 0.25 * 1.5 * 0.75), 1e-12));
}

TEST(SampledPotential, ContinuationHoldsOutsideTheGrid) {
    const Coil exact = two_wings();
    SampledPotential grid = sampled(exact, low, high, 0.005);
    grid.continuation = fit_continuation(grid);
    ASSERT_TRUE(grid.continuation.has_value());
    EXPECT_LT(grid.continuation->relative_residual, 4e-3);
    const Coil coil = coil_of(grid);
    Points outside(3, 4);
    outside << 0.13, -0.02, 0, 0.12, //
        0.02, 0.1, 0, 0,             //
        0.03, 0.02, 0.09, -0.03;
    const VectorField expected = vector_potential(exact, outside);
    const VectorField continued = vector_potential(coil, outside);
    for (Eigen::Index i = 0; i < outside.cols(); ++i) {
        EXPECT_LT((continued.col(i) - expected.col(i)).norm(), 0.01 * expected.col(i).norm()) << i;
    }
    // The same dipoles stand for the coil where dipoles are needed, inside the grid too.
    Coil dipoles;
    dipoles.dipoles = equivalent_dipoles(coil);
    const Points points = random_points(500, Vector3(-0.09, -0.07, 0.01), Vector3(0.09, 0.07, 0.055));
    EXPECT_LT(error_between(vector_potential(dipoles, points), vector_potential(exact, points)), 3e-3);
    // In the coil there is no answer.
    const Vector3 in_coil = grid.continuation->dipoles.positions.col(0);
    EXPECT_THAT(error_of([&] { (void)vector_potential(coil, in_coil); }), HasSubstr("inside the coil"));
    EXPECT_EQ(contact_points(coil).row(2).maxCoeff(), 0);
}

TEST(SampledPotential, WithoutContinuationOutsideIsAnErrorNotZero) {
    // A wing that reaches before the face, as those of bent coils: no layer behind the face has its field.
    Coil bent = two_wings();
    bent.dipoles.positions.col(0) = Vector3(0.051, 0.001, 0.0312);
    SampledPotential grid = sampled(bent, low, high, 0.005);
    grid.continuation = fit_continuation(grid);
    EXPECT_FALSE(grid.continuation.has_value());
    const Coil coil = coil_of(grid);
    EXPECT_EQ(error_of([&] { (void)vector_potential(coil, Vector3(0, 0, 0.05)); }), "no error");
    const std::string message = error_of([&] { (void)vector_potential(coil, Vector3(0, 0.1, 0.02)); });
    EXPECT_THAT(message, HasSubstr("the point (0.0, 100.0, 20.0) mm"));
    EXPECT_THAT(message, HasSubstr("x -100 … 100, y -80 … 80, z 0 … 60 mm"));
    EXPECT_THAT(error_of([&] { (void)equivalent_dipoles(coil); }), HasSubstr("no equivalent dipoles"));
    // Few samples, or none before the face, say nothing about the outside either.
    EXPECT_FALSE(
        fit_continuation(sampled(two_wings(), Vector3(-0.1, -0.1, 0.02), Vector3(0.1, 0.1, 0.05), 0.1)));
    EXPECT_FALSE(
        fit_continuation(sampled(two_wings(), Vector3(-0.1, -0.1, -0.1), Vector3(0.1, 0.1, -0.05), 0.01)));
    SampledPotential nothing = grid;
    nothing.values.setZero();
    EXPECT_FALSE(fit_continuation(nothing));
}

TEST(NiftiPotential, EveryStorageGivesTheSamePotential) {
    SampledPotential grid = sampled(two_wings(), low, high, 0.02);
    // A rotated, mirrored grid: the affine must be read as it is.
    grid.coil_from_voxel.linear() = Eigen::AngleAxisd(0.3, Vector3(1, 2, 3).normalized()).toRotationMatrix() *
                                    Vector3(0.02, 0.01, -0.03).asDiagonal();
    for (const int datatype : {4, 16, 64}) {
        for (const bool is_big_endian : {false, true}) {
            for (const bool has_qform : {false, true}) {
                const std::string bytes = nifti_bytes(
                    grid, {.datatype = datatype, .is_big_endian = is_big_endian, .has_qform = has_qform});
                const double tolerance = datatype == 4 ? 1e-4 : 1e-7;
                for (const std::string& stored : {bytes, gzipped(bytes)}) {
                    const std::vector<SampledPotential> read = parse_nifti_potential(stored, "a.nii");
                    ASSERT_EQ(read.size(), 1U);
                    EXPECT_EQ(read[0].size, grid.size);
                    EXPECT_TRUE(read[0].coil_from_voxel.isApprox(grid.coil_from_voxel, 1e-6));
                    EXPECT_LT((read[0].values - grid.values).cwiseAbs().maxCoeff(),
                              tolerance * static_cast<double>(grid.values.cwiseAbs().maxCoeff()));
                }
            }
        }
    }
}

TEST(NiftiPotential, StimulatorsAreOnePotentialEach) {
    const SampledPotential grid = sampled(two_wings(), low, high, 0.02);
    for (const bool has_components_last : {false, true}) {
        const std::vector<SampledPotential> read = parse_nifti_potential(
            nifti_bytes(grid, {.has_components_last = has_components_last, .n_stimulators = 4}), "a.nii");
        ASSERT_EQ(read.size(), 4U);
        for (std::size_t s = 0; s < 4; ++s) {
            EXPECT_TRUE(read[s].values.isApprox(static_cast<float>(s + 1) * grid.values, 1e-6F)) << s;
        }
    }
}

TEST(NiftiPotential, HostileFilesAreRefused) {
    const std::string good = nifti_bytes(sampled(two_wings(), low, high, 0.02));
    const auto message = [](const std::string& bytes) {
        return error_of([&] { (void)parse_nifti_potential(bytes, "bad.nii"); });
    };
    const auto with = [&](std::size_t offset, auto value) {
        std::string bytes = good;
        std::memcpy(bytes.data() + offset, &value, sizeof(value));
        return bytes;
    };
    EXPECT_EQ(message(good), "no error");
    EXPECT_THAT(message(""), HasSubstr("bad.nii: 0 bytes"));
    EXPECT_THAT(message(good.substr(0, 1000)), HasSubstr("cut off"));
    EXPECT_THAT(message(with(0, 540)), HasSubstr("its first number is 540"));
    EXPECT_THAT(message(with(344, 'x')), HasSubstr("magic"));
    EXPECT_THAT(message(with(40, std::int16_t{3})), HasSubstr("3 dimensions"));
    EXPECT_THAT(message(with(42, std::int16_t{-1})), HasSubstr("a length of -1 along axis 1"));
    EXPECT_THAT(message(with(42, std::int16_t{1})), HasSubstr("1 samples along an axis"));
    EXPECT_THAT(message(with(48, std::int16_t{2})), HasSubstr("the size 11×9×4×2×1×1×1"));
    EXPECT_THAT(message(with(70, std::int16_t{512})), HasSubstr("datatype 512"));
    EXPECT_THAT(message(with(108, NAN)), HasSubstr("vox_offset"));
    EXPECT_THAT(message(with(254, std::int16_t{0})), HasSubstr("neither sform nor qform"));
    EXPECT_THAT(message(with(280, NAN)), HasSubstr("its affine"));
    EXPECT_THAT(message(with(280, 0.0F)), HasSubstr("its affine"));
    EXPECT_THAT(message(with(352 + 4 * 50, std::numeric_limits<float>::infinity())), HasSubstr("A is (inf"));
    // A header that announces 32767³ samples takes no memory.
    std::string many = with(42, std::int16_t{32767});
    const std::int16_t length = 32767;
    std::memcpy(many.data() + 44, &length, 2);
    EXPECT_THAT(message(many), HasSubstr("more than the"));
    std::memcpy(many.data() + 44, good.data() + 44, 2);
    EXPECT_THAT(message(gzipped(many)), HasSubstr("cut off"));
    const std::string compressed = gzipped(good);
    EXPECT_THAT(message(compressed.substr(0, compressed.size() / 2)), HasSubstr("cut off"));
    std::string damaged = compressed;
    damaged[40] = static_cast<char>(damaged[40] ^ 0x55);
    EXPECT_THAT(message(damaged), HasSubstr("bad.nii"));
    EXPECT_THAT(message("\x1f\x8b"), HasSubstr("cut off"));
}

TEST(NiftiPotential, CoilFileIsReadWithItsCasing) {
    const test::TemporaryFolder folder;
    const auto path = folder / "wings.nii.gz";
    test::write_bytes(path, gzipped(nifti_bytes(sampled(two_wings(), low, high, 0.005))));
    Coil library = load_coil("figure8_70mm");
    library.dipoles = two_wings().dipoles;
    library.wires.clear();
    write_ccd(folder / "wings.ccd", library); // Leaves the casing beside both.
    ASSERT_TRUE(is_coil_file(path));
    const Coil coil = read_coil_file(path);
    EXPECT_EQ(coil.name, "wings");
    EXPECT_TRUE(coil.casing.has_value());
    ASSERT_TRUE(coil.induced_direction.has_value());
    EXPECT_GT(coil.induced_direction->dot(*find_induced_direction(two_wings())), 0.9999);
    // Converted to dipoles it becomes a .ccd file.
    Coil converted;
    converted.name = coil.name;
    converted.dipoles = equivalent_dipoles(coil);
    write_ccd(folder / "converted.ccd", converted);
    EXPECT_GT(read_ccd(folder / "converted.ccd").dipoles.positions.cols(), 30);
}

TEST(NiftiPotential, AgreesWithThePublishedCoilAsDipoles) {
    CORTICOIL_CHECK_DATA_OR_SKIP(sampled_path, "coils/Magstim_70mm_Fig8.nii.gz");
    CORTICOIL_CHECK_DATA_OR_SKIP(dipole_path, "coils/Magstim_70mm_Fig8.ccd");
    const Coil grid = read_coil_file(sampled_path);
    const Coil exact = read_coil_file(dipole_path);
    ASSERT_EQ(grid.grids.size(), 1U);
    ASSERT_TRUE(grid.grids[0].continuation.has_value());
    Coil continuation;
    continuation.dipoles = equivalent_dipoles(grid);
    struct Row {
        double depth;
        double interpolation;
        double continuation;
    };
    for (const Row& row : {Row{0, 0.015, 0.02}, Row{0.0051, 1e-3, 6e-3}, Row{0.0125, 6e-4, 1.2e-3},
                           Row{0.0225, 2e-4, 2e-4}, Row{0.05, 1e-4, 1e-5}}) {
        const Points points =
            random_points(1500, Vector3(-0.1, -0.1, row.depth), Vector3(0.1, 0.1, row.depth));
        const VectorField expected = vector_potential(exact, points);
        const double interpolated = error_between(vector_potential(grid, points), expected);
        const double continued = error_between(vector_potential(continuation, points), expected);
        EXPECT_LT(interpolated, row.interpolation) << row.depth;
        EXPECT_LT(continued, row.continuation) << row.depth;
        // Wrong on purpose: half a voxel of shift, as from a corner taken for a centre, is seen at once.
        const Points shifted = points.colwise() + Vector3(0.0025, 0, 0);
        EXPECT_GT(error_between(vector_potential(grid, shifted), expected), 4 * row.interpolation)
            << row.depth;
    }
    // Beside and beyond the grid, which covers ±300, ±200 and 0 … 200 mm.
    for (const Vector3& point : {Vector3(0.32, 0, 0.05), Vector3(0, 0.22, 0.05), Vector3(0, 0, 0.22),
                                 Vector3(0.15, 0, -0.02), Vector3(0, 0.15, -0.05)}) {
        const Vector3 expected = vector_potential(exact, point);
        EXPECT_LT((vector_potential(grid, point).col(0) - expected).norm(), 1e-3 * expected.norm());
    }
    EXPECT_GT(grid.induced_direction->dot(*exact.induced_direction), 0.9999);
}

} // namespace
} // namespace corticoil::coils
