#include "picture_file.h"
#include "sphere_head.h"
#include "viz/field_camera.h"
#include "viz/field_montage.h"
#include "viz/field_picture.h"
#include "viz/svg_drawing.h"

#include "core/error.h"
#include "support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

namespace corticoil::viz {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::ThrowsMessage;

PictureOptions small_picture() {
    return {.width = 640, .height = 480};
}

std::string content(const std::filesystem::path& path) {
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

/// E straight in at the top of the head, straight out at the bottom.
FieldScene scene_with_normal() {
    FieldScene scene = test::sphere_head(Vector3(-0.6, 0.1, 0.8));
    scene.normal = scene.cortex.nodes.row(2).transpose() / 0.07;
    scene.tangential = scene.magnitude;
    scene.windings.clear();
    return scene;
}

TEST(FieldViews, HaveNamesOfTheirOwn) {
    std::set<std::string_view> names;
    for (const NamedView& named : named_views()) {
        EXPECT_TRUE(names.insert(named.name).second) << named.name;
        EXPECT_EQ(name_of(named.view), named.name);
    }
    EXPECT_GE(names.size(), 12U);
}

TEST(FieldViews, CamerasLookFromWhereTheirNamesSay) {
    const FieldScene scene = test::sphere_head(Vector3(0.6, 0.1, 0.8));
    const std::map<FieldView, Vector3> sides{
        {FieldView::left, -Vector3::UnitX()},   {FieldView::right, Vector3::UnitX()},
        {FieldView::front, Vector3::UnitY()},   {FieldView::back, -Vector3::UnitY()},
        {FieldView::top, Vector3::UnitZ()},     {FieldView::bottom, -Vector3::UnitZ()},
        {FieldView::motor, {0.6, 0.1, 0.8}},    {FieldView::leg, {0.1, -0.3, 1}},
        {FieldView::prefrontal, {0.6, 1, 0.5}}, {FieldView::cerebellar, {0.3, -1, -0.3}}};
    for (const NamedView& named : named_views()) {
        const PictureCamera camera = field_camera(scene, named.view, {});
        EXPECT_NEAR(camera.right.cross(camera.up).dot(camera.towards_viewer), 1, 1e-12) << named.name;
        EXPECT_GT(camera.metres_per_pixel, 0) << named.name;
        if (const auto side = sides.find(named.view); side != sides.end()) {
            EXPECT_GT(camera.towards_viewer.dot(side->second.normalized()), 0.97) << named.name;
        }
    }
    // The target is on the right: the wrong variant looks from the left.
    EXPECT_GT(field_camera(scene, FieldView::motor, {}).towards_viewer.x(), 0.3);
    const FieldScene left = test::sphere_head(Vector3(-0.6, 0.1, 0.8));
    EXPECT_LT(field_camera(left, FieldView::motor, {}).towards_viewer.x(), -0.3);
    // Seen from above the face is up and the head's left on the left, from below on the right.
    EXPECT_GT(field_camera(scene, FieldView::top, {}).right.x(), 0.99);
    EXPECT_LT(field_camera(scene, FieldView::bottom, {}).right.x(), -0.99);
}

TEST(FieldViews, HoldTheCortexAndTheSixSidesShareAScale) {
    const FieldScene scene = test::sphere_head(Vector3(-0.6, 0.1, 0.8));
    std::set<double> scales;
    for (const NamedView& named : named_views()) {
        if (named.view == FieldView::close || named.view > FieldView::cut) continue;
        const PictureCamera camera = panel_camera(scene, named.view, 400, 300);
        for (Eigen::Index i = 0; i < scene.cortex.nodes.cols(); ++i) {
            const Vector3 pixel = camera.project(scene.cortex.nodes.col(i));
            ASSERT_TRUE(pixel.x() > 0 && pixel.x() < 400 && pixel.y() > 0 && pixel.y() < 300) << named.name;
        }
        if (named.view >= FieldView::left && named.view <= FieldView::bottom)
            scales.insert(camera.metres_per_pixel);
    }
    EXPECT_EQ(scales.size(), 1U);
}

TEST(FieldLook, NormalComponentIsRedInwardsAndBlueOutwards) {
    const corticoil::test::TemporaryFolder folder;
    const FieldScene scene = scene_with_normal();
    const FieldLook look{.scalar = FieldScalar::normal,
                         .chosen = {{Part::scalp, false}, {Part::marks, false}, {Part::roi, false}}};
    draw_field(scene, FieldView::front, look, small_picture(), folder / "front.png");
    const Canvas picture = test::read_picture(folder / "front.png");
    const PictureCamera camera = field_camera(scene, FieldView::front, small_picture());
    const auto at = [&](double z) {
        const Vector3 pixel = camera.project(Vector3(0, 0.03, z));
        return test::mean_around(picture, pixel.x(), pixel.y(), 2);
    };
    EXPECT_GT(at(0.055).red, at(0.055).blue + 0.1);
    EXPECT_GT(at(-0.055).blue, at(-0.055).red + 0.1);
    EXPECT_NEAR(at(0).red, at(0).blue, 0.03);
    FieldScene without = scene;
    without.normal.resize(0);
    EXPECT_THAT([&] { draw_field(without, FieldView::front, look, small_picture(), folder / "none.png"); },
                ThrowsMessage<Error>(HasSubstr("0 values of E across the cortex")));
}

TEST(FieldLook, DarkBackgroundAndLightWords) {
    const corticoil::test::TemporaryFolder folder;
    PictureOptions options = small_picture();
    options.background = Background::dark;
    draw_field(test::sphere_head(Vector3(0, 0, 1)), FieldView::top, {}, options, folder / "dark.png");
    const Canvas picture = test::read_picture(folder / "dark.png");
    EXPECT_LT(oklab_lightness(picture.at(2, 2)), 0.2);
    EXPECT_LT(oklab_lightness(picture.at(637, 477)), 0.2);
    EXPECT_GT(test::count_near(picture, {0.93F, 0.93F, 0.93F}, 0.05, 10, 5, 300, 40), 20) << "the title";
}

TEST(FieldLook, HiddenPartsAreNotDrawn) {
    const corticoil::test::TemporaryFolder folder;
    const FieldScene scene = test::sphere_head(Vector3(-0.6, 0.1, 0.8));
    const Colour copper{0.72F, 0.40F, 0.20F};
    draw_field(scene, FieldView::overview, {}, small_picture(), folder / "all.png");
    EXPECT_GT(test::count_near(test::read_picture(folder / "all.png"), copper, 0.2, 20, 50, 480, 415), 100);
    const FieldLook look{.chosen = {{Part::windings, false}, {Part::marks, false}}};
    draw_field(scene, FieldView::overview, look, small_picture(), folder / "bare.png");
    EXPECT_LT(test::count_near(test::read_picture(folder / "bare.png"), copper, 0.2, 20, 50, 480, 415), 10);
}

TEST(FieldLook, LesionsShowThroughTheCortex) {
    const corticoil::test::TemporaryFolder folder;
    FieldScene scene = test::sphere_head(Vector3(0, 0, 1));
    scene.windings.clear();
    scene.lesions = test::sphere(0.015, 12);
    draw_field(scene, FieldView::front, {}, small_picture(), folder / "lesions.png");
    const PictureCamera camera = field_camera(scene, FieldView::front, small_picture());
    const Vector3 middle = camera.project(Vector3::Zero());
    const Colour seen =
        test::mean_around(test::read_picture(folder / "lesions.png"), middle.x(), middle.y(), 2);
    EXPECT_GT(seen.red, 1.8 * seen.blue);
}

TEST(FieldPicture, TellsItsResolution) {
    const corticoil::test::TemporaryFolder folder;
    PictureOptions options = small_picture();
    options.dots_per_inch = 300;
    const FieldScene scene = test::sphere_head(Vector3(0, 0, 1));
    draw_field(scene, FieldView::top, {}, options, folder / "top.png");
    const std::string file = content(folder / "top.png");
    const std::size_t chunk = file.find("pHYs");
    ASSERT_NE(chunk, std::string::npos);
    // 300 / 0.0254 = 11811 = 0x2E23 pixels per metre, both ways, and the unit; then the CRC that libpng
    // checks: a wrong one would make the reader complain.
    EXPECT_EQ(file.substr(chunk + 4, 9), std::string("\0\0\x2E\x23\0\0\x2E\x23\x01", 9));
    EXPECT_LT(chunk, file.find("IDAT"));
    EXPECT_EQ(test::read_picture(folder / "top.png").width(), 640);
    options.dots_per_inch = 0;
    draw_field(scene, FieldView::top, {}, options, folder / "plain.png");
    EXPECT_EQ(content(folder / "plain.png").find("pHYs"), std::string::npos);
}

TEST(FieldPicture, LegendAsSvgHoldsTheWordsAndThePictureNone) {
    const corticoil::test::TemporaryFolder folder;
    FieldScene scene = test::sphere_head(Vector3(0, 0, 1));
    scene.title = "A < B & C";
    draw_field(scene, FieldView::top, {}, small_picture(), folder / "top.png", folder / "top.svg");
    const std::string svg = content(folder / "top.svg");
    EXPECT_THAT(svg, HasSubstr(">A &lt; B &amp; C</text>"));
    EXPECT_THAT(svg, HasSubstr("V/m) at 1 A/µs"));
    EXPECT_THAT(svg, HasSubstr(" mm</text>"));
    EXPECT_THAT(svg, HasSubstr("<linearGradient"));
    EXPECT_THAT(svg, HasSubstr("viewBox=\"0 0 640 480\""));
    EXPECT_THAT(svg, Not(HasSubstr("<image")));
    const Canvas picture = test::read_picture(folder / "top.png");
    EXPECT_EQ(test::count_near(picture, white, 0.001, 0, 0, 640, 40), 640 * 40) << "no title in the pixels";
}

TEST(FieldMontage, DrawsEveryViewOnOneScale) {
    const corticoil::test::TemporaryFolder folder;
    FieldScene scene = test::sphere_head(Vector3(0, 0, 1));
    scene.windings.clear();
    scene.scalp = {};
    const std::array views{FieldView::top, FieldView::bottom};
    draw_field_montage(scene, views, {}, {.width = 1000, .height = 600}, folder / "both.png");
    const Canvas picture = test::read_picture(folder / "both.png");
    EXPECT_EQ(picture.width(), 1000);
    // Two panels in the scene's part, columns 18 … 804: the hot side on the left, the cold one on the right.
    const Colour hot = test::mean_around(picture, 214, 290, 4);
    const Colour cold = test::mean_around(picture, 608, 290, 4);
    EXPECT_GT(hot.red, 1.5 * hot.blue);
    EXPECT_GT(cold.blue, 1.2 * cold.red);
    EXPECT_THAT([&] { draw_field_montage(scene, {}, {}, {}, folder / "none.png"); },
                ThrowsMessage<Error>(HasSubstr("a montage of 0 views")));
}

} // namespace
} // namespace corticoil::viz
