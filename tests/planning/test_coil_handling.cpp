// A coil moved by hand over a round head.
#include "planning/coil_handling.h"

#include "coils/coil_library.h"
#include "core/constants.h"
#include "core/error.h"
#include "support/round_head.h"

#include <Eigen/Geometry>
#include <gtest/gtest.h>

#include <cmath>

namespace corticoil::planning {
namespace {

constexpr double degree = pi / 180;
constexpr double gap = 0.004;

struct Head {
    TetMesh mesh = test::round_head(24);
    Scalp scalp{mesh};
    DistanceGrid grid{scalp};
    ScalpPlaces places{scalp, grid};
    CoilHandling handling{places, grid};
    coils::Coil coil = coils::load_coil("figure8_70mm");
    CasingProfile casing{coil};
};

const Head& head() {
    static const Head one;
    return one;
}

CoilStance on_top() {
    CoilStance stance;
    stance.place = head().places.nearest(Vector3(0.01, 0.02, 0.2));
    stance.forward = Vector3::UnitY() - Vector3::UnitY().dot(stance.place.normal) * stance.place.normal;
    stance.forward.normalize();
    stance.gap = gap;
    return stance;
}

TEST(CoilHandling, TheCasingKeepsTheGapWhereverItIsMoved) {
    CoilStance stance = on_top();
    for (int step = 0; step < 8; ++step) {
        stance = head().handling.moved(stance, {0.004, 0.002});
        stance = CoilHandling::turned(stance, 12 * degree);
        stance.tilt = {4 * degree * (step % 2), -3 * degree};
        const RigidTransform pose = head().handling.pose(stance, head().casing);
        EXPECT_GT(head().handling.clearance(pose, head().casing), gap - 0.0005);
        EXPECT_LT(head().handling.clearance(pose, head().casing), gap + 0.001);
    }
}

TEST(CoilHandling, AStanceIsFoundFromItsPose) {
    CoilStance stance = on_top();
    stance.tilt = {8 * degree, -5 * degree};
    const RigidTransform pose = head().handling.pose(stance, head().casing);
    const CoilStance found = head().handling.stance_of(pose, gap);
    EXPECT_LT((found.place.point - stance.place.point).norm(), 0.0005);
    EXPECT_LT((found.tilt - stance.tilt).norm(), 1 * degree);
    const RigidTransform again = head().handling.pose(found, head().casing);
    EXPECT_LT((again.translation() - pose.translation()).norm(), 0.001);
    EXPECT_LT((again.rotation() - pose.rotation()).norm(), 1 * degree);
}

TEST(CoilHandling, ThereAndBackIsWhereItWas) {
    const CoilStance stance = on_top();
    const CoilStance there = head().handling.moved(stance, {0.010, 0});
    EXPECT_NEAR((there.place.point - stance.place.point).norm(), 0.010, 0.0005);
    const CoilStance back = head().handling.moved(there, {-0.010, 0});
    EXPECT_LT((back.place.point - stance.place.point).norm(), 0.0003);
    EXPECT_NEAR(there.forward.dot(there.place.normal), 0, 1e-9);
    EXPECT_NEAR(back.forward.dot(stance.forward), 1, 1e-4);
}

TEST(CoilHandling, ATurnIsAboutTheInwardAxis) {
    const CoilStance stance = on_top();
    const RigidTransform before = head().handling.pose(stance, head().casing);
    const RigidTransform after =
        head().handling.pose(CoilHandling::turned(stance, 30 * degree), head().casing);
    const Eigen::AngleAxisd turn(after.rotation() * before.rotation().transpose());
    EXPECT_NEAR(turn.angle(), 30 * degree, 1e-9);
    EXPECT_GT(turn.axis().dot(before.rotation().col(2)), 0.999);
}

} // namespace
} // namespace corticoil::planning
