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
