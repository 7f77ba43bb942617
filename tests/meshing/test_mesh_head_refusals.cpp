#include "core/error.h"
#include "meshing/ball_label_map.h"
#include "meshing/mesh_head.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace corticoil::meshing {
namespace {

using test::make_ball_label_map;
using testing::AllOf;
using testing::HasSubstr;
using testing::ThrowsMessage;

LabelImage small_ball() {
    test::BallLabelMap ball;
    ball.radii = {0.008, 0.012};
    return make_ball_label_map(ball);
}

/// The call that a refusal is expected of.
auto meshing(const LabelImage& labels) {
    return [labels] {
        HeadMeshOptions options;
        options.resolution = Resolution::draft;
        (void)mesh_head(labels, options);
    };
}

TEST(MeshHeadRefuses, AnEmptyLabelMap) {
    LabelImage labels = small_ball();
    std::fill(labels.voxels.begin(), labels.voxels.end(), std::uint8_t{0});
    EXPECT_THAT(meshing(labels), ThrowsMessage<Error>(HasSubstr("empty, every voxel is 0 (air)")));
    EXPECT_THAT(meshing(LabelImage()), ThrowsMessage<Error>(HasSubstr("0 × 0 × 0 voxels")));
}

TEST(MeshHeadRefuses, ANearlyEmptyLabelMap) {
    LabelImage labels = small_ball();
    std::fill(labels.voxels.begin(), labels.voxels.end(), std::uint8_t{0});
    labels.voxels[500] = 3;
    EXPECT_THAT(meshing(labels), ThrowsMessage<Error>(HasSubstr("only 1 voxels hold tissue")));
}

TEST(MeshHeadRefuses, UnknownLabelsWithTheirCounts) {
    LabelImage labels = small_ball();
    labels.voxels[10] = 17;
    labels.voxels[11] = 17;
    labels.voxels[12] = 200;
    EXPECT_THAT(meshing(labels),
                ThrowsMessage<Error>(AllOf(HasSubstr("unknown labels 17 (2 voxels), 200 (1 voxels)"),
                                           HasSubstr("map them to known ones (1 white_matter"))));
}

TEST(MeshHeadRefuses, TwoLargeParts) {
    LabelImage labels({60, 30, 30}, Eigen::Affine3d(Eigen::Scaling(0.001)));
    for (int k = 5; k < 25; ++k) {
        for (int j = 5; j < 25; ++j) {
            for (int i = 5; i < 25; ++i) labels.at(i, j, k) = 5;
            for (int i = 35; i < 50; ++i) labels.at(i, j, k) = 5;
        }
    }
    EXPECT_THAT(meshing(labels),
                ThrowsMessage<Error>(AllOf(HasSubstr("2 large parts"), HasSubstr("8000, 6000 voxels"))));
}

TEST(MeshHeadRefuses, VoxelsInTheWrongUnit) {
    LabelImage labels = small_ball();
    labels.head_from_voxel.linear() *= 1000.0;
    EXPECT_THAT(meshing(labels),
                ThrowsMessage<Error>(AllOf(HasSubstr("voxels of 1000 × 1000 × 1000 mm"), HasSubstr("unit"))));
    labels = small_ball();
    labels.head_from_voxel.linear().col(2).setZero();
    EXPECT_THAT(meshing(labels), ThrowsMessage<Error>(HasSubstr("1 × 1 × 0 mm")));
}

TEST(MeshHeadRefuses, BrokenAffines) {
    LabelImage labels = small_ball();
    labels.head_from_voxel.matrix()(0, 3) = std::numeric_limits<double>::quiet_NaN();
    EXPECT_THAT(meshing(labels), ThrowsMessage<Error>(HasSubstr("entries that are no numbers")));
    labels = small_ball();
    labels.head_from_voxel.linear().col(1) = labels.head_from_voxel.linear().col(0);
    EXPECT_THAT(meshing(labels), ThrowsMessage<Error>(HasSubstr("nearly parallel")));
}

TEST(MeshHeadRefuses, HostileSizesBeforeItAllocates) {
    LabelImage labels = small_ball();
    labels.size = {100000, 100000, 100000};
    EXPECT_THAT(meshing(labels), ThrowsMessage<Error>(HasSubstr("more than 600 million")));
}

TEST(MeshHeadRefuses, ToLoseATissue) {
    test::BallLabelMap ball;
    ball.radii = {0.020, 0.021, 0.028}; // a shell of one voxel, 5.3 ml
    HeadMeshOptions options;
    options.resolution = Resolution::draft;
    for (int label = 1; label <= 3; ++label) options.size_factors[label] = 8.0;
    const LabelImage labels = make_ball_label_map(ball);
    EXPECT_THAT([&] { (void)mesh_head(labels, options); },
                ThrowsMessage<Error>(
                    AllOf(HasSubstr("the limit is 10 %"), HasSubstr("finer resolution than draft"))));
}

TEST(MeshHead, LeavesOutSpecksWithAWarning) {
    LabelImage labels = small_ball();
    labels.voxels[0] = 5;
    HeadMeshOptions options;
    options.resolution = Resolution::draft;
    const HeadMesh head = mesh_head(labels, options);
    ASSERT_FALSE(head.warnings.empty());
    EXPECT_THAT(head.warnings.front(), HasSubstr("left out 1 voxels in 1 parts"));
    EXPECT_EQ(head.quality.n_parts, 1);
}

} // namespace
} // namespace corticoil::meshing
