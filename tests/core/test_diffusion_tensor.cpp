#include "core/diffusion_tensor.h"

#include "support/box_mesh.h"
#include "support/error_of.h"

#include <Eigen/Eigenvalues>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

namespace corticoil {
namespace {

using test::error_of;
using ::testing::HasSubstr;

constexpr double voxel_edge = 0.01; // [m]
constexpr double white = 0.126;     // [S/m]
constexpr double grey = 0.275;
constexpr float rounding = 1e-6F; // Of the image's 32-bit floats.

Eigen::Affine3d grid() {
    Eigen::Affine3d head_from_voxel = Eigen::Affine3d::Identity();
    head_from_voxel.linear() *= voxel_edge;
    return head_from_voxel;
}

TensorImage image_of(const std::array<int, 3>& size,
                     const std::function<DiffusionTensor(int, int, int)>& tensor) {
    TensorImage image(size, grid());
    for (int k = 0; k < size[2]; ++k) {
        for (int j = 0; j < size[1]; ++j) {
            for (int i = 0; i < size[0]; ++i) image.at(i, j, k) = tensor(i, j, k);
        }
    }
    return image;
}

/// Bricks of one voxel's edge between x = first and x = last voxel edges; labels by x.
TetMesh bar(int first, int last, const std::function<int(const Vector3&)>& label) {
    return test::box_mesh(Vector3(first, 0, 0) * voxel_edge, Vector3(last, 1, 1) * voxel_edge,
                          {last - first, 1, 1}, label);
}

TetMesh white_bar() {
    return bar(0, 1, [](const Vector3&) { return 1; });
}

/// White matter between x = 0 and 1, grey matter between 2 and 3 voxel edges, nothing in between.
TetMesh two_tissues() {
    const TetMesh whole = bar(0, 3, [](const Vector3& p) { return p[0] < 1.5 * voxel_edge ? 1 : 2; });
    const Points centres = barycentres(whole);
    return extract(whole,
                   [&](int t) { return centres(0, t) < voxel_edge || centres(0, t) > 2 * voxel_edge; });
}

Conductivity tissue_conductivity(const TetMesh& mesh) {
    Eigen::VectorXd sigma(mesh.n_tetrahedra());
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        const int label = mesh.labels[static_cast<std::size_t>(t)];
        sigma[t] = label == 1 ? white : label == 2 ? grey : 1.0;
    }
    return sigma;
}

Eigen::Matrix3d diagonal(double x, double y, double z) {
    return Vector3(x, y, z).asDiagonal();
}

MappedConductivity map_white_bar(const DiffusionTensor& tensor, const TensorMappingOptions& options = {}) {
    const TetMesh mesh = white_bar();
    return anisotropic_conductivity(mesh, tissue_conductivity(mesh),
                                    image_of({2, 2, 2}, [&](int, int, int) { return tensor; }), options);
}

TEST(DiffusionTensor, TurnsWithItsAxes) {
    const DiffusionTensor along_x{3, 1, 1, 0, 0, 0};
    const auto about_z = [](double angle) {
        return Eigen::AngleAxisd(angle, Vector3::UnitZ()).toRotationMatrix();
    };
    const DiffusionTensor along_y = rotated(along_x, about_z(std::acos(0.0)));
    EXPECT_NEAR(along_y[0], 1, rounding);
    EXPECT_NEAR(along_y[1], 3, rounding);
    const DiffusionTensor oblique = rotated(along_x, about_z(std::acos(0.0) / 2));
    EXPECT_NEAR(oblique[0], 2, rounding);
    EXPECT_NEAR(oblique[1], 2, rounding);
    EXPECT_NEAR(oblique[3], 1, rounding) << "along (1, 1, 0)";
}

TEST(DiffusionTensor, FslAxesFollowTheVoxelsAndAreNeverRightHanded) {
    const Eigen::Matrix3d rotation = Eigen::AngleAxisd(0.7, Vector3(1, 2, 3).normalized()).toRotationMatrix();
    Eigen::Affine3d radiological = Eigen::Affine3d::Identity();
    radiological.linear() = rotation * diagonal(-2e-3, 1e-3, 3e-3);
    radiological.translation() = Vector3(0.1, 0.2, 0.3);
    const Eigen::Matrix3d expected = rotation * diagonal(-1, 1, 1);
    EXPECT_TRUE(head_from_fsl_axes(radiological).isApprox(expected, 1e-12)) << "voxel axes as they are";
    // The same data stored with x reversed: the components in the file stay as they are, and so must the
    // result.
    Eigen::Affine3d neurological = radiological;
    neurological.linear().col(0) *= -1;
    EXPECT_TRUE(head_from_fsl_axes(neurological).isApprox(expected, 1e-12));
    // Leaving out the flip would put a fibre along (1, 1, 0) at (1, −1, 0): seen in the off-diagonal.
    const DiffusionTensor fibre{2, 2, 1, 1, 0, 0};
    const DiffusionTensor right = rotated(fibre, head_from_fsl_axes(Eigen::Affine3d::Identity()));
    EXPECT_NEAR(right[3], -1, rounding);
    EXPECT_NEAR(rotated(fibre, Eigen::Matrix3d::Identity())[3], 1, rounding);
}

TEST(DiffusionTensor, AShearWithinTheFilesToleranceLeavesARotation) {
    Eigen::Affine3d sheared = grid();
    sheared.linear()(0, 1) = 0.009 * voxel_edge;
    const Eigen::Matrix3d axes = head_from_fsl_axes(sheared);
    EXPECT_TRUE((axes.transpose() * axes).isIdentity(1e-12));
    EXPECT_TRUE(axes.isApprox(diagonal(-1, 1, 1), 0.01));
}

TEST(AnisotropicConductivity, VolumeNormalisedKeepsTheIsotropicValueAsGeometricMean) {
    const MappedConductivity mapped = map_white_bar({4e-3F, 1e-3F, 1e-3F, 0, 0, 0});
    EXPECT_EQ(mapped.report.n_used, 6);
    EXPECT_EQ(mapped.report.n_limited, 0);
    const Eigen::Matrix3d expected = white / std::cbrt(4.0) * diagonal(4, 1, 1);
    for (int t = 0; t < mapped.conductivity.size(); ++t) {
        EXPECT_TRUE(mapped.conductivity.tensor(t).isApprox(expected, rounding));
        EXPECT_NEAR(std::cbrt(mapped.conductivity.tensor(t).determinant()), white, 1e-12);
    }
}

TEST(AnisotropicConductivity, DirectHasOneFactorFittedToBothTissues) {
    const TetMesh mesh = two_tissues();
    const TensorImage image = image_of({4, 2, 2}, [](int i, int, int) -> DiffusionTensor {
        return i < 2 ? DiffusionTensor{1.6e-3F, 0.4e-3F, 0.4e-3F, 0, 0, 0}
                     : DiffusionTensor{0.9e-3F, 0.8e-3F, 0.8e-3F, 0.1e-3F, 0, 0};
    });
    const double d_white = std::cbrt(1.6 * 0.4 * 0.4) * 1e-3;
    const double d_grey = std::cbrt((0.9 * 0.8 - 0.1 * 0.1) * 0.8) * 1e-3;
    const double s = (d_white * white + d_grey * grey) / (d_white * d_white + d_grey * d_grey);
    const MappedConductivity direct =
        anisotropic_conductivity(mesh, tissue_conductivity(mesh), image, {.mapping = TensorMapping::direct});
    EXPECT_NEAR(direct.report.scale, s, rounding * s);
    const MappedConductivity mean = anisotropic_conductivity(mesh, tissue_conductivity(mesh), image,
                                                             {.mapping = TensorMapping::mean_conductivity});
    ASSERT_TRUE(mean.conductivity.is_isotropic());
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        const bool is_white = mesh.labels[static_cast<std::size_t>(t)] == 1;
        Eigen::Matrix3d expected = s * 1e-3 * (is_white ? diagonal(1.6, 0.4, 0.4) : diagonal(0.9, 0.8, 0.8));
        if (!is_white) expected(0, 1) = expected(1, 0) = s * 0.1e-3;
        EXPECT_TRUE(direct.conductivity.tensor(t).isApprox(expected, rounding));
        EXPECT_NEAR(mean.conductivity[t], s * (is_white ? d_white : d_grey), rounding);
    }
}

