#include "picture_file.h"
#include "sphere_head.h"
#include "viz/field_panels.h"

#include "core/error.h"
#include "support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace corticoil::viz {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

const Vector3 above(0, 0, 1);

/// The same head under 1, `second` and 1 times the field.
PanelFigure figure_of(double second) {
    FieldScene scene = test::sphere_head(above);
    scene.windings.clear();
    FieldScene other = scene;
    other.magnitude *= second;
    PanelFigure figure;
    figure.title = "Coils";
    figure.towards_viewer = above;
    figure.rows = {{"row", "|E| (V/m)", {scene, other, scene}}};
    return figure;
}

/// The colour beside the middle of each of three panels, where no mark lies, in a picture 1200 pixels wide:
/// panels 386.5 pixels apart, their middles at row 348.
std::array<Colour, 3> colours(const Canvas& picture) {
    constexpr double aside = 28;
    std::array<Colour, 3> result;
    for (int column = 0; column < 3; ++column) {
        const double middle = 600 + 386.5 * (column - 1);
        result[static_cast<std::size_t>(column)] = test::mean_around(picture, middle + aside, 348 + aside, 4);
    }
    return result;
}

TEST(FieldPanels, ShareOneColourScale) {
    const corticoil::test::TemporaryFolder folder;
    PictureOptions options;
    options.width = 1200;
    draw_field_panels(figure_of(0.3), options, folder / "panels.png");
    const Canvas picture = test::read_picture(folder / "panels.png");
    EXPECT_EQ(picture.width(), 1200);
    const auto [first, weaker, third] = colours(picture);
    EXPECT_LT(test::distance(first, third), 0.05);
    // On a scale of its own (the wrong variant) the weaker field would look the same as the others.
    EXPECT_GT(test::distance(first, weaker), 0.3);
    draw_field_panels(figure_of(1), options, folder / "same.png");
    const auto [one, same, last] = colours(test::read_picture(folder / "same.png"));
    EXPECT_LT(test::distance(one, same), 0.05);
    EXPECT_LT(test::distance(one, first), 0.05) << "the scale is that of the strongest";
    EXPECT_LT(test::distance(one, last), 0.05);
}

TEST(FieldPanels, RefusesWhatItCannotDraw) {
    const corticoil::test::TemporaryFolder folder;
    const auto draw = [&](const PanelFigure& figure) { draw_field_panels(figure, {}, folder / "none.png"); };
    EXPECT_THAT([&] { draw({}); }, ThrowsMessage<Error>(HasSubstr("has no panels")));
    PanelFigure uneven = figure_of(1);
    uneven.rows.push_back(uneven.rows.front());
    uneven.rows.back().scenes.pop_back();
    EXPECT_THAT([&] { draw(uneven); }, ThrowsMessage<Error>(HasSubstr("rows of different lengths")));
    PanelFigure dark = figure_of(0);
    dark.rows.front().scenes = {dark.rows.front().scenes[1]};
    EXPECT_THAT([&] { draw(dark); }, ThrowsMessage<Error>(HasSubstr("there is no field to draw")));
    EXPECT_FALSE(std::filesystem::exists(folder / "none.png"));
}

} // namespace
} // namespace corticoil::viz
