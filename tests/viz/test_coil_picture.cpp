#include "picture_file.h"
#include "viz/coil_bodies.h"
#include "viz/coil_picture.h"

#include "core/constants.h"
#include "core/error.h"
#include "support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace corticoil::viz {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

/// A ring of 50 mm around (x, 0, −5 mm).
CoilScene ring(double x) {
    CoilScene scene;
    Points wire(3, 37);
    for (int i = 0; i <= 36; ++i) {
        const double angle = 2 * pi * i / 36;
        wire.col(i) = Vector3(x + 0.05 * std::cos(angle), 0.05 * std::sin(angle), -0.005);
    }
    scene.wires.push_back(wire);
    scene.title = "ring";
    return scene;
}

/// Whether a colour is found in the upper right panel, left or right of its middle: the view from the head.
std::pair<int, int> left_and_right(const Canvas& picture, const Colour& colour, double tolerance) {
    const int middle = 3 * picture.width() / 4;
    const int bottom = picture.height() / 2;
    const int top = picture.height() / 10;
    return {test::count_near(picture, colour, tolerance, picture.width() / 2, top, middle, bottom),
            test::count_near(picture, colour, tolerance, middle, top, picture.width(), bottom)};
}

const PictureOptions small{.width = 800, .height = 600};

TEST(CoilPicture, FromTheHeadPlusXIsOnTheRight) {
    const corticoil::test::TemporaryFolder folder;
    // E along +x and along −x from the same coil: the arrow moves from the right to the left of the view from
    // the head.
    for (const double sign : {1.0, -1.0}) {
        CoilScene scene = ring(0);
        scene.induced_direction = sign * Vector3::UnitX();
        draw_coil(scene, small, folder / "coil.png");
        const auto [left, right] =
            left_and_right(test::read_picture(folder / "coil.png"), coil_field_colour, 0.25);
        EXPECT_GT(left + right, 30);
        EXPECT_GT(sign > 0 ? right : left, 5 * (sign > 0 ? left : right));
    }
}

TEST(CoilPicture, ShowsWiresCasingAndDipoles) {
    const corticoil::test::TemporaryFolder folder;
    const auto count = [&](const CoilScene& scene, const Colour& colour) {
        draw_coil(scene, small, folder / "coil.png");
        const auto [left, right] = left_and_right(test::read_picture(folder / "coil.png"), colour, 0.12);
        return left + right;
    };
    CoilScene scene = ring(0);
    EXPECT_GT(count(scene, wire_colour), 20);
    const Colour faint_glass = mix(white, glass_colour, 0.15F);
    const int without_casing = count(scene, faint_glass);
    SurfaceMesh casing;
    casing.nodes.resize(3, 4);
    casing.nodes << -0.06, 0.06, 0, 0, -0.06, -0.06, 0.06, 0, 0, 0, 0, -0.02;
    casing.triangles.resize(3, 4);
    casing.triangles << 0, 0, 1, 2, 1, 3, 3, 3, 2, 1, 2, 0;
    scene.casing = casing;
    EXPECT_GT(count(scene, faint_glass), without_casing + 500);
    CoilScene dipoles;
    dipoles.title = "dipoles";
    dipoles.dipole_positions = Points(3, 2);
    dipoles.dipole_positions << 0.04, -0.04, 0, 0, -0.01, -0.01;
    dipoles.dipole_moments = VectorField(3, 2);
    dipoles.dipole_moments << 0, 0, 1, -1, 0, 0;
    EXPECT_EQ(count(dipoles, wire_colour), 0);
    EXPECT_NO_THROW(draw_coil(dipoles, small, folder / "dipoles.png"));
}

TEST(CoilPicture, SheetHoldsEveryCoil) {
    const corticoil::test::TemporaryFolder folder;
    const auto copper = [&](int n) {
        draw_coil_sheet(std::vector<CoilScene>(static_cast<std::size_t>(n), ring(0)), "sheet", small,
                        folder / "sheet.png");
        const Canvas picture = test::read_picture(folder / "sheet.png");
        int n_halves = 0;
        for (const int left : {0, picture.width() / 2}) {
            n_halves += test::count_near(picture, wire_colour, 0.15, left, 0, left + picture.width() / 2,
                                         picture.height()) > 20;
        }
        return n_halves;
    };
    EXPECT_EQ(copper(2), 2);
    EXPECT_THAT([&] { draw_coil_sheet({}, "sheet", small, folder / "none.png"); },
                ThrowsMessage<Error>(HasSubstr("at least one coil")));
}

TEST(CoilPicture, WhatCannotBeDrawnIsRefusedAndNothingIsWritten) {
    const corticoil::test::TemporaryFolder folder;
    CoilScene scene;
    scene.title = "nothing";
    EXPECT_THAT([&] { draw_coil(scene, small, folder / "coil.png"); },
                ThrowsMessage<Error>(HasSubstr("neither wires nor dipoles")));
    scene = ring(std::numeric_limits<double>::quiet_NaN());
    EXPECT_THAT([&] { draw_coil(scene, small, folder / "coil.png"); },
                ThrowsMessage<Error>(HasSubstr("not a finite number")));
    EXPECT_FALSE(std::filesystem::exists(folder / "coil.png"));
}

} // namespace
} // namespace corticoil::viz
