#include "sphere_head.h"
#include "viz/offscreen_window.h"

#include "core/error.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>

namespace corticoil::viz {
namespace {

PictureCamera front_camera(int size) {
    PictureCamera camera = camera_looking_from(Vector3::UnitY(), Vector3::UnitZ(), Vector3::UnitY());
    camera.width = size;
    camera.height = size;
    camera.metres_per_pixel = 0.2 / size;
    return camera;
}

TEST(OffscreenWindow, DrawsASphereWhereTheCameraPutsIt) {
    OffscreenWindow window(100, 100);
    const PictureCamera camera = front_camera(100);
    SurfaceMesh ball = test::sphere(0.02, 20);
    const Vector3 centre(0.05, 0.03, 0.04);
    ball.nodes.colwise() += centre;
    const Layer layer = window.draw({{ball, {Colour{1, 0, 0}}, Light::none}}, camera);
    const Vector3 place = camera.project(centre);
    // From the front the head's right is on the picture's left.
    EXPECT_NEAR(place.x(), 25, 1e-9);
    EXPECT_NEAR(place.y(), 30, 1e-9);
    const auto pixel = static_cast<std::size_t>(100 * 30 + 25);
    EXPECT_EQ(layer.colours[3 * pixel], 255);
    EXPECT_EQ(layer.colours[3 * pixel + 1], 0);
    // The nearest point of the ball lies 30 + 20 mm before the camera's centre.
    EXPECT_NEAR(layer.heights[pixel], 0.05, 0.0005);
    EXPECT_LT(layer.heights[100 * 30 + 75], -1e30F);
}

TEST(OffscreenWindow, TheNearerBodyHidesTheOther) {
    OffscreenWindow window(64, 64);
    SurfaceMesh near_ball = test::sphere(0.03, 20);
    near_ball.nodes.row(1).array() += 0.05;
    const std::vector<Body> bodies{{test::sphere(0.03, 20), {Colour{1, 0, 0}}, Light::none},
                                   {near_ball, {Colour{0, 1, 0}}, Light::none}};
    const Layer layer = window.draw(bodies, front_camera(64));
    EXPECT_EQ(layer.colours[3 * (64 * 32 + 32) + 1], 255);
}

TEST(OffscreenWindow, IsDrawnAgainAndBesideAnother) {
    OffscreenWindow first(32, 32);
    OffscreenWindow second(64, 64);
    const std::vector<Body> bodies{{test::sphere(0.05, 10), {Colour{0, 0, 1}}, Light::viewer}};
    for (int i = 0; i < 2; ++i) {
        EXPECT_GT(first.draw(bodies, front_camera(32)).colours[3 * (32 * 16 + 16) + 2], 240);
        EXPECT_GT(second.draw(bodies, front_camera(64)).colours[3 * (64 * 32 + 32) + 2], 240);
    }
}

void report_missing_part() {
    setenv("__EGL_VENDOR_LIBRARY_FILENAMES", "/nonexistent", 1);
    try {
        const OffscreenWindow window(32, 32);
    } catch (const MissingPartError& error) {
        std::fprintf(stderr, "missing: %s\n", error.what());
        std::_Exit(4);
    }
    std::_Exit(0);
}

TEST(OffscreenWindowDeathTest, WithoutADriverSaysWhatToInstall) {
    testing::FLAGS_gtest_death_test_style = "threadsafe";
    EXPECT_EXIT(report_missing_part(), testing::ExitedWithCode(4),
                "missing: .*libegl1 libegl-mesa0 libgl1-mesa-dri");
}

} // namespace
} // namespace corticoil::viz
