#include "viz/annotation.h"
#include "viz/field_annotation.h"

#include <gtest/gtest.h>

namespace corticoil::viz {
namespace {

TEST(ColourBarTitle, SaysQuantityUnitScalingAndCap) {
    EXPECT_EQ(colour_bar_title(1e6, 99.9, 1.2378),
              "|E| (V/m) at 1 A/µs, capped at the 99.9th percentile (1.24 V/m)");
    EXPECT_EQ(colour_bar_title(67.5e6, 99, 104.2),
              "|E| (V/m) at 67.5 A/µs, capped at the 99th percentile (104 V/m)");
    EXPECT_EQ(colour_bar_title(1e6, 92, 0.8),
              "|E| (V/m) at 1 A/µs, capped at the 92nd percentile (0.800 V/m)");
}

TEST(RoundTicks, AreRoundAndFew) {
    EXPECT_EQ(round_ticks(1.26), (std::vector<double>{0, 0.5, 1.0}));
    EXPECT_EQ(round_ticks(100), (std::vector<double>{0, 20, 40, 60, 80, 100}));
    for (const double end : {1e-3, 0.017, 0.5, 1.9, 6.0, 73.0, 1e4}) {
        const std::size_t n_ticks = round_ticks(end).size();
        EXPECT_GE(n_ticks, 3U) << end;
        EXPECT_LE(n_ticks, 7U) << end;
    }
}

TEST(PlainNumber, HasNoTrailingZeros) {
    EXPECT_EQ(plain_number(10, 3), "10");
    EXPECT_EQ(plain_number(0.9500001, 3), "0.95");
    EXPECT_EQ(plain_number(1234.5, 3), "1230");
    EXPECT_EQ(plain_number(-2.5, 3), "-2.5");
    EXPECT_EQ(plain_number(0, 3), "0");
}

TEST(CanvasText, KeepsWhatIsNotAscii) {
    // A dropped µ would turn A/µs into A/s, wrong by a million.
    EXPECT_GT(Canvas::text_width("A/µs", {}), Canvas::text_width("A/s", {}) + 5);
}

TEST(CanvasText, LineBreaksBecomeSpaces) {
    EXPECT_EQ(Canvas::text_width("two\nlines", {}), Canvas::text_width("two lines", {}));
}

TEST(CanvasText, IsDrawnWhereItIsPut) {
    Canvas canvas(200, 60, white);
    canvas.draw_text("HHH", 190, 30, {.size = 24, .bold = true, .anchor = Anchor::right});
    int left_half = 0;
    int right_half = 0;
    for (int row = 0; row < 60; ++row) {
        for (int column = 0; column < 200; ++column) {
            if (canvas.at(column, row).red < 0.5F) ++(column < 100 ? left_half : right_half);
        }
    }
    EXPECT_EQ(left_half, 0);
    EXPECT_GT(right_half, 100);
}

TEST(DrawTitles, LongTitlesAreShrunkAndCut) {
    Canvas canvas(800, 600, white);
    const PictureLayout layout(PictureOptions{.width = 800, .height = 600});
    draw_titles(canvas, layout, std::string(100, 'm'), std::string(1'000'000, 'i'));
    for (int row = 0; row < 60; ++row) EXPECT_GT(canvas.at(799, row).red, 0.9F);
}

} // namespace
} // namespace corticoil::viz
