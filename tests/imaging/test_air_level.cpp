#include "imaging/air_level.h"

#include "phantom_head.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace corticoil::imaging {
namespace {

ScalarImage mapped(ScalarImage image, float factor, float offset) {
    for (float& value : image.voxels) value = factor * value + offset;
    return image;
}

TEST(AirLevel, IsFoundWhereAirIsNotAtZero) {
    const ScalarImage t1 = test::make_phantom_head().t1;
    EXPECT_NEAR(air_level(mapped(t1, 1, 1000)), 1000, 1);
    EXPECT_NEAR(air_level(mapped(t1, 0.02F, -0.7F)), -0.7, 0.02);
    const ScalarImage moved = with_air_at_zero(mapped(t1, 1, 1000));
    for (std::size_t n = 0; n < t1.voxels.size(); ++n) ASSERT_NEAR(moved.voxels[n], t1.voxels[n], 1);
    EXPECT_EQ(with_air_at_zero(moved).voxels, moved.voxels) << "once is enough";
}

TEST(AirLevel, OrdinaryImagesStayAsTheyAre) {
    const ScalarImage t1 = test::make_phantom_head().t1;
    EXPECT_EQ(with_air_at_zero(t1).voxels, t1.voxels);
    std::mt19937 generator(2);
    for (const float deviation : {3.0F, 15.0F}) { // Of white matter's 110.
        std::normal_distribution<float> noise(0, deviation);
        ScalarImage magnitude = t1;
        for (float& value : magnitude.voxels) value = std::hypot(value + noise(generator), noise(generator));
        EXPECT_EQ(air_level(magnitude), 0) << "noise of a magnitude image, " << deviation;
        ScalarImage real_part = t1;
        for (float& value : real_part.voxels) value += noise(generator);
        EXPECT_EQ(air_level(real_part), 0) << "noise of both signs, " << deviation;
    }
}

} // namespace
} // namespace corticoil::imaging
