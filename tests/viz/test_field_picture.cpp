#include "picture_file.h"
#include "sphere_head.h"
#include "viz/field_picture.h"

#include "core/error.h"
#include "support/temporary_folder.h"

#include <Eigen/Geometry>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <limits>

namespace corticoil::viz {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

const Vector3 left_hand(-0.6, 0.1, 0.8);
const Vector3 left_front(-0.6, 0.7, 0.4);
const Vector3 cerebellum(0.25, -0.9, -0.35);

PictureOptions small_picture() {
    return {.width = 640, .height = 480};
}

/// The surface point of the cortex at an angle [rad] from the hot spot, to the right in the picture.
Vector3 beside_hot_spot(const FieldScene& scene, const PictureCamera& camera, double angle) {
    const Vector3 axis = scene.roi_centre.normalized().cross(camera.right).normalized();
    return Eigen::AngleAxisd(angle, axis) * scene.roi_centre;
}

TEST(DrawField, CloseViewShowsTheHotSpotInTheMiddle) {
    const corticoil::test::TemporaryFolder folder;
    for (const Vector3& direction : {left_hand, left_front, cerebellum}) {
        const FieldScene scene = test::sphere_head(direction);
        const PictureOptions options = small_picture();
        draw_field(scene, FieldView::close, options, folder / "close.png");
        const Canvas picture = test::read_picture(folder / "close.png");
        ASSERT_EQ(picture.width(), 640);
        ASSERT_EQ(picture.height(), 480);
        const PictureCamera camera = field_camera(scene, FieldView::close, options);
        const Vector3 hot = camera.project(scene.roi_centre);
        const Vector3 cold = camera.project(beside_hot_spot(scene, camera, 0.75));
        const Colour hot_colour = test::mean_around(picture, hot.x(), hot.y(), 3);
        const Colour cold_colour = test::mean_around(picture, cold.x(), cold.y(), 3);
        // Yellow against blue or violet, whatever the light.
        EXPECT_GT(hot_colour.red, 1.5 * hot_colour.blue) << direction.transpose();
        EXPECT_GT(hot_colour.green, 1.5 * hot_colour.blue) << direction.transpose();
        EXPECT_GT(cold_colour.blue, 1.2 * cold_colour.red) << direction.transpose();
    }
}

TEST(DrawField, OverviewShowsTheFieldThroughTheScalp) {
    const corticoil::test::TemporaryFolder folder;
    const FieldScene scene = test::sphere_head(left_front);
    const PictureOptions options = small_picture();
    draw_field(scene, FieldView::overview, options, folder / "overview.png");
    const Canvas picture = test::read_picture(folder / "overview.png");
    const PictureCamera camera = field_camera(scene, FieldView::overview, options);
    const Vector3 hot = camera.project(scene.roi_centre);
    const Colour colour = test::mean_around(picture, hot.x(), hot.y(), 2);
    EXPECT_GT(colour.red, 1.15 * colour.blue);
    // The scalp's rim lies between cortex and background: neither white nor dark.
    const Vector3 rim = camera.project(-0.082 * camera.up);
    const Colour scalp = test::mean_around(picture, rim.x(), rim.y(), 1);
    EXPECT_LT(scalp.blue, 0.97);
    EXPECT_GT(scalp.red, 0.5);
    EXPECT_GT(scalp.red, scalp.blue);
}

TEST(DrawField, ColourBarRunsFromLowToHigh) {
    const corticoil::test::TemporaryFolder folder;
    draw_field(test::sphere_head(left_hand), FieldView::close, small_picture(), folder / "close.png");
    const Canvas picture = test::read_picture(folder / "close.png");
    int low = 0;
    int high = 0;
    for (int column = 0; column < picture.width(); ++column) {
        // The bar's rows lie 104 … 74 units of 1/1200 above the lower edge.
        const Colour& colour = picture.at(column, 480 - 36);
        if (test::distance(colour, field_colour(0)) < 0.03) low = column;
        if (high == 0 && test::distance(colour, field_colour(1)) < 0.03) high = column;
    }
    EXPECT_GT(low, 60);
    EXPECT_GT(high, low + 200);
}

TEST(DrawField, ArrowAndWindingsAreDrawn) {
    const corticoil::test::TemporaryFolder folder;
    FieldScene scene = test::sphere_head(left_hand);
    scene.induced_direction = scene.head_from_coil.rotation().col(1);
    scene.casing = test::sphere(0.02, 10);
    scene.casing->nodes.colwise() += 0.12 * left_hand.normalized();
    const PictureOptions options = small_picture();
    draw_field(scene, FieldView::overview, options, folder / "overview.png");
    const Canvas picture = test::read_picture(folder / "overview.png");
    const PictureCamera camera = field_camera(scene, FieldView::overview, options);
    const Vector3 on_arrow = camera.project(scene.head_from_coil.apply_to_point(Vector3(0, 0.025, -0.006)));
    const Colour arrow = test::mean_around(picture, on_arrow.x(), on_arrow.y(), 0);
    EXPECT_GT(arrow.red, 2 * arrow.green);
    const int copper = test::count_near(picture, {0.72F, 0.40F, 0.20F}, 0.2, 20, 50, 480, 415);
    EXPECT_GT(copper, 100);
}

TEST(DrawField, WorksWithoutScalpCoilAndRegion) {
    const corticoil::test::TemporaryFolder folder;
    FieldScene scene = test::sphere_head(left_hand);
    scene.scalp = {};
    scene.windings.clear();
    scene.roi_radius = 0;
    draw_field(scene, FieldView::overview, small_picture(), folder / "bare.png");
    EXPECT_GT(test::count_near(test::read_picture(folder / "bare.png"), white, 0.01, 0, 0, 640, 480), 1000);
}

TEST(DrawField, PrintsNothingAndLeavesOneFile) {
    const corticoil::test::TemporaryFolder folder;
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    draw_field(test::sphere_head(left_hand), FieldView::close, small_picture(), folder / "close.png");
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
    EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
    const std::filesystem::directory_iterator files(folder.path());
    EXPECT_EQ(std::distance(begin(files), end(files)), 1);
}

TEST(FieldCamera, ShowsTheCoilsSideAndTheFace) {
    const PictureOptions options;
    const PictureCamera left = field_camera(test::sphere_head(left_hand), FieldView::overview, options);
    EXPECT_LT(left.towards_viewer.x(), -0.3);
    EXPECT_GT(left.towards_viewer.y(), 0.3);
    // Seen from the left the face looks to the picture's left.
    EXPECT_LT(left.right.y(), 0);
    const PictureCamera right =
        field_camera(test::sphere_head(Vector3(0.6, 0.1, 0.8)), FieldView::overview, options);
    EXPECT_GT(right.towards_viewer.x(), 0.3);
    EXPECT_GT(right.right.y(), 0);
    const PictureCamera behind = field_camera(test::sphere_head(cerebellum), FieldView::overview, options);
    EXPECT_LT(behind.towards_viewer.y(), -0.3);
    for (const PictureCamera& camera : {left, right, behind}) {
        EXPECT_NEAR(camera.right.cross(camera.up).dot(camera.towards_viewer), 1, 1e-12);
        EXPECT_GT(camera.up.z(), 0.5);
    }
}

TEST(FieldCamera, OverviewHoldsHeadAndCoil) {
    for (const Vector3& direction : {left_hand, left_front, cerebellum}) {
        const FieldScene scene = test::sphere_head(direction);
        const PictureCamera camera = field_camera(scene, FieldView::overview, {});
        for (const Points& points : {scene.scalp.nodes, scene.windings.front()}) {
            for (Eigen::Index i = 0; i < points.cols(); ++i) {
                const Vector3 pixel = camera.project(points.col(i));
                EXPECT_TRUE(pixel.x() > 36 && pixel.x() < 1208 && pixel.y() > 116 && pixel.y() < 1042)
                    << pixel.transpose();
            }
        }
    }
}

TEST(FieldCamera, CloseViewOfACoilOnTopHasTheFaceUp) {
    const PictureCamera camera = field_camera(test::sphere_head(Vector3(-0.05, 0, 1)), FieldView::close, {});
    EXPECT_GT(camera.towards_viewer.z(), 0.8);
    EXPECT_GT(camera.up.y(), 0.8);
    EXPECT_GT(camera.right.x(), 0.8);
}

TEST(DrawField, RefusesInconsistentScenes) {
    const corticoil::test::TemporaryFolder folder;
    const FieldScene good = test::sphere_head(left_hand);
    const auto drawing = [&](const FieldScene& scene, const PictureOptions& options,
                             const std::filesystem::path& path) {
        return [=] { draw_field(scene, FieldView::close, options, path); };
    };
    FieldScene scene = good;
    scene.magnitude.conservativeResize(5);
    EXPECT_THAT(drawing(scene, {}, folder / "a.png"), ThrowsMessage<Error>(HasSubstr("5 values")));
    scene = good;
    scene.magnitude[7] = std::numeric_limits<double>::infinity();
    EXPECT_THAT(drawing(scene, {}, folder / "a.png"), ThrowsMessage<Error>(HasSubstr("node 7 is inf")));
    scene.magnitude.setZero();
    EXPECT_THAT(drawing(scene, {}, folder / "a.png"), ThrowsMessage<Error>(HasSubstr("no field to draw")));
    scene = good;
    scene.cortex.triangles(1, 3) = scene.cortex.n_nodes();
    EXPECT_THAT(drawing(scene, {}, folder / "a.png"),
                ThrowsMessage<Error>(HasSubstr("a triangle names node")));
    scene = good;
    scene.cortex.triangles.resize(3, 0);
    EXPECT_THAT(drawing(scene, {}, folder / "a.png"), ThrowsMessage<Error>(HasSubstr("has no triangles")));
    scene = good;
    scene.scalp.nodes(0, 0) = std::numeric_limits<double>::quiet_NaN();
    EXPECT_THAT(drawing(scene, {}, folder / "a.png"), ThrowsMessage<Error>(HasSubstr("scalp")));
    EXPECT_THAT(drawing(good, {.width = 20}, folder / "a.png"), ThrowsMessage<Error>(HasSubstr("20×1200")));
    EXPECT_THAT(drawing(good, {.cap_percentile = 0}, folder / "a.png"),
                ThrowsMessage<Error>(HasSubstr("percentile 0")));
    EXPECT_THAT(drawing(good, small_picture(), (folder / "no") / "a.png"),
                ThrowsMessage<Error>(HasSubstr("no/a.png")));
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

} // namespace
} // namespace corticoil::viz