TEST(AnisotropicConductivity, WithOneTissueDirectAndVolumeNormalisedAgree) {
    const DiffusionTensor tensor{1.7e-3F, 0.5e-3F, 0.4e-3F, 0.1e-3F, -0.2e-3F, 0.05e-3F};
    const MappedConductivity direct = map_white_bar(tensor, {.mapping = TensorMapping::direct});
    EXPECT_TRUE(direct.conductivity.tensors().isApprox(map_white_bar(tensor).conductivity.tensors(), 1e-12));
}

TEST(AnisotropicConductivity, TensorsAreInterpolatedLinearlyAtTheBarycentre) {
    const auto field = [](const Vector3& p_voxel) {
        return Eigen::Matrix3d(diagonal(2 + p_voxel[0], 3 + 0.5 * p_voxel[1], 4 - p_voxel[2]));
    };
    const TetMesh mesh = white_bar();
    const TensorImage image = image_of({2, 2, 2}, [&](int i, int j, int k) -> DiffusionTensor {
        const Eigen::Matrix3d d = field(Vector3(i, j, k));
        return {
            static_cast<float>(d(0, 0)), static_cast<float>(d(1, 1)), static_cast<float>(d(2, 2)), 0, 0, 0};
    });
    const MappedConductivity mapped = anisotropic_conductivity(mesh, tissue_conductivity(mesh), image);
    const Points centres = barycentres(mesh);
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        const Eigen::Matrix3d d = field(centres.col(t) / voxel_edge);
        EXPECT_TRUE(mapped.conductivity.tensor(t).isApprox(white / std::cbrt(d.determinant()) * d, rounding));
    }
}

