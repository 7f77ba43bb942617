#include "planning/target.h"

#include "coils/coil_library.h"
#include "support/error_of.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace corticoil::planning {
namespace {

TEST(TargetLibrary, EveryTargetIsComplete) {
    std::set<std::string> names;
    for (const Target& target : target_library()) {
        EXPECT_TRUE(names.insert(target.name).second) << target.name << " occurs twice";
        EXPECT_FALSE(target.description.empty());
        EXPECT_FALSE(target.coordinate_source.empty());
        EXPECT_NEAR(target.induced_direction_mni.norm(), 1, 1e-12);
        EXPECT_GT(target.roi_radius, 0);
        EXPECT_LT(target.mni.norm(), 0.12) << "MNI coordinates are metres in memory";
        EXPECT_NO_THROW((void)coils::load_coil(target.usual_coil));
        // Names hold the side, and the side is that of the coordinate.
        EXPECT_EQ((target.name + "_").find("_L_") != std::string::npos, target.mni.x() < 0) << target.name;
    }
    EXPECT_GE(names.size(), 3U);
}

TEST(TargetLibrary, NamesAreFoundInAnyCaseAndUnknownOnesListed) {
    EXPECT_EQ(find_target("m1_hand_l").name, "M1_HAND_L");
    EXPECT_TRUE(find_target("M1_HAND_L").mni.isApprox(Vector3(-0.041, -0.020, 0.062)));
    EXPECT_THAT(test::error_of([] { (void)find_target("M1_HAND"); }), ::testing::HasSubstr("DLPFC_L_SGC"));
}

} // namespace
} // namespace corticoil::planning
