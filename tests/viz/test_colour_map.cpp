#include "viz/colour_map.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace corticoil::viz {
namespace {

TEST(FieldColour, LightnessRisesEvenly) {
    // Clipping to sRGB may bend the line a little.
    const double first = oklab_lightness(field_colour(0));
    const double last = oklab_lightness(field_colour(1));
    EXPECT_GT(last - first, 0.5);
    double before = first - 1;
    for (int i = 0; i <= 20; ++i) {
        const double lightness = oklab_lightness(field_colour(i / 20.0));
        EXPECT_GT(lightness, before);
        EXPECT_NEAR(lightness, first + (last - first) * i / 20.0, 0.02);
        before = lightness;
    }
}

TEST(FieldColour, ClampsWhatIsOutside) {
    EXPECT_EQ(field_colour(2).red, field_colour(1).red);
    EXPECT_EQ(field_colour(-1).blue, field_colour(0).blue);
    EXPECT_EQ(field_colour(std::numeric_limits<double>::quiet_NaN()).blue, field_colour(0).blue);
}

TEST(DivergingColour, IsSymmetricAroundANeutralZero) {
    const Colour zero = diverging_colour(0);
    EXPECT_NEAR(zero.red, zero.green, 0.01);
    EXPECT_NEAR(zero.green, zero.blue, 0.01);
    double before = oklab_lightness(zero);
    EXPECT_GT(before, 0.9);
    for (int i = 1; i <= 20; ++i) {
        const double inwards = oklab_lightness(diverging_colour(i / 20.0));
        const double outwards = oklab_lightness(diverging_colour(-i / 20.0));
        EXPECT_NEAR(inwards, outwards, 0.015) << i;
        EXPECT_NEAR(inwards, before - 0.47 / 20, 0.015) << "lightness falls evenly";
        before = inwards;
    }
    // Blue against red-orange: apart along the blue–yellow axis, which red–green blindness leaves.
    const Colour plus = diverging_colour(1);
    const Colour minus = diverging_colour(-1);
    EXPECT_GT(plus.red, plus.blue + 0.35);
    EXPECT_GT(minus.blue, minus.red + 0.35);
    EXPECT_EQ(diverging_colour(3).red, plus.red);
    EXPECT_EQ(diverging_colour(std::numeric_limits<double>::quiet_NaN()).red, zero.red);
}

TEST(ColourScale, PutsZeroInTheMiddleOnlyWhereItDiverges) {
    const ColourScale diverging{2, true};
    EXPECT_EQ(diverging(0).red, diverging_colour(0).red);
    EXPECT_EQ(diverging(-2).blue, diverging_colour(-1).blue);
    const ColourScale plain{2};
    EXPECT_EQ(plain(1).green, field_colour(0.5).green);
    const ColourScale raised{3, false, 1};
    EXPECT_EQ(raised(1).green, field_colour(0).green);
    EXPECT_EQ(raised(2).green, field_colour(0.5).green);
}

TEST(FromOklch, WhiteBlackAndRed) {
    EXPECT_NEAR(from_oklch(1, 0, 0).green, 1, 1e-3);
    EXPECT_NEAR(from_oklch(0, 0, 0).green, 0, 1e-6);
    // sRGB red is OKLCh 0.628, 0.2577, 29.23°.
    const Colour red = from_oklch(0.628, 0.2577, 29.23);
    EXPECT_NEAR(red.red, 1, 0.01);
    EXPECT_NEAR(red.green, 0, 0.03);
    EXPECT_NEAR(red.blue, 0, 0.03);
}

TEST(TissueColour, DiffersBetweenTheMainTissues) {
    for (int a = 1; a <= 5; ++a) {
        for (int b = a + 1; b <= 5; ++b) {
            const Colour first = tissue_colour(a);
            const Colour second = tissue_colour(b);
            EXPECT_GT(
                std::hypot(first.red - second.red, first.green - second.green, first.blue - second.blue),
                0.3);
        }
    }
}

} // namespace
} // namespace corticoil::viz
