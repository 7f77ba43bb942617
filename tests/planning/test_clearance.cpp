// A bent coil over a sphere: contact by hand.
#include "planning/clearance.h"

#include "core/error.h"
#include "support/round_head.h"

#include <Eigen/Geometry>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace corticoil::planning {
namespace {

constexpr double radius = 0.090;
constexpr double facets = 0.0002; ///< [m] how far the test head's triangles lie below the sphere, rounded up.
constexpr double wing_angle = 0.5;
constexpr double wing_length = 0.080;
constexpr double wing_width = 0.060;

struct Head {
    TetMesh mesh = test::round_head(32);
    Scalp scalp{mesh};
};

const Head& head() {
    static const Head one;
    return one;
}

/// Two plates of two triangles each, joined along the y axis, bent towards the head by `angle`.
coils::Coil bent_coil(double angle = wing_angle) {
    coils::Coil coil;
    coil.name = "bent";
    SurfaceMesh casing;
    casing.nodes.resize(3, 6);
    casing.triangles.resize(3, 4);
    int node = 0;
    for (const double side : {-1.0, 0.0, 1.0}) {
        for (const double y : {-wing_width / 2, wing_width / 2}) {
            casing.nodes.col(node++) = Vector3(side * wing_length * std::cos(angle), y,
                                               std::abs(side) * wing_length * std::sin(angle));
        }
    }
    casing.triangles << 0, 1, 2, 3, //
        1, 3, 3, 5,                 //
        2, 2, 4, 4;
    coil.casing = casing;
    return coil;
}

/// Over the top of the head, the coil's origin `height` [m] above the head's centre.
RigidTransform over_top(double height) {
    const Eigen::Matrix3d upside_down = Vector3(1, -1, -1).asDiagonal();
    return {upside_down, Vector3(0, 0, height)};
}

/// The wings' planes are height·cos(angle) away from the centre, where they are nearest.
double clearance_by_hand(double height) {
    return height * std::cos(wing_angle) - radius;
}

/// Wrong variant: nodes only.
double clearance_of_nodes(const coils::Coil& coil, const RigidTransform& pose) {
    double nearest = 1;
    const Points nodes = pose.apply_to_points(coil.casing->nodes);
    for (Eigen::Index i = 0; i < nodes.cols(); ++i)
        nearest = std::min(nearest, head().scalp.signed_distance(nodes.col(i)));
    return nearest;
}

TEST(Clearance, OfABentCoilIsThatOfItsTrianglesNotOfItsNodes) {
    for (const double height : {0.094, 0.100, 0.110}) {
        const RigidTransform pose = over_top(height);
        const Clearance clearance = signed_clearance(head().scalp, bent_coil(), pose);
        EXPECT_NEAR(clearance.distance, clearance_by_hand(height), facets) << height;
        EXPECT_NEAR(head().scalp.signed_distance(clearance.point), clearance.distance, 1e-12);
        // The nearest point lies on a wing at height·sin(angle) from the bend.
        EXPECT_NEAR(std::abs(clearance.point.x()), height * std::sin(wing_angle) * std::cos(wing_angle),
                    0.008);
        EXPECT_GT(clearance_of_nodes(bent_coil(), pose), clearance_by_hand(height) + 0.003) << height;
    }
}

TEST(Clearance, OfACoilWithoutACasingIsThatOfItsPoints) {
    coils::Coil coil;
    coil.name = "dipoles";
    coil.dipoles.positions.resize(3, 2);
    coil.dipoles.positions << 0, 0.05, 0, 0, -0.01, 0.03;
    coil.dipoles.moments = VectorField::Ones(3, 2);
    const double height = 0.095;
    // The first lies behind the face and counts on it; the second reaches 30 mm beyond it.
    const double by_hand = std::min(height, std::hypot(0.05, height - 0.03)) - radius;
    EXPECT_NEAR(signed_clearance(head().scalp, coil, over_top(height)).distance, by_hand, facets);
}

TEST(Lift, IsTheLeastThatClearsTheScalp) {
    constexpr double start = 0.094;
    for (const double gap : {0.0, 0.004}) {
        const LiftOptions options{.gap = gap};
        const LiftedCoil lifted = lift_until_clear(head().scalp, bent_coil(), over_top(start), options);
        const double by_hand = (radius + gap) / std::cos(wing_angle) - start;
        // The lift changes by more than the clearance where the wings are steep.
        const double error = (facets + options.tolerance) / std::cos(wing_angle);
        EXPECT_NEAR(lifted.lift, by_hand, error) << gap;
        EXPECT_GE(lifted.clearance.distance, gap);
        EXPECT_LE(lifted.clearance.distance, gap + options.tolerance);
        EXPECT_TRUE(lifted.head_from_coil.translation().isApprox(Vector3(0, 0, start + lifted.lift), 1e-9));
        // Wrong variants: nodes only are clear with less, and the stand-off of the centre does not know.
        const RigidTransform by_nodes = over_top(start + by_hand - 0.003);
        EXPECT_GT(clearance_of_nodes(bent_coil(), by_nodes), gap);
        EXPECT_LT(signed_clearance(head().scalp, bent_coil(), over_top(start)).distance, -0.005);
    }
}

TEST(Lift, LeavesACoilThatIsClear) {
    const RigidTransform pose = over_top(0.094);
    const LiftedCoil lifted = lift_until_clear(head().scalp, bent_coil(0), pose, {.gap = 0.0035});
    EXPECT_EQ(lifted.lift, 0);
    EXPECT_EQ(lifted.head_from_coil.matrix(), pose.matrix());
    EXPECT_NEAR(lifted.clearance.distance, 0.004, facets);
}

TEST(Lift, OfACoilFoundDeepInTheHeadEndsOutside) {
    // From the middle of the head no surface is near: a check of crossing surfaces alone would call it clear.
    const LiftedCoil lifted =
        lift_until_clear(head().scalp, bent_coil(0), over_top(0.040), {.gap = 0, .most_lift = 0.1});
    EXPECT_NEAR(lifted.lift, 0.050, facets + 1e-4);
}

TEST(Lift, ThatIsTooLongNamesTheCoil) {
    try {
        (void)lift_until_clear(head().scalp, bent_coil(1.4), over_top(0.094), {.most_lift = 0.02});
        FAIL() << "wings that point down beside the axis fit no head";
    } catch (const InfeasibleError& error) {
        EXPECT_THAT(error.what(), ::testing::HasSubstr("coil bent: does not fit this place"));
        EXPECT_THAT(error.what(), ::testing::HasSubstr("more than 20 mm"));
    }
}

} // namespace
} // namespace corticoil::planning
