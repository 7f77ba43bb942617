#include "planning/target.h"

#include "coils/coil_library.h"
#include "core/constants.h"
#include "support/error_of.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace corticoil::planning {
namespace {

TEST(TargetLibrary, EveryTargetIsComplete) {
    std::set<std::string> names;
    for (const Target& target : target_library()) {
        EXPECT_TRUE(names.insert(target.name).second) << target.name << " occurs twice";
        EXPECT_FALSE(target.description.empty());
        EXPECT_FALSE(target.coordinate_source.empty());
        EXPECT_NEAR(target.direction.induced_direction_mni.norm(), 1, 1e-12);
        for (const auto& [type, direction] : target.direction_by_coil_type) {
            EXPECT_NEAR(direction.induced_direction_mni.norm(), 1, 1e-12);
            EXPECT_FALSE(direction.rule.empty()) << target.name << coils::to_string(type);
        }
        EXPECT_GT(target.roi_radius, 0);
        EXPECT_LT(target.mni.norm(), 0.12) << "MNI coordinates are metres in memory";
        EXPECT_NO_THROW((void)coils::load_coil(target.usual_coil));
        // Names hold the side, and the side is that of the coordinate.
        EXPECT_EQ((target.name + "_").find("_L_") != std::string::npos, target.mni.x() < 0) << target.name;
    }
    EXPECT_GE(names.size(), 3U);
}

TEST(TargetLibrary, DirectionDependsOnTheCoilWhereConventionsDiffer) {
    using coils::CoilType;
    const Target left = find_target("M1_LEG_L");
    const auto direction = [](const Target& target, CoilType type) {
        return target.direction_for(type).induced_direction_mni;
    };
    // Richter 2013: 33 degrees in front of from lateral to medial. Double cone: from back to front.
    EXPECT_NEAR(std::acos(direction(left, CoilType::figure_of_eight).x()) * 180 / pi, 33.1, 0.1);
    EXPECT_GT(direction(left, CoilType::figure_of_eight).y(), 0);
    EXPECT_TRUE(direction(left, CoilType::double_cone).isApprox(Vector3::UnitY()));
    EXPECT_EQ(direction(left, CoilType::unknown), direction(left, CoilType::figure_of_eight));
    // The right side is the left one mirrored.
    const Target right = find_target("M1_LEG_R");
    for (const CoilType type : {CoilType::figure_of_eight, CoilType::double_cone, CoilType::h_type}) {
        Vector3 mirrored = direction(left, type);
        mirrored.x() = -mirrored.x();
        EXPECT_TRUE(direction(right, type).isApprox(mirrored)) << coils::to_string(type);
    }
    // Where no convention differs there is one direction.
    EXPECT_EQ(direction(find_target("M1_HAND_L"), CoilType::double_cone),
              direction(find_target("M1_HAND_L"), CoilType::figure_of_eight));
}

TEST(TargetLibrary, NamesAreFoundInAnyCaseAndUnknownOnesListed) {
    EXPECT_EQ(find_target("m1_hand_l").name, "M1_HAND_L");
    EXPECT_TRUE(find_target("M1_HAND_L").mni.isApprox(Vector3(-0.041, -0.020, 0.062)));
    EXPECT_THAT(test::error_of([] { (void)find_target("M1_HAND"); }), ::testing::HasSubstr("DLPFC_L_SGC"));
}

} // namespace
} // namespace corticoil::planning
