#include "viz/sphere_map.h"

#include "core/error.h"
#include "picture_file.h"

#include "support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace corticoil::viz {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

/// Values that fall linearly from `peak` in the disc's centre to 0 at its rim.
SphereMap cone(double peak) {
    SphereMap map;
    map.title = "cone";
    map.peak = peak;
    constexpr int n = 41;
    map.magnitude = Eigen::MatrixXd::NullaryExpr(n, n, [&](Eigen::Index row, Eigen::Index column) {
        const double distance = std::hypot(2.0 * static_cast<double>(row) / (n - 1) - 1,
                                           2.0 * static_cast<double>(column) / (n - 1) - 1);
        return distance <= 1 ? peak * (1 - distance) : std::numeric_limits<double>::quiet_NaN();
    });
    return map;
}

TEST(SphereMaps, ShareOneScaleAndShowHalfOfEachPeak) {
    const corticoil::test::TemporaryFolder folder;
    SphereSheet sheet;
    sheet.maps = {cone(2), cone(1)};
    draw_sphere_maps(sheet, {}, folder / "maps.png");
    const Canvas canvas = test::read_picture(folder / "maps.png");
    // Two discs side by side, below their titles: the middle row of the first is found by its greatest
    // colour.
    const int row = 188 + 351;
    const auto near = [&](double column, const Colour& colour) {
        return test::distance(test::mean_around(canvas, column, row, 2), colour) < 0.06;
    };
    const double first = 36 + 1528 * 0.25;
    const double second = 36 + 1528 * 0.75;
    const double radius = 0.46 * 764;
    EXPECT_TRUE(near(first, field_colour(1)));
    EXPECT_TRUE(near(second, field_colour(0.5))) << "half as strong, on the first one's scale";
    EXPECT_FALSE(near(second, field_colour(1)));
    EXPECT_TRUE(near(second + radius * 0.75, field_colour(0.125)));
    // The white contour lies halfway to the rim in both.
    for (const double centre : {first, second}) {
        int n_white = 0;
        double sum = 0;
        for (int column = static_cast<int>(centre); column < static_cast<int>(centre + 0.9 * radius);
             ++column) {
            if (test::distance(canvas.at(column, row), white) > 0.15) continue;
            ++n_white;
            sum += column;
        }
        ASSERT_GT(n_white, 0);
        EXPECT_NEAR((sum / n_white - centre) / radius, 0.5, 0.02);
    }
}

TEST(SphereMaps, NeedAPeak) {
    const corticoil::test::TemporaryFolder folder;
    EXPECT_THAT([&] { draw_sphere_maps({}, {}, folder / "none.png"); },
                ThrowsMessage<Error>(HasSubstr("needs a map")));
    SphereSheet sheet;
    sheet.maps = {cone(0)};
    EXPECT_THAT([&] { draw_sphere_maps(sheet, {}, folder / "none.png"); },
                ThrowsMessage<Error>(HasSubstr("not positive")));
}

} // namespace
} // namespace corticoil::viz