TEST(AnisotropicConductivity, TheRatioOfEigenvaluesIsLimited) {
    const MappedConductivity limited = map_white_bar({1, 0.01F, 0.01F, 0, 0, 0});
    EXPECT_EQ(limited.report.n_limited, 6);
    EXPECT_TRUE(
        limited.conductivity.tensor(0).isApprox(white / std::cbrt(10.0) * diagonal(10, 1, 1), rounding));
    // Turned out of the axes: the largest eigenvalue's direction stays.
    const Eigen::Matrix3d turn = Eigen::AngleAxisd(0.5, Vector3(1, -1, 2).normalized()).toRotationMatrix();
    const MappedConductivity turned = map_white_bar(rotated({1, 0.01F, 0.01F, 0, 0, 0}, turn));
    EXPECT_TRUE(turned.conductivity.tensor(0).isApprox(
        white / std::cbrt(10.0) * turn * diagonal(10, 1, 1) * turn.transpose(), 1e-5));
    EXPECT_EQ(map_white_bar({8, 1, 1, 0, 0, 0}, {.largest_ratio = 8}).report.n_limited, 0) << "at the limit";
    EXPECT_EQ(map_white_bar({8, 1, 1, 0, 0, 0}, {.largest_ratio = 7.9}).report.n_limited, 6);
    const MappedConductivity round = map_white_bar({8, 1, 1, 0, 0, 0}, {.largest_ratio = 1});
    EXPECT_TRUE(round.conductivity.tensor(0).isApprox(white * Eigen::Matrix3d::Identity(), 1e-9));
}

TEST(AnisotropicConductivity, TheLargestEigenvalueIsLimited) {
    const DiffusionTensor tensor{8, 1, 1,
                                 0, 0, 0}; // Volume-normalised, det^(1/3) = 2: 0.504, 0.063, 0.063 S/m.
    const MappedConductivity limited = map_white_bar(tensor, {.largest_eigenvalue = 0.2});
    EXPECT_EQ(limited.report.n_limited, 6);
    EXPECT_TRUE(limited.conductivity.tensor(0).isApprox(diagonal(0.2, 0.0630, 0.0630), 1e-9));
    EXPECT_EQ(map_white_bar(tensor, {.largest_eigenvalue = 0.5041}).report.n_limited, 0);
}

TEST(AnisotropicConductivity, OtherLabelsKeepTheirIsotropicValue) {
    const TetMesh mesh = bar(0, 2, [](const Vector3& p) { return p[0] < voxel_edge ? 1 : 5; });
    const TensorImage image =
        image_of({3, 2, 2}, [](int, int, int) { return DiffusionTensor{4, 1, 1, 0, 0, 0}; });
    const MappedConductivity mapped = anisotropic_conductivity(mesh, tissue_conductivity(mesh), image);
    EXPECT_EQ(mapped.report.n_tetrahedra, 6);
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        const bool is_white = mesh.labels[static_cast<std::size_t>(t)] == 1;
        EXPECT_EQ(mapped.conductivity.tensor(t) == Eigen::Matrix3d::Identity(), !is_white);
    }
    const MappedConductivity scalp =
        anisotropic_conductivity(mesh, tissue_conductivity(mesh), image, {.labels = {5}});
    EXPECT_EQ(scalp.conductivity.tensor(0), white * Eigen::Matrix3d::Identity());
}

