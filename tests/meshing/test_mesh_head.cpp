#include "meshing/mesh_head.h"

#include "core/constants.h"
#include "core/error.h"
#include "core/tissue.h"
#include "meshing/ball_label_map.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace corticoil::meshing {
namespace {

using test::BallLabelMap;
using test::interface_roughness;
using test::make_ball_label_map;
using test::share_a_face;

HeadMesh mesh_ball(const BallLabelMap& ball, Resolution resolution) {
    HeadMeshOptions options;
    options.resolution = resolution;
    return mesh_head(make_ball_label_map(ball), options);
}

/// What every head mesh promises.
void expect_sound(const HeadMesh& head) {
    EXPECT_GT(tetrahedron_volumes(head.mesh).minCoeff(), 0.0);
    EXPECT_TRUE(head.mesh.nodes.allFinite());
    EXPECT_EQ(head.quality.n_inverted, 0);
    EXPECT_EQ(head.quality.n_parts, 1);
    EXPECT_EQ(head.quality.n_unused_nodes, 0);
    EXPECT_GE(head.quality.smallest_dihedral_angle, 5.0);
}

void expect_true_volumes(const HeadMesh& head, const BallLabelMap& ball) {
    double inner = 0.0;
    for (std::size_t layer = 0; layer < ball.radii.size(); ++layer) {
        const double outer = std::pow(ball.radii[layer], 3);
        const double truth = 4.0 / 3.0 * pi * (outer - inner);
        const TissueQuality& tissue = head.quality.tissues.at(static_cast<int>(layer) + 1);
        EXPECT_NEAR(tissue.volume / truth, 1.0, 0.03) << layer;
        EXPECT_LE(std::abs(tissue.volume_drift.value()), 0.01) << layer;
        inner = outer;
    }
}

void expect_closed_shells(const TetMesh& mesh, int n_labels) {
    for (int label = 1; label <= n_labels; ++label) {
        for (int other = label + 1; other <= n_labels; ++other) {
            EXPECT_EQ(share_a_face(mesh, label, other), other == label + 1) << label << " " << other;
        }
    }
}

TEST(MeshHead, KeepsThinShellsOfConcentricBalls) {
    const BallLabelMap ball; // the CSF, label 3, is 2 mm thick
    const HeadMesh head = mesh_ball(ball, Resolution::standard);
    expect_sound(head);
    ASSERT_EQ(head.quality.tissues.size(), 5U);
    expect_true_volumes(head, ball);
    expect_closed_shells(head.mesh, 5);
    // Plain labels leave 0.136 mm on such balls (measured with CGAL's domain of a labelled image).
    for (int label = 1; label <= 4; ++label) {
        const double radius = ball.radii[static_cast<std::size_t>(label) - 1];
        EXPECT_LT(interface_roughness(head.mesh, label, label + 1, radius), 0.115e-3) << label;
    }
    EXPECT_THAT(head.warnings, testing::IsEmpty());
}

TEST(MeshHead, IsTheSameBitForBitTwice) {
    const HeadMesh first = mesh_ball({}, Resolution::draft);
    const HeadMesh second = mesh_ball({}, Resolution::draft);
    ASSERT_EQ(first.mesh.n_nodes(), second.mesh.n_nodes());
    ASSERT_EQ(first.mesh.n_tetrahedra(), second.mesh.n_tetrahedra());
    EXPECT_TRUE((first.mesh.nodes.array() == second.mesh.nodes.array()).all());
    EXPECT_TRUE((first.mesh.tetrahedra.array() == second.mesh.tetrahedra.array()).all());
    EXPECT_EQ(first.mesh.labels, second.mesh.labels);
    expect_sound(first);
}

TEST(MeshHead, TakesAnisotropicAndMirroredVoxels) {
    BallLabelMap ball;
    ball.voxel = Vector3(-0.0008, 0.001, 0.0014);
    const HeadMesh head = mesh_ball(ball, Resolution::draft);
    expect_sound(head);
    // The balls are centred on the origin of the head frame whatever the voxels are.
    EXPECT_LT(interface_roughness(head.mesh, 4, 5, ball.radii[3]), 0.2e-3);
    for (const auto& [label, tissue] : head.quality.tissues)
        EXPECT_LE(std::abs(tissue.volume_drift.value()), 0.03) << label;
}

TEST(MeshHead, TakesATurnedGrid) {
    LabelImage labels = make_ball_label_map({});
    const Eigen::AngleAxisd turn(0.7, Vector3(1.0, 2.0, -0.5).normalized());
    const Vector3 shift(0.02, -0.03, 0.05);
    labels.head_from_voxel = Eigen::Translation3d(shift) * turn * labels.head_from_voxel;
    HeadMesh head = mesh_head(
        labels, {.resolution = Resolution::draft, .targets = {}, .size_factors = {}, .progress = {}});
    expect_sound(head);
    head.mesh.nodes.colwise() -= shift;
    EXPECT_LT(interface_roughness(head.mesh, 4, 5, 0.034), 0.2e-3);
}

TEST(MeshHead, ClosesAHeadThatTouchesTheBorder) {
    BallLabelMap ball;
    ball.margin = -6;
    const HeadMesh head = mesh_ball(ball, Resolution::draft);
    expect_sound(head);
    EXPECT_LE(std::abs(head.quality.tissues.at(tissue::scalp).volume_drift.value()), 0.02);
    // Half a voxel of air-side rounding at most beyond the outermost voxels.
    EXPECT_LT(head.mesh.nodes.cwiseAbs().maxCoeff(), 0.0351);
}

TEST(MeshHead, MeshesASmallLesion) {
    LabelImage labels = make_ball_label_map({});
    const int middle = labels.size[0] / 2;
    for (int k = -2; k <= 2; ++k) {
        for (int j = -2; j <= 2; ++j) {
            for (int i = -2; i <= 2; ++i) {
                labels.at(middle + 9 + i, middle + j, middle + k) = tissue::lesion;
                if (std::abs(i) < 2 && std::abs(j) < 2 && std::abs(k) < 2) {
                    labels.at(middle + 9 + i, middle + j, middle + k) = tissue::black_hole;
                }
            }
        }
    }
    const HeadMesh head = mesh_head(
        labels, {.resolution = Resolution::standard, .targets = {}, .size_factors = {}, .progress = {}});
    expect_sound(head);
    EXPECT_NEAR(1e9 * head.quality.tissues.at(tissue::lesion).volume, 98.0, 10.0);
    EXPECT_NEAR(1e9 * head.quality.tissues.at(tissue::black_hole).volume, 27.0, 5.0);
}

TEST(MeshHead, FinerResolutionHasMoreNodes) {
    const BallLabelMap ball;
    const HeadMesh draft = mesh_ball(ball, Resolution::draft);
    HeadMeshOptions options;
    options.resolution = Resolution::draft;
    for (int label = 1; label <= 5; ++label) options.size_factors[label] = 0.7;
    const HeadMesh scaled = mesh_head(make_ball_label_map(ball), options);
    EXPECT_GT(scaled.quality.n_nodes, 1.3 * draft.quality.n_nodes);
}

TEST(MeshHead, ReportsProgressInOrder) {
    std::vector<double> fractions;
    HeadMeshOptions options;
    options.resolution = Resolution::draft;
    options.progress = [&](double fraction, std::string_view step) {
        fractions.push_back(fraction);
        EXPECT_FALSE(step.empty());
    };
    BallLabelMap ball;
    ball.radii = {0.010, 0.014};
    (void)mesh_head(make_ball_label_map(ball), options);
    ASSERT_GE(fractions.size(), 4U);
    EXPECT_TRUE(std::is_sorted(fractions.begin(), fractions.end()));
    EXPECT_EQ(fractions.back(), 1.0);
}

TEST(Resolution, ParsesWhatItPrints) {
    for (const Resolution resolution : {Resolution::draft, Resolution::standard, Resolution::fine}) {
        EXPECT_EQ(parse_resolution(to_string(resolution)), resolution);
    }
    EXPECT_EQ(parse_resolution("Fine"), Resolution::fine);
    EXPECT_THAT([] { (void)parse_resolution("ultra"); },
                testing::ThrowsMessage<Error>("resolution 'ultra' is unknown; use draft, standard or fine"));
}

} // namespace
} // namespace corticoil::meshing
