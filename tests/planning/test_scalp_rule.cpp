#include "planning/scalp_rule.h"

#include "core/constants.h"
#include "planning/target.h"
#include "support/error_of.h"
#include "support/round_head.h"

#include <Eigen/Geometry>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace corticoil::planning {
namespace {

using ::testing::HasSubstr;

constexpr double radius = 0.090; // [m] Of the round head.
constexpr double facet = 0.0025; // [m] How far its facets keep a walk from the sphere's.

const Scalp& scalp() {
    static const TetMesh mesh = test::round_head(32);
    static const Scalp made(mesh);
    return made;
}

/// Landmarks where they are on a sphere that looks along +y.
ScalpLandmarks landmarks() {
    ScalpLandmarks made;
    made.positions = {{"Nz", Vector3(0, radius, 0)},
                      {"Iz", Vector3(0, -radius, 0)},
                      {"T9", Vector3(-radius, 0, 0)},
                      {"T10", Vector3(radius, 0, 0)},
                      {"Cz", Vector3(0, 0, radius)}};
    return made;
}

TEST(ScalpRule, AWalkKeepsItsPlaneAndLength) {
    // A quarter of the way from the front over the vertex to the back.
    const Vector3 start(0, radius, 0);
    const Vector3 end = walk_on_scalp(scalp(), start, {Vector3::UnitX(), Vector3::UnitZ(), radius * pi / 4});
    const Vector3 expected = radius * Vector3(0, std::cos(pi / 4), std::sin(pi / 4));
    EXPECT_LT((end - expected).norm(), facet);
    EXPECT_LT(std::abs(end.x()), 0.0005);
    // The chord's length instead of the arc's would end elsewhere.
    const Vector3 shorter =
        walk_on_scalp(scalp(), start, {Vector3::UnitX(), Vector3::UnitZ(), 2 * radius * std::sin(pi / 8)});
    EXPECT_GT((shorter - end).norm(), 0.001);
    EXPECT_THAT(test::error_of([&] {
                    (void)walk_on_scalp(scalp(), start, {Vector3::UnitX(), Vector3::UnitY(), 0.01});
                }),
                HasSubstr("leads away from the scalp"));
}

TEST(ScalpRule, TheInionRuleGoesToItsSideAndDown) {
    for (const char* name : {"CB_INION_L", "CB_INION_R"}) {
        const ScalpRule rule = find_target(name).scalp_rule.value();
        const double side = rule.is_right ? 1 : -1;
        const double lateral = rule.lateral / radius; // Angles on the sphere.
        const double down = rule.below / radius;
        // Along the equator, then down in the plane parallel to the sagittal one: a circle of its own radius.
        const double small_radius = radius * std::cos(lateral);
        const Vector3 expected(side * radius * std::sin(lateral),
                               -small_radius * std::cos(rule.below / small_radius),
                               -small_radius * std::sin(rule.below / small_radius));
        const Vector3 found = scalp_point(scalp(), rule, landmarks());
        EXPECT_LT((found - expected).norm(), facet) << name << " at angle " << down;
        ScalpRule other = rule;
        other.is_right = !rule.is_right;
        EXPECT_GT((scalp_point(scalp(), other, landmarks()) - expected).norm(), 0.050);
    }
}

TEST(ScalpRule, TheFiveCentimetreRuleGoesForward) {
    const ScalpRule rule = find_target("DLPFC_L_5CM_RULE").scalp_rule.value();
    EXPECT_DOUBLE_EQ(rule.forward, 0.050);
    ScalpLandmarks known = landmarks();
    known.target = Vector3(0, 0, 0.070); // Under the vertex.
    const Vector3 found = scalp_point(scalp(), rule, known);
    const double angle = rule.forward / radius;
    EXPECT_LT((found - radius * Vector3(0, std::sin(angle), std::cos(angle))).norm(), facet);
}

TEST(ScalpRule, FollowsAHeadThatIsTurned) {
    // A head that looks along +x: everything turns with it.
    ScalpLandmarks turned;
    const Eigen::Matrix3d turn = Eigen::AngleAxisd(-pi / 2, Vector3::UnitZ()).toRotationMatrix();
    for (const auto& [name, point] : landmarks().positions) turned.positions[name] = turn * point;
    const ScalpRule rule = find_target("CB_INION_L").scalp_rule.value();
    const Vector3 expected = turn * scalp_point(scalp(), rule, landmarks());
    EXPECT_LT((scalp_point(scalp(), rule, turned) - expected).norm(), facet);
}

TEST(ScalpRule, MissingPositionsAreNamed) {
    const ScalpRule rule = find_target("VERTEX").scalp_rule.value();
    EXPECT_LT((scalp_point(scalp(), rule, landmarks()) - Vector3(0, 0, radius)).norm(), facet);
    EXPECT_THAT(test::error_of([&] { (void)scalp_point(scalp(), rule, {}); }), HasSubstr("position Cz"));
    EXPECT_EQ(describe(find_target("CB_INION_R").scalp_rule.value()),
              "3 cm right of the inion, 1 cm below it");
}

} // namespace
} // namespace corticoil::planning
