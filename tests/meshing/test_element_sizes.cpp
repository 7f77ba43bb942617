// Element sizes follow places and millimetres, and boundaries are measured.
#include "core/constants.h"
#include "core/error.h"
#include "core/tissue.h"
#include "meshing/ball_label_map.h"
#include "meshing/boundary_distance.h"
#include "meshing/distance_transform.h"
#include "meshing/mesh_head.h"
#include "meshing/quality_gate.h"
#include "meshing/size_field.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace corticoil::meshing {
namespace {

using test::BallLabelMap;
using test::make_ball_label_map;
using testing::HasSubstr;

TEST(DistanceTransform, IsTheDistanceToTheNearestMark) {
    const std::array<int, 3> size{9, 7, 6};
    const Vector3 spacing(0.8, 1.0, 1.7);
    std::mt19937 random(3);
    std::vector<std::uint8_t> marks(9 * 7 * 6, 0);
    for (std::uint8_t& mark : marks) mark = random() % 20 == 0 ? 1 : 0;
    ASSERT_TRUE(std::count(marks.begin(), marks.end(), 1) > 2);
    const std::vector<float> found = distance_to_marked(marks, size, spacing);
    const auto place = [&](std::size_t v) -> Vector3 {
        return Vector3(static_cast<double>(v % 9), static_cast<double>(v / 9 % 7),
                       static_cast<double>(v / 63))
            .cwiseProduct(spacing);
    };
    for (std::size_t v = 0; v < marks.size(); ++v) {
        double nearest = 1e9;
        for (std::size_t m = 0; m < marks.size(); ++m) {
            if (marks[m] != 0) nearest = std::min(nearest, (place(v) - place(m)).norm());
        }
        EXPECT_NEAR(found[v], nearest, 1e-5) << v;
    }
    std::fill(marks.begin(), marks.end(), std::uint8_t{0});
    EXPECT_TRUE(std::isinf(distance_to_marked(marks, size, spacing).front()));
}

/// A ball of grey matter in CSF, bone and scalp, as wide as a head.
LabelImage wide_ball(double voxel) {
    BallLabelMap ball;
    ball.radii = {0.060, 0.075, 0.078, 0.084, 0.090};
    ball.voxel = Vector3::Constant(voxel);
    return make_ball_label_map(ball);
}

/// Largest circumradius of a tetrahedron [mm] at a distance from the centre of the ball [m].
double cell_size_at(const LabelImage& labels, double radius, int label) {
    const SizeField sizes(labels, HeadMeshOptions{});
    return sizes.cell_size(labels.head_from_voxel.inverse() * Vector3(0.6 * radius, 0.8 * radius, 0.0),
                           label);
}

TEST(ElementSizes, GrowBeneathTheReachOfACoil) {
    const LabelImage labels = wide_ball(0.0015);
    const double under_scalp = cell_size_at(labels, 0.070, tissue::grey_matter);
    EXPECT_NEAR(under_scalp, millimetres_per_metre * base_size(Resolution::standard).cell, 1e-9);
    EXPECT_NEAR(cell_size_at(labels, 0.060, tissue::grey_matter), under_scalp, 1e-9);
    EXPECT_GT(cell_size_at(labels, 0.020, tissue::grey_matter), 1.7 * under_scalp);
    EXPECT_GT(cell_size_at(labels, 0.087, tissue::scalp), 2 * under_scalp);
    // A lesion is as fine in the depth.
    EXPECT_LE(cell_size_at(labels, 0.020, tissue::lesion), under_scalp);
}

TEST(ElementSizes, AreInMillimetresNotVoxels) {
    for (const double radius : {0.070, 0.045, 0.020}) {
        const int label = tissue::grey_matter;
        const double of_fine = cell_size_at(wide_ball(0.0012), radius, label);
        const double of_coarse = cell_size_at(wide_ball(0.0020), radius, label);
        EXPECT_NEAR(of_coarse / of_fine, 1.0, 0.12) << radius;
    }
    const auto n_nodes = [](double voxel) {
        BallLabelMap ball;
        ball.voxel = Vector3::Constant(voxel);
        HeadMeshOptions options;
        options.resolution = Resolution::draft;
        return static_cast<double>(mesh_head(make_ball_label_map(ball), options).quality.n_nodes);
    };
    // Sizes in voxels would give (1 / 0.8)³ = 1.95 times as many.
    EXPECT_NEAR(n_nodes(0.0008) / n_nodes(0.0010), 1.0, 0.15);
}

TEST(ElementSizes, AreSmallerAroundTargets) {
    BallLabelMap ball;
    ball.radii = {0.030, 0.042, 0.045};
    const LabelImage labels = make_ball_label_map(ball);
    const Vector3 here(0.035, 0, 0);
    const auto ratio = [&](const std::vector<Vector3>& targets) {
        HeadMeshOptions options;
        options.resolution = Resolution::draft;
        options.targets = targets;
        const HeadMesh head = mesh_head(labels, options);
        const auto edge = [&](const Vector3& place) {
            return mean_edge_near(head.mesh, tissue::grey_matter, place, 0.010).value();
        };
        return edge(here) / edge(-here);
    };
    EXPECT_NEAR(ratio({here}), target_size_factor, 0.08);
    EXPECT_NEAR(ratio({}), 1.0, 0.06);
}

TEST(MeanEdgeNear, IsNothingWhereNoTissueIs) {
    BallLabelMap ball;
    ball.radii = {0.008, 0.012};
    HeadMeshOptions options;
    options.resolution = Resolution::draft;
    const HeadMesh head = mesh_head(make_ball_label_map(ball), options);
    EXPECT_FALSE(mean_edge_near(head.mesh, tissue::grey_matter, Vector3(0.5, 0, 0), 0.030));
    EXPECT_FALSE(mean_edge_near(head.mesh, tissue::bone, Vector3::Zero(), 0.030));
    EXPECT_NEAR(mean_edge_near(head.mesh, tissue::grey_matter, Vector3::Zero(), 0.030).value(),
                head.quality.tissues.at(tissue::grey_matter).edge_length_mean, 1e-12);
}

TEST(BoundaryDistances, SeeShiftsAndLostLayers) {
    const LabelImage labels = make_ball_label_map({});
    HeadMeshOptions options;
    options.resolution = Resolution::draft;
    TetMesh mesh = mesh_head(labels, options).mesh;
    for (const auto& [label, distance] : boundary_distances(mesh, labels)) {
        EXPECT_LT(distance.mean, 0.35e-3) << label; // 0.25 mm are the voxels' stairs
        EXPECT_LT(distance.percentile_99, 1.0e-3) << label;
    }
    TetMesh shifted = mesh;
    shifted.nodes.row(0).array() += 2.0e-3;
    EXPECT_GT(overall(boundary_distances(shifted, labels)).mean, 0.6e-3);
    // The shell of CSF, 2 mm thick, given to the grey matter: its boundary lies 2 mm too far out.
    for (int& label : mesh.labels) label = label == tissue::csf ? tissue::grey_matter : label;
    EXPECT_GT(boundary_distances(mesh, labels).at(tissue::grey_matter).percentile_99, 1.5e-3);
}

/// A ball of white matter in grey matter with small parts of another label in it, of 3 to 33 voxels.
LabelImage with_small_parts(std::uint8_t label) {
    BallLabelMap ball;
    ball.radii = {0.026, 0.030, 0.033, 0.036};
    LabelImage labels = make_ball_label_map(ball);
    const int middle = labels.size[0] / 2;
    const std::array<int, 3> steps{-14, 0, 14};
    int part = 0;
    for (const int x : steps) {
        for (const int y : steps) {
            for (const int z : {-7, 7}) {
                // Voxels within a radius of a point between voxels: 3, 4, 7, 8, 19 and 33 of them.
                const std::array<std::size_t, 6> wanted{3, 4, 7, 8, 19, 33};
                std::vector<std::pair<double, std::array<int, 3>>> order;
                for (int k = -3; k <= 3; ++k) {
                    for (int j = -3; j <= 3; ++j) {
                        for (int i = -3; i <= 3; ++i) {
                            const double shift = part % 2 == 0 ? 0.3 : 0.1;
                            order.push_back(
                                {(Vector3(i, j, k) - Vector3::Constant(shift)).norm(), {i, j, k}});
                        }
                    }
                }
                std::sort(order.begin(), order.end());
                for (std::size_t v = 0; v < wanted[static_cast<std::size_t>(part) % wanted.size()]; ++v) {
                    const auto& [distance, at] = order[v];
                    labels.at(middle + x + at[0], middle + y + at[1], middle + z + at[2]) = label;
                }
                ++part;
            }
        }
    }
    return labels;
}

constexpr int n_small_parts = 18;

TEST(SmallLesions, KeepTheirVolumeAndNumber) {
    for (const Resolution resolution : {Resolution::draft, Resolution::standard}) {
        HeadMeshOptions options;
        options.resolution = resolution;
        const HeadMesh head = mesh_head(with_small_parts(tissue::lesion), options);
        const TissueQuality& lesions = head.quality.tissues.at(tissue::lesion);
        EXPECT_LE(std::abs(lesions.volume_drift.value()), 0.05) << to_string(resolution);
        EXPECT_EQ(lesions.n_parts, n_small_parts) << to_string(resolution);
        EXPECT_GE(head.quality.smallest_dihedral_angle, 8) << to_string(resolution);
    }
    // As specks of another tissue most of them are taken for noise.
    HeadMeshOptions options;
    options.resolution = Resolution::draft;
    const HeadMesh specks = mesh_head(with_small_parts(tissue::bone), options);
    EXPECT_LT(specks.quality.tissues.at(tissue::bone).n_parts, n_small_parts);
}

MeshQuality sound_quality() {
    MeshQuality quality;
    quality.n_parts = 1;
    quality.smallest_dihedral_angle = 12;
    TissueQuality& tissue = quality.tissues[tissue::grey_matter];
    tissue.volume = tissue.reference_volume.emplace(1e-3);
    tissue.volume_drift = 0.0;
    return quality;
}

TEST(QualityGate, SaysWhatIsNotableAndRefusesTheRest) {
    const MeshOrigin origin;
    EXPECT_THAT(check_quality(sound_quality(), origin), testing::IsEmpty());
    MeshQuality quality = sound_quality();
    quality.smallest_dihedral_angle = 7;
    quality.tissues[tissue::grey_matter].volume_drift = -0.03;
    quality.tissues[tissue::grey_matter].boundary = BoundaryDistance{0.9e-3, 2e-3, 0.1};
    EXPECT_THAT(
        check_quality(quality, origin),
        testing::ElementsAre(HasSubstr("angle 7.0°"), HasSubstr("(-3.0 %)"), HasSubstr("lies 0.90 mm")));
    const auto refuses = [&](const char* text) {
        EXPECT_THAT([&] { (void)check_quality(quality, origin); },
                    testing::ThrowsMessage<Error>(HasSubstr(text)));
        quality = sound_quality();
    };
    quality.smallest_dihedral_angle = 4;
    refuses("4.00° is below 5°");
    quality.n_parts = 2;
    refuses("in 2 parts");
    quality.n_inverted = 3;
    refuses("3 inverted");
    quality.tissues[tissue::grey_matter].volume_drift = 0.2;
    refuses("the limit is 10 %");
}

} // namespace
} // namespace corticoil::meshing
