#include "viz/electrode_picture.h"

#include "support/round_head.h"
#include "support/temporary_folder.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

namespace corticoil::viz {
namespace {

std::string bytes_of(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

TEST(ElectrodePicture, ShowsWhatFacesTheViewerOnly) {
    const test::TemporaryFolder folder;
    const SurfaceMesh scalp = outer_boundary(test::round_head(16)).surface;
    const PictureOptions options{.width = 600, .height = 300};
    const auto drawn = [&](const std::vector<LabelledPoint>& points, const char* name) {
        draw_electrodes(scalp, points, options, folder.path() / name);
        return bytes_of(folder.path() / name);
    };
    // What the points span decides the scale: these six are always there.
    const std::vector<LabelledPoint> frame{{"", {-0.09, 0, 0}}, {"", {0.09, 0, 0}},  {"", {0, 0.09, 0}},
                                           {"", {0, -0.09, 0}}, {"", {0, 0, -0.09}}, {"", {0, 0, 0.09}}};
    const auto with = [&](const LabelledPoint& point) {
        std::vector<LabelledPoint> points = frame;
        points.push_back(point);
        return points;
    };
    const std::string alone = drawn(frame, "alone.png");
    EXPECT_EQ(alone.substr(1, 3), "PNG");
    EXPECT_NE(drawn(with({"C1", {-0.04, 0.02, 0.0781}}), "seen.png"), alone);
    // The right side in front is seen from nowhere: not from the left, above or behind.
    EXPECT_EQ(drawn(with({"X", {0.0636, 0.0636, 0}}), "hidden.png"), alone);
    EXPECT_EQ(drawn(frame, "again.png"), alone);
}

} // namespace
} // namespace corticoil::viz
