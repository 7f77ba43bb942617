#include "coils/depth_focality.h"

#include "coils/ccd_file.h"
#include "coils/coil_library.h"
#include "coils/sphere_field.h"
#include "core/constants.h"

#include "core/error.h"
#include "support/check_data.h"
#include "support/error_of.h"

#include <Eigen/Geometry>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <omp.h>

#include <algorithm>
#include <cmath>

namespace corticoil::coils {
namespace {

using test::error_of;
using ::testing::HasSubstr;

Coil dipoles(const std::vector<Vector3>& positions, const std::vector<Vector3>& moments) {
    Coil coil;
    coil.name = "dipoles";
    coil.dipoles.positions.resize(3, static_cast<Eigen::Index>(positions.size()));
    coil.dipoles.moments.resize(3, static_cast<Eigen::Index>(positions.size()));
    for (std::size_t i = 0; i < positions.size(); ++i) {
        coil.dipoles.positions.col(static_cast<Eigen::Index>(i)) = positions[i];
        coil.dipoles.moments.col(static_cast<Eigen::Index>(i)) = moments[i];
    }
    return coil;
}

/// Two wings with one dipole each, 30 mm beside the axis and of unlike strength.
Coil two_wings() {
    return dipoles({{0.03, 0, -0.008}, {-0.03, 0.004, -0.010}}, {{0, 0, 1}, {0, 0.1, -0.8}});
}

TEST(DepthFocality, OfAUniformFieldByHand) {
    // A dipole a kilometre away: uniform Ḃ along z, |E| = Ḃ ρ/2 with ρ the distance from the axis. |E| ≥ half
    // of its maximum where ρ ≥ R/2: the sphere without a cylinder, (4π/3) (R² − R²/4)^{3/2}, R/2 deep.
    const double far = 1000;
    const DepthFocality result = depth_focality(dipoles({{0, 0, -far}}, {{0, 0, 1}}));
    const double R = 0.070;
    const double b_rate = vacuum_permeability / (2 * pi * std::pow(far + 0.085, 3)) * 1e6;
    EXPECT_NEAR(result.peak / (b_rate * R / 2), 1, 1e-3);
    EXPECT_NEAR(result.d_half / (R / 2), 1, 1e-3);
    EXPECT_NEAR(result.v_half / (4 * pi / 3 * std::pow(0.75, 1.5) * R * R * R), 1, 1e-3);
    EXPECT_DOUBLE_EQ(result.s_half, result.v_half / result.d_half);
    EXPECT_NEAR(result.profile.under_axis.maxCoeff() / result.peak, 0, 1e-3);
}

TEST(DepthFocality, OfATangentialDipoleByHand) {
    // Under a dipole across the axis at r0: |E(r)| = µ0 ṁ r / (8π r0 (r0 − r)²) (Heller & van Hulsteyn 1992
    // with r ∥ r0). Half of the value at R where r² − (2 r0 + q) r + r0² = 0, q = 2 (r0 − R)²/R.
    const DepthFocality result = depth_focality(dipoles({{0, 0, -0.012}}, {{0, 0.3, 0}}));
    const double R = 0.070;
    const double r0 = 0.097;
    const auto magnitude = [&](double r) {
        return vacuum_permeability * 0.3e6 * r / (8 * pi * r0 * std::pow(r0 - r, 2));
    };
    EXPECT_NEAR(result.peak / magnitude(R), 1, 1e-6);
    EXPECT_LT((result.peak_position - Vector3(0, 0, 0.015)).norm(), 1e-4);
    const double b = 2 * r0 + 2 * std::pow(r0 - R, 2) / R;
    const double half = (b - std::sqrt(b * b - 4 * r0 * r0)) / 2;
    EXPECT_NEAR(result.d_half / (R - half), 1, 2e-3);
    ASSERT_EQ(result.profile.depth.size(), 71);
    EXPECT_NEAR(result.profile.depth[20], 0.020, 1e-12);
    EXPECT_NEAR(result.profile.under_axis[20] / magnitude(0.050), 1, 1e-9);
    EXPECT_NEAR(result.profile.under_peak[20] / magnitude(0.050), 1, 1e-4);
    // The same coil 5 mm nearer: another field.
    SphereHead nearer;
    nearer.scalp_radius = 0.080;
    EXPECT_GT(depth_focality(dipoles({{0, 0, -0.012}}, {{0, 0.3, 0}}), nearer).peak / result.peak, 1.3);
}

TEST(DepthFocality, AgreesWithCountingVoxels) {
    const Coil coil = two_wings();
    const DepthFocality result = depth_focality(coil);
    const double voxel = 0.001;
    double volume = 0;
    double deepest = 0;
    for (double z = -0.07 + voxel / 2; z < 0.07; z += voxel) {
        std::vector<Vector3> inside;
        for (double y = -0.07 + voxel / 2; y < 0.07; y += voxel) {
            for (double x = -0.07 + voxel / 2; x < 0.07; x += voxel) {
                if (Vector3(x, y, z).norm() <= 0.07) inside.emplace_back(x, y, z);
            }
        }
        Points points(3, static_cast<Eigen::Index>(inside.size()));
        for (std::size_t i = 0; i < inside.size(); ++i) {
            points.col(static_cast<Eigen::Index>(i)) = inside[i] + result.sphere_centre;
        }
        const VectorField field = electric_field_in_sphere(coil.dipoles, 1e6, result.sphere_centre, points);
        for (std::size_t i = 0; i < inside.size(); ++i) {
            if (field.col(static_cast<Eigen::Index>(i)).norm() < result.peak / 2) continue;
            volume += std::pow(voxel, 3);
            deepest = std::max(deepest, 0.07 - inside[i].norm());
        }
    }
    EXPECT_NEAR(result.v_half / volume, 1, 5e-3);
    EXPECT_NEAR(result.d_half, deepest, voxel / 2);
}

TEST(DepthFocality, FinerSamplingChangesLittle) {
    const Coil coil = two_wings();
    const DepthFocality normal = depth_focality(coil);
    SphereHead fine;
    fine.n_directions = 64000;
    fine.radial_step = 0.0005;
    const DepthFocality reference = depth_focality(coil, fine);
    EXPECT_NEAR(normal.peak / reference.peak, 1, 1e-6);
    EXPECT_NEAR(normal.d_half / reference.d_half, 1, 3e-3);
    EXPECT_NEAR(normal.v_half / reference.v_half, 1, 3e-3);
    EXPECT_NEAR(normal.s_half / reference.s_half, 1, 3e-3);
    SphereHead coarse;
    coarse.n_directions = 100;
    coarse.radial_step = 0.02;
    const DepthFocality rough = depth_focality(coil, coarse);
    EXPECT_GT(std::abs(rough.v_half / reference.v_half - 1), 0.02) << "coarse sampling must show";
}

TEST(DepthFocality, OnlyThePeakScalesWithTheMoments) {
    const DepthFocality one = depth_focality(two_wings());
    Coil coil = two_wings();
    coil.dipoles.moments *= -3;
    const DepthFocality three = depth_focality(coil);
    EXPECT_NEAR(three.peak / one.peak, 3, 1e-9);
    EXPECT_NEAR(three.d_half / one.d_half, 1, 1e-9);
    EXPECT_NEAR(three.v_half / one.v_half, 1, 1e-9);
}

TEST(DepthFocality, DoesNotDependOnTheNumberOfThreads) {
    const int n_threads = omp_get_max_threads();
    omp_set_num_threads(1);
    const DepthFocality one = depth_focality(two_wings());
    omp_set_num_threads(3);
    const DepthFocality three = depth_focality(two_wings());
    omp_set_num_threads(n_threads);
    EXPECT_EQ(one.v_half, three.v_half);
    EXPECT_EQ(one.d_half, three.d_half);
    EXPECT_EQ(one.peak, three.peak);
}

TEST(DepthFocality, BadCoilsAreRefused) {
    const auto message = [](const Coil& coil) { return error_of([&] { (void)depth_focality(coil); }); };
    EXPECT_THAT(message(Coil{}), HasSubstr("no dipoles, no wires and no sampled A"));
    EXPECT_THAT(message(dipoles({{0, 0, -0.01}}, {{0, 0, 0}})), HasSubstr("makes no field"));
    Coil deep = dipoles({{0, 0, 0.03}}, {{0, 0, 1}});
    EXPECT_EQ(message(deep), "no error") << "without a casing the dipole itself touches the sphere";
    deep.casing = load_coil("figure8_70mm").casing;
    EXPECT_THAT(message(deep), HasSubstr("reach 30.0 mm into the sphere"));
}

TEST(MapCortex, ShowsTheHalfThatFacesTheCoil) {
    const Coil coil = two_wings();
    const DepthFocality metrics = depth_focality(coil);
    const CortexMap map = map_cortex(coil, 101);
    ASSERT_EQ(map.magnitude.rows(), 101);
    EXPECT_TRUE(std::isnan(map.magnitude(0, 0)));
    EXPECT_NEAR(map.magnitude(50, 50), metrics.profile.under_axis[0], 1e-12);
    // Row 0 is +y, column 0 is +x; both on the rim, level with the sphere's centre.
    Points rim(3, 2);
    rim << 0, 0.07, 0.07, 0, 0, 0;
    const VectorField field = electric_field_in_sphere(coil.dipoles, 1e6, metrics.sphere_centre,
                                                       rim.colwise() + metrics.sphere_centre);
    EXPECT_NEAR(map.magnitude(0, 50) / field.col(0).norm(), 1, 1e-9);
    EXPECT_NEAR(map.magnitude(50, 0) / field.col(1).norm(), 1, 1e-9);
    double greatest = 0;
    for (const double value : map.magnitude.reshaped()) greatest = std::fmax(greatest, value);
    EXPECT_NEAR(greatest / metrics.peak, 1, 0.01);
}

struct Measured {
    const char* file;
    double lift_mm, peak, d_half_cm, s_half_cm2;
};

/// How many of the four figures are met: lift ± 0.1 mm, peak ± 2 %, d½ ± 0.04 cm, S½ ± 4 %.
int n_met(const DepthFocality& result, const Measured& expected) {
    int n = 0;
    n += std::abs(result.lift * millimetres_per_metre - expected.lift_mm) <= 0.1 ? 1 : 0;
    n += std::abs(result.peak / expected.peak - 1) <= 0.02 ? 1 : 0;
    n += std::abs(result.d_half * 1e2 - expected.d_half_cm) <= 0.04 ? 1 : 0;
    n += std::abs(result.s_half * 1e4 / expected.s_half_cm2 - 1) <= 0.04 ? 1 : 0;
    return n;
}

class MeasuredCoils : public ::testing::TestWithParam<Measured> {};

TEST_P(MeasuredCoils, HaveTheKnownDepthAndFocality) {
    const Measured expected = GetParam();
    CORTICOIL_CHECK_DATA_OR_SKIP(path, std::string("coils/") + expected.file + ".ccd");
    const Coil coil = read_ccd(path);
    ASSERT_TRUE(coil.casing.has_value());
    const DepthFocality result = depth_focality(coil);
    EXPECT_NEAR(result.lift * millimetres_per_metre, expected.lift_mm, 0.1);
    EXPECT_NEAR(result.peak / expected.peak, 1, 0.02);
    EXPECT_NEAR(result.d_half * 1e2, expected.d_half_cm, 0.04);
    EXPECT_NEAR(result.s_half * 1e4 / expected.s_half_cm2, 1, 0.04);
    // The scalp 5 mm nearer to the cortex: peak and d½ miss.
    SphereHead nearer;
    nearer.scalp_radius = 0.080;
    EXPECT_LE(n_met(depth_focality(coil, nearer), expected), 2);
}

INSTANTIATE_TEST_SUITE_P(, MeasuredCoils,
                         ::testing::Values(Measured{"MagStim_D70", -1.00, 1.414, 1.42, 15.4},
                                           Measured{"MagVenture_Cool-B65", 0.00, 1.109, 1.29, 12.6},
                                           Measured{"MagVenture_C-100", -0.33, 1.221, 1.52, 73.7},
                                           Measured{"MagStim_DCC", 0.34, 2.728, 1.88, 31.2}),
                         [](const auto& instance) {
                             std::string name = instance.param.file;
                             std::replace(name.begin(), name.end(), '-', '_');
                             return name;
                         });

TEST(MeasuredCoil, WithoutItsCasingMissesThePeak) {
    CORTICOIL_CHECK_DATA_OR_SKIP(path, "coils/MagStim_D70.ccd");
    Coil coil = read_ccd(path);
    coil.casing.reset();
    const DepthFocality result = depth_focality(coil);
    EXPECT_EQ(result.lift, 0);
    EXPECT_LT(result.peak, 1.414 * 0.96);
}

TEST(MeasuredCoil, AsSampledPotentialHasTheDepthAndFocalityOfItsDipoles) {
    CORTICOIL_CHECK_DATA_OR_SKIP(as_dipoles, "coils/Magstim_70mm_Fig8.ccd");
    CORTICOIL_CHECK_DATA_OR_SKIP(as_grid, "coils/Magstim_70mm_Fig8.nii.gz");
    const DepthFocality dipoles = depth_focality(load_coil(as_dipoles.string()));
    Coil sampled = load_coil(as_grid.string());
    const DepthFocality grid = depth_focality(sampled);
    EXPECT_NEAR(grid.peak / dipoles.peak, 1, 0.005);
    EXPECT_NEAR(grid.d_half / dipoles.d_half, 1, 0.005);
    EXPECT_NEAR(grid.s_half / dipoles.s_half, 1, 0.01);
    sampled.grids.front().continuation.reset();
    EXPECT_THROW((void)depth_focality(sampled), Error);
}

} // namespace
} // namespace corticoil::coils
