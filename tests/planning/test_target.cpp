#include "planning/target.h"

#include "coils/coil_library.h"
#include "core/constants.h"
#include "planning/ten_ten.h"
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
        EXPECT_LT(target.near_mni.norm(), 0.12) << "MNI coordinates are metres in memory";
        EXPECT_NE(target.mni.has_value(), target.scalp_rule.has_value()) << target.name;
        if (target.mni) {
            EXPECT_EQ(*target.mni, target.near_mni);
        }
        for (const AlternativeCoordinate& other : target.alternatives) {
            EXPECT_FALSE(other.source.empty()) << target.name;
            EXPECT_LT((other.mni - target.near_mni).norm(), 0.040) << target.name;
        }
        EXPECT_NO_THROW((void)coils::load_coil(target.usual_coil));
        // Names hold the side, and the side is that of the coordinate.
        const bool is_left = (target.name + "_").find("_L_") != std::string::npos;
        const bool is_right = (target.name + "_").find("_R_") != std::string::npos;
        if (is_left || is_right) {
            EXPECT_EQ(is_left, target.near_mni.x() < 0) << target.name;
        } else {
            EXPECT_LE(std::abs(target.near_mni.x()), 0.002) << target.name;
        }
        if (target.scalp_rule && target.scalp_rule->kind == ScalpRuleKind::from_inion) {
            EXPECT_EQ(target.scalp_rule->is_right, is_right) << target.name;
        }
        if (target.scalp_rule && target.scalp_rule->kind == ScalpRuleKind::in_front_of) {
            EXPECT_TRUE(find_target(target.scalp_rule->target).mni.has_value()) << target.name;
        }
        if (target.scalp_rule && target.scalp_rule->kind == ScalpRuleKind::ten_ten) {
            EXPECT_EQ(find_ten_ten_name(target.scalp_rule->position), target.scalp_rule->position);
        }
    }
    for (const char* name : {"M1_HAND_L", "M1_LEG_BILAT", "DLPFC_L_BEAMF3", "DLPFC_R", "PMD_L", "SMA",
                             "CB_INION_R", "CB_MOTOR_POST_L", "CB_VERMIS", "VERTEX"}) {
        EXPECT_TRUE(names.contains(name)) << name;
    }
    EXPECT_LE(reported_targets().size(), 12U) << "comparisons show a column for each";
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
    EXPECT_TRUE(find_target("M1_HAND_L").mni->isApprox(Vector3(-0.041, -0.020, 0.062)));
    EXPECT_FALSE(known_target("M1_HAND").has_value());
    EXPECT_THAT(test::error_of([] { (void)find_target("M1_HAND"); }), ::testing::HasSubstr("'M1_HAND'"));
}

TEST(TargetRegion, MeetsEveryCondition) {
    const Target target = find_target("PMD_L"); // From z = 45 mm and 15 mm beside the midline on.
    const TargetRegion& region = target.region.value();
    EXPECT_EQ(region.atlases.at("brodmann"), std::vector<std::string>{"6"});
    EXPECT_TRUE(region.allows(Vector3(-0.030, 0, 0.050), *target.mni));
    EXPECT_FALSE(region.allows(Vector3(-0.030, 0, 0.044), *target.mni));
    EXPECT_FALSE(region.allows(Vector3(-0.014, 0, 0.050), *target.mni));
    const Target hand = find_target("M1_HAND_L"); // Within 15 mm of the coordinate.
    EXPECT_TRUE(hand.region->allows(*hand.mni + Vector3(0.014, 0, 0), *hand.mni));
    EXPECT_FALSE(hand.region->allows(*hand.mni + Vector3(0.016, 0, 0), *hand.mni));
    EXPECT_FALSE(find_target("SMA").region->allows(Vector3(0, 0.001, 0.06), Vector3::Zero()));
}

} // namespace
} // namespace corticoil::planning
