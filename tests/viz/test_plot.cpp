#include "viz/plot.h"

#include "core/error.h"
#include "picture_file.h"
#include "viz/plot_labels.h"

#include "support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace corticoil::viz {
namespace {

using test::count_near;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

constexpr Colour red{0.9F, 0.1F, 0.1F};
constexpr int width = 800;
constexpr int height = 600;

Plot empty_plot() {
    Plot plot;
    plot.title = "Title";
    plot.x = {"x (cm)", 0, 10, false};
    plot.y = {"y", 1, 100, true};
    return plot;
}

/// Mean place of the pixels of a colour.
std::pair<double, double> centre_of(const Canvas& canvas, const Colour& colour) {
    double x = 0;
    double y = 0;
    int n = 0;
    for (int row = 0; row < canvas.height(); ++row) {
        for (int column = 0; column < canvas.width(); ++column) {
            if (test::distance(canvas.at(column, row), colour) > 0.1) continue;
            x += column;
            y += row;
            ++n;
        }
    }
    return {x / n, y / n};
}

TEST(AxisTicks, AreRoundAndWithinTheAxis) {
    EXPECT_THAT(axis_ticks({"", 0, 70, false}), ElementsAre(0, 10, 20, 30, 40, 50, 60, 70));
    EXPECT_THAT(axis_ticks({"", 3, 300, true}), ElementsAre(5, 10, 20, 50, 100, 200));
    EXPECT_THAT(axis_ticks({"", 0.5, 5e6, true}), ElementsAre(1, 10, 100, 1e3, 1e4, 1e5, 1e6));
    for (const double end : {1e-3, 0.017, 0.5, 1.9, 6.0, 73.0, 1e4}) {
        const std::size_t n = axis_ticks({"", -end / 3, end, false}).size();
        EXPECT_GE(n, 3U) << end;
        EXPECT_LE(n, 9U) << end;
    }
}

TEST(Plot, PutsPointsWhereTheAxesSay) {
    Plot plot = empty_plot();
    const auto place = [&](double x, double y) {
        plot.points = {{"", x, y, red}};
        return centre_of(draw_plot(plot, width, height), red);
    };
    const auto [left, low] = place(2, 1.0001);
    const auto [right, high] = place(8, 99.99);
    const auto [middle_x, middle_y] = place(5, 10);
    EXPECT_GT(right, left + 200);
    EXPECT_LT(high, low - 150);
    EXPECT_NEAR(middle_x, (left + right) / 2, 1);
    EXPECT_NEAR(middle_y, (low + high) / 2, 1) << "10 lies halfway between 1 and 100 on a logarithmic axis";
    plot.y.is_logarithmic = false;
    EXPECT_GT(place(5, 10).second, middle_y + 50) << "but not on a linear one";
}

TEST(Plot, CutsLinesAtTheFrameAndBreaksThemAtGaps) {
    Plot plot = empty_plot();
    const double nan = std::numeric_limits<double>::quiet_NaN();
    plot.lines.push_back({"", {-100, 200}, {10, 10}, red, false, 4});
    const Canvas whole = draw_plot(plot, width, height);
    const int full = count_near(whole, red, 0.1, 0, 0, width, height);
    EXPECT_GT(full, 1000);
    EXPECT_EQ(count_near(whole, red, 0.3, 0, 0, 70, height), 0) << "left of the axis";
    plot.lines[0].is_dashed = true;
    const int dashed = count_near(draw_plot(plot, width, height), red, 0.1, 0, 0, width, height);
    EXPECT_NEAR(static_cast<double>(dashed) / full, 16.0 / 27, 0.15);
    plot.lines[0] = {"", {0, 4, nan, 6, 10}, {10, 10, 10, 10, 10}, red, false, 4};
    const int broken = count_near(draw_plot(plot, width, height), red, 0.1, 0, 0, width, height);
    EXPECT_NEAR(static_cast<double>(broken) / full, 0.8, 0.05);
    plot.lines[0] = {"", {1, 9}, {500, 500}, red, false, 4};
    EXPECT_EQ(count_near(draw_plot(plot, width, height), red, 0.1, 0, 0, width, height), 0);
}

TEST(Plot, CannotBeDrawnWithoutExtent) {
    Plot plot = empty_plot();
    EXPECT_THAT([&] { (void)draw_plot(plot, 100, 100); }, ThrowsMessage<Error>(HasSubstr("too small")));
    plot.lines.push_back({"E", {1, 2}, {1}, red});
    EXPECT_THAT([&] { (void)draw_plot(plot, width, height); },
                ThrowsMessage<Error>(HasSubstr("'E' has 2 x and 1 y")));
    plot = empty_plot();
    plot.y.low = 0;
    EXPECT_THAT([&] { (void)draw_plot(plot, width, height); },
                ThrowsMessage<Error>(HasSubstr("on a logarithmic scale")));
    plot.y = {"y", 3, 3, false};
    EXPECT_THAT([&] { (void)draw_plot(plot, width, height); },
                ThrowsMessage<Error>(HasSubstr("from 3 to 3")));
}

TEST(Plot, IsWrittenAsASheet) {
    const corticoil::test::TemporaryFolder folder;
    write_plots({empty_plot(), empty_plot()}, width, height, folder / "plots.png");
    EXPECT_EQ(test::read_picture(folder / "plots.png").height(), 2 * height);
}

TEST(PlaceLabels, OfCrowdedPointsDoNotOverlap) {
    std::vector<LabelToPlace> labels;
    for (int i = 0; i < 9; ++i) labels.push_back({400.0 + 3 * i, 300.0 + 2 * (i % 3), 90});
    labels.push_back({780, 300, 90}); // No room on its right.
    constexpr double label_height = 20;
    constexpr double radius = 5;
    const LabelFrame frame{0, 0, 800, 600};
    const std::vector<PlacedLabel> placed = place_labels(labels, label_height, radius, frame);
    ASSERT_EQ(placed.size(), labels.size());
    for (const PlacedLabel& a : placed) {
        const double a_right = a.left + labels[a.index].width;
        EXPECT_LE(a_right, frame.right);
        for (const PlacedLabel& b : placed) {
            if (a.index == b.index) continue;
            const bool apart = a_right <= b.left || b.left + labels[b.index].width <= a.left ||
                               std::abs(a.middle - b.middle) >= label_height;
            EXPECT_TRUE(apart) << a.index << " and " << b.index;
        }
        for (const LabelToPlace& point : labels) {
            const bool covers = point.x > a.left - radius && point.x < a_right + radius &&
                                std::abs(point.y - a.middle) < label_height / 2 + radius;
            EXPECT_FALSE(covers) << "label " << a.index;
        }
    }
    EXPECT_LT(placed.back().left, 780);
    EXPECT_FALSE(placed.back().has_leader);
}

} // namespace
} // namespace corticoil::viz
