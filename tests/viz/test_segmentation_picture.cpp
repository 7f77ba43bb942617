#include "picture_file.h"
#include "viz/picture_layout.h"
#include "viz/segmentation_picture.h"
#include "viz/slices.h"

#include "core/error.h"
#include "core/tissue.h"
#include "support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace corticoil::viz {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

/// A centred grid; `flip` ±1 per axis is the direction in which the voxel axis runs.
Eigen::Affine3d centred(const std::array<int, 3>& size, double spacing, const Vector3& flip) {
    Eigen::Affine3d affine = Eigen::Affine3d::Identity();
    affine.linear() = spacing * flip.asDiagonal().toDenseMatrix();
    affine.translation() = -affine.linear() * Vector3(size[0] - 1, size[1] - 1, size[2] - 1) / 2;
    return affine;
}

/// Scalp to 80 mm, white matter to 60 mm, and a lesion only in the left, anterior, upper octant.
int phantom_label(const Vector3& point) {
    const double radius = point.norm();
    if (radius > 0.080) return tissue::air;
    if (radius > 0.060) return tissue::scalp;
    const bool in_lesion = point.x() < -0.010 && point.y() > 0.010 && point.norm() < 0.055;
    return in_lesion ? tissue::lesion : tissue::white_matter;
}

LabelImage phantom_labels(const Vector3& flip) {
    const std::array<int, 3> size{90, 90, 90};
    LabelImage labels(size, centred(size, 2e-3, flip));
    for (int k = 0; k < 90; ++k) {
        for (int j = 0; j < 90; ++j) {
            for (int i = 0; i < 90; ++i) {
                labels.at(i, j, k) =
                    static_cast<std::uint8_t>(phantom_label(labels.head_from_voxel * Vector3(i, j, k)));
            }
        }
    }
    return labels;
}

ScalarImage phantom_t1() {
    const std::array<int, 3> size{60, 64, 56};
    ScalarImage t1(size, centred(size, 3e-3, Vector3(1, 1, 1)));
    for (int k = 0; k < size[2]; ++k) {
        for (int j = 0; j < size[1]; ++j) {
            for (int i = 0; i < size[0]; ++i) {
                t1.at(i, j, k) = (t1.head_from_voxel * Vector3(i, j, k)).norm() < 0.080 ? 100.0F : 0.0F;
            }
        }
    }
    return t1;
}

TEST(DrawSegmentation, LeftIsOnTheLeftWhateverTheVoxelAxes) {
    const corticoil::test::TemporaryFolder folder;
    const PictureOptions options{.width = 800, .height = 600};
    const PictureLayout layout(options);
    for (const Vector3& flip : {Vector3(1, 1, 1), Vector3(-1, 1, 1), Vector3(1, -1, -1)}) {
        draw_segmentation(phantom_t1(), phantom_labels(flip), options, folder / "segmentation.png");
        const Canvas picture = test::read_picture(folder / "segmentation.png");
        ASSERT_EQ(picture.width(), 800);
        ASSERT_EQ(picture.height(), 600);
        // Twelve panels of one size in the scene's part, four in a row; the lower left one is axial, through
        // the middle.
        const double gap = 10 * layout.scale;
        const int panel = static_cast<int>((layout.scene_width() - 3 * gap) / 4);
        const int left = static_cast<int>(layout.scene_left());
        const int top = static_cast<int>(layout.scene_top() + 2 * (panel + gap));
        const Colour lesion =
            mix({0.98F, 0.98F, 0.98F}, tissue_colour(tissue::lesion), SliceStyle{}.lesion_opacity);
        const auto count = [&](int column, int row) {
            const int x = left + column * panel / 2;
            const int y = top + row * panel / 2;
            return test::count_near(picture, lesion, 0.08, x, y, x + panel / 2, y + panel / 2);
        };
        // Left in the picture is left in the head, up is anterior.
        EXPECT_GT(count(0, 0), 500) << flip.transpose();
        EXPECT_LT(count(1, 0), 30) << flip.transpose();
        EXPECT_LT(count(0, 1), 30) << flip.transpose();
        EXPECT_LT(count(1, 1), 30) << flip.transpose();
    }
}

TEST(DrawSegmentation, LegendHasTheTissuesColours) {
    const corticoil::test::TemporaryFolder folder;
    const PictureOptions options{.width = 800, .height = 600};
    draw_segmentation(phantom_t1(), phantom_labels(Vector3(1, 1, 1)), options, folder / "segmentation.png");
    const Canvas picture = test::read_picture(folder / "segmentation.png");
    const int legend = static_cast<int>(PictureLayout(options).legend_left()) - 2;
    for (const int label : {tissue::white_matter, tissue::scalp, tissue::lesion}) {
        EXPECT_GT(test::count_near(picture, tissue_colour(label), 0.02, legend, 0, 800, 600), 80) << label;
    }
    EXPECT_EQ(test::count_near(picture, tissue_colour(tissue::csf), 0.02, legend, 0, 800, 600), 0);
}

TEST(DrawSegmentation, ManyUnknownLabelsAndALargeSpreadStayBounded) {
    const corticoil::test::TemporaryFolder folder;
    LabelImage labels({256, 4, 4}, centred({256, 4, 4}, 1e-3, Vector3(1, 1, 1)));
    for (std::size_t i = 0; i < labels.voxels.size(); ++i)
        labels.voxels[i] = static_cast<std::uint8_t>(i % 256);
    draw_segmentation(phantom_t1(), labels, {.width = 400, .height = 300}, folder / "many.png");
    labels.head_from_voxel.linear() *= 1e6;
    draw_segmentation(phantom_t1(), labels, {.width = 400, .height = 300}, folder / "large.png");
}

TEST(DrawSegmentation, RefusesEmptyInput) {
    const corticoil::test::TemporaryFolder folder;
    const LabelImage labels = phantom_labels(Vector3(1, 1, 1));
    LabelImage air = labels;
    air.voxels.assign(air.voxels.size(), 0);
    EXPECT_THAT([&] { draw_segmentation(phantom_t1(), air, {}, folder / "a.png"); },
                ThrowsMessage<Error>(HasSubstr("0 everywhere")));
    ScalarImage dark = phantom_t1();
    dark.voxels.assign(dark.voxels.size(), std::nanf(""));
    EXPECT_THAT([&] { draw_segmentation(dark, labels, {}, folder / "a.png"); },
                ThrowsMessage<Error>(HasSubstr("no positive value")));
    EXPECT_THAT([&] { draw_segmentation(ScalarImage(), labels, {}, folder / "a.png"); },
                ThrowsMessage<Error>(HasSubstr("the T1 to draw: has 0 voxels")));
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

} // namespace
} // namespace corticoil::viz
