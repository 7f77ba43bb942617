// The live window without a display.
#include "viz/live_window.h"

#include "sphere_head.h"
#include "viz/slice_strips.h"

#include <gtest/gtest.h>

namespace corticoil::viz {
namespace {

constexpr int size = 64;
constexpr Colour red{1, 0, 0};
constexpr Colour green{0, 1, 0};

PictureCamera front_camera() {
    PictureCamera camera = camera_looking_from(Vector3::UnitY(), Vector3::UnitZ(), Vector3::UnitY());
    camera.width = size;
    camera.height = size;
    camera.metres_per_pixel = 0.2 / size;
    return camera;
}

LiveWindow window() {
    return {LiveWindow::Kind::off_screen, size, size, "test"};
}

Body ball(const Colour& colour) {
    return {test::sphere(0.03, 20), {colour}, Light::none};
}

Colour middle(LiveWindow& window) {
    window.draw(front_camera());
    return window.picture().at(size / 2, size / 2);
}

TEST(LiveWindow, BodiesAreColouredMovedHiddenAndReplaced) {
    LiveWindow live = window();
    live.set_body("ball", ball(red));
    EXPECT_EQ(middle(live).red, 1);
    live.set_colours("ball", {green});
    EXPECT_EQ(middle(live).green, 1);
    EXPECT_EQ(middle(live).red, 0);
    live.move_body("ball", RigidTransform(Eigen::Matrix3d::Identity(), Vector3(0.06, 0, 0)));
    EXPECT_EQ(middle(live).red, 1) << "the background is white";
    // From the front the head's right is on the left.
    const Vector3 place = front_camera().project({0.06, 0, 0});
    EXPECT_EQ(live.picture().at(static_cast<int>(place.x()), static_cast<int>(place.y())).red, 0);
    live.set_body("ball", ball(red));
    EXPECT_EQ(middle(live).green, 0);
    live.show_body("ball", false);
    EXPECT_EQ(middle(live).green, 1);
    EXPECT_EQ(live.n_triangles(), 0);
    live.move_body("nobody", RigidTransform());
    live.show_body("nobody", true);
}

TEST(LiveWindow, TheSurfaceUnderAPixelIsFound) {
    LiveWindow live = window();
    live.set_body("ball", ball(red));
    live.draw(front_camera());
    const std::optional<Vector3> point = live.point_under(size / 2, size / 2);
    ASSERT_TRUE(point.has_value());
    EXPECT_NEAR(point->y(), 0.03, 0.001);
    EXPECT_NEAR(point->x(), 0, 0.004);
    EXPECT_FALSE(live.point_under(2, 2).has_value());
    EXPECT_FALSE(live.point_under(-1, 0).has_value());
    EXPECT_FALSE(live.point_under(size, 0).has_value());
}

TEST(LiveWindow, ACutTakesTheFrontAway) {
    LiveWindow live = window();
    live.set_body("ball", ball(red), {.is_cut = true});
    SurfaceMesh behind = test::sphere(0.02, 20);
    live.set_body("kernel", {behind, {green}, Light::none});
    EXPECT_EQ(middle(live).red, 1);
    live.cut(CutPlane{Vector3::Zero(), Vector3::UnitY()});
    EXPECT_EQ(middle(live).green, 1);
    live.cut(std::nullopt);
    EXPECT_EQ(middle(live).red, 1);
}

TEST(LiveWindow, PanelsLieOverTheSceneWhereTheyWerePut) {
    LiveWindow live = window();
    live.set_body("ball", ball(red));
    live.set_panel("panel", Canvas(10, 20, green), 40, 4);
    live.draw(front_camera());
    const Canvas picture = live.picture();
    EXPECT_EQ(picture.at(41, 5).red, 0);
    EXPECT_EQ(picture.at(48, 22).red, 0);
    EXPECT_EQ(picture.at(38, 5).red, 1);
    EXPECT_EQ(picture.at(41, 25).red, 1);
    live.hide_panel("panel");
    live.draw(front_camera());
    EXPECT_EQ(live.picture().at(41, 5).red, 1);
}

TEST(LiveWindow, SeveralLiveSideBySide) {
    LiveWindow first = window();
    LiveWindow second = window();
    first.set_body("ball", ball(red));
    second.set_body("ball", ball(green));
    for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(middle(first).red, 1);
        EXPECT_EQ(middle(second).red, 0);
    }
}

TEST(SliceStrips, CoverWhatIsDrawnAndNoMore) {
    SlicePlane plane;
    plane.right = 0.001 * Vector3::UnitX();
    plane.down = -0.001 * Vector3::UnitY();
    plane.width = 8;
    plane.height = 6;
    std::vector<char> is_drawn(48, 0);
    EXPECT_EQ(slice_strips(plane, is_drawn).surface.n_triangles(), 0);
    is_drawn[8 * 2 + 3] = 1; // Row 2, column 3: one square of two pixels.
    const SliceStrips one = slice_strips(plane, is_drawn);
    EXPECT_EQ(one.surface.n_triangles(), 2);
    EXPECT_NEAR(one.surface.nodes.row(0).minCoeff(), 0.002, 1e-12);
    EXPECT_NEAR(one.surface.nodes.row(0).maxCoeff(), 0.004, 1e-12);
    EXPECT_NEAR(one.surface.nodes.row(1).maxCoeff(), -0.002, 1e-12);
    EXPECT_NEAR(one.surface.nodes.row(1).minCoeff(), -0.004, 1e-12);
    EXPECT_FLOAT_EQ(one.places.front()[0], 2.0F / 8);
    EXPECT_FLOAT_EQ(one.places.front()[1], 1 - 2.0F / 6);
    is_drawn.assign(48, 1);
    EXPECT_EQ(slice_strips(plane, is_drawn).surface.n_triangles(), 6) << "a strip per two rows";
}

} // namespace
} // namespace corticoil::viz