TEST(AnisotropicConductivity, WithoutAUsableTensorTheIsotropicValueStays) {
    // Bricks 0 … 5 along x; voxels at their ends. The image ends at x = 4, its last voxels lie outside the
    // mask, and those at x = 1 hold tensors with a negative eigenvalue that outweighs its neighbours.
    const TetMesh mesh = bar(0, 6, [](const Vector3&) { return 1; });
    const TensorImage image = image_of({5, 2, 2}, [](int i, int, int) -> DiffusionTensor {
        if (i == 4) return {};
        if (i == 1) return {1, 1, -9, 0, 0, 0};
        return {4, 1, 1, 0, 0, 0};
    });
    const MappedConductivity mapped = anisotropic_conductivity(mesh, tissue_conductivity(mesh), image);
    const TensorReport& report = mapped.report;
    EXPECT_EQ(report.n_tetrahedra, 36);
    EXPECT_EQ(report.n_used + report.n_missing + report.n_not_positive, 36);
    const Eigen::Matrix3d isotropic = white * Eigen::Matrix3d::Identity();
    const Points centres = barycentres(mesh);
    int n_masked = 0;
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        const double x = centres(0, t) / voxel_edge;
        const bool is_isotropic = mapped.conductivity.tensor(t) == isotropic;
        if (x < 2) {
            EXPECT_TRUE(is_isotropic) << "a negative eigenvalue at x = " << x;
        } else if (x < 3.49) {
            // Beyond x = 3 voxels of the mask's outside are left out instead of pulling the tensor down.
            EXPECT_TRUE(
                mapped.conductivity.tensor(t).isApprox(white / std::cbrt(4.0) * diagonal(4, 1, 1), 1e-6))
                << x;
        } else if (x > 3.51) {
            EXPECT_TRUE(is_isotropic) << "mostly outside the mask, or outside the image, at x = " << x;
            ++n_masked;
        }
    }
    EXPECT_EQ(report.n_not_positive, 12);
    EXPECT_GE(report.n_missing, n_masked);
    EXPECT_GE(n_masked, 12);
}

TEST(AnisotropicConductivity, FlatTensorsAndNumbersThatAreNotFiniteAreNotUsed) {
    const float nan = std::numeric_limits<float>::quiet_NaN();
    for (const DiffusionTensor& useless : {DiffusionTensor{1, 1, 0, 0, 0, 0},
                                           {1, 1, 1e-9F, 0, 0, 0},
                                           {-1, -1, -1, 0, 0, 0},
                                           {1, 1, 1, nan, 0, 0}}) {
        EXPECT_THAT(
            error_of([&] { (void)map_white_bar(useless); }),
            HasSubstr("none for the 6 tetrahedra of the labels 1, 2 (0 without a tensor, 6 with one that is "
                      "not positive definite); register it to the T1"));
    }
}

TEST(AnisotropicConductivity, AnImageElsewhereAndWrongLimitsAreErrors) {
    const TetMesh mesh = white_bar();
    TensorImage image = image_of({2, 2, 2}, [](int, int, int) { return DiffusionTensor{4, 1, 1, 0, 0, 0}; });
    image.head_from_voxel.translation().setConstant(1);
    EXPECT_THAT(error_of([&] { (void)anisotropic_conductivity(mesh, tissue_conductivity(mesh), image); }),
                HasSubstr("(6 without a tensor, 0 with"));
    image.head_from_voxel.linear().setZero();
    EXPECT_THAT(error_of([&] { (void)anisotropic_conductivity(mesh, tissue_conductivity(mesh), image); }),
                HasSubstr("(6 without a tensor, 0 with"));
    EXPECT_THAT(error_of([&] {
                    (void)map_white_bar({1, 1, 1, 0, 0, 0}, {.labels = {2, 51}});
                }),
                HasSubstr("no tetrahedra of the labels 2, 51"));
    EXPECT_THAT(error_of([&] {
                    (void)map_white_bar({1, 1, 1, 0, 0, 0}, {.largest_ratio = 0.5});
                }),
                HasSubstr("largest ratio of eigenvalues is 0.5"));
    EXPECT_THAT(error_of([&] {
                    (void)map_white_bar({1, 1, 1, 0, 0, 0}, {.largest_eigenvalue = 0});
                }),
                HasSubstr("largest eigenvalue is 0 S/m"));
}

} // namespace
} // namespace corticoil
