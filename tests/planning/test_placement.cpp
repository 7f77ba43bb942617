#include "planning/placement.h"

#include "coils/coil_library.h"
#include "core/tissue.h"
#include "support/box_mesh.h"
#include "support/error_of.h"
#include "support/round_head.h"

#include <Eigen/Geometry>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace corticoil::planning {
namespace {

using ::testing::HasSubstr;

struct Head {
    TetMesh mesh = test::round_head(16);
    Scalp scalp{mesh};
};

const Head& head() {
    static const Head one;
    return one;
}

const Vector3 target(-0.03, -0.01, 0.06);
const Vector3 front_and_medial = Vector3(1, 1, 0).normalized();

TEST(Scalp, DistancesAreSignedAndNormalsPointOut) {
    EXPECT_TRUE(head().scalp.is_inside(Vector3(0, 0, 0.05)));
    EXPECT_FALSE(head().scalp.is_inside(Vector3(0, 0, 0.1)));
    EXPECT_NEAR(head().scalp.signed_distance(Vector3(0.1, 0, 0)), 0.01, 5e-4);
    EXPECT_NEAR(head().scalp.signed_distance(Vector3(0.05, 0, 0)), -0.04, 5e-4);
    const Vector3 at = head().scalp.nearest_point(target);
    EXPECT_GT(head().scalp.smoothed_normal(at, 0.01).dot(at.normalized()), 0.995);
}

TEST(Scalp, IgnoresInternalAir) {
    // A box with a hole: the nearest point of the outer surface is meant, not that of the hole.
    TetMesh box = test::box_mesh(Vector3::Zero(), Vector3::Constant(0.1), {10, 10, 10},
                                 [](const Vector3&) { return tissue::scalp; });
    const Points centres = barycentres(box);
    box = extract(
        box, [&](int t) { return (centres.col(t) - Vector3::Constant(0.05)).cwiseAbs().maxCoeff() > 0.01; });
    const Scalp scalp(box);
    EXPECT_NEAR(scalp.nearest_point(Vector3(0.05, 0.05, 0.065)).z(), 0.1, 1e-12);
    EXPECT_EQ(scalp.surface().n_triangles(), 6 * 10 * 10 * 2);
}

TEST(Placement, RestsAtTheStandOffWithTheWantedDirection) {
    const coils::Coil coil = coils::load_coil("figure8_70mm");
    const Placement placement = place_over(head().scalp, coil, target, front_and_medial);
    const RigidTransform& pose = placement.head_from_coil;
    EXPECT_NEAR(head().scalp.signed_distance(pose.translation()), 0.004, 2e-4);
    EXPECT_NEAR(placement.target_depth, 0.09 - target.norm(), 1e-3);
    // z into the head.
    EXPECT_GT(pose.apply_to_vector(Vector3::UnitZ()).dot(-pose.translation().normalized()), 0.995);
    // E along the projection of the wanted direction: in the plane that holds it and the normal.
    const Vector3 induced = pose.apply_to_vector(*coil.induced_direction);
    EXPECT_GT(induced.dot(front_and_medial), 0.5);
    EXPECT_LT(std::abs(induced.dot(placement.scalp_normal.cross(front_and_medial))), 1e-9);
}

TEST(Placement, CoilOfTheOppositePolarityIsTurnedRound) {
    const coils::Coil coil = coils::load_coil("figure8_70mm");
    coils::Coil opposite = coil;
    for (coils::WirePath& wire : opposite.wires) wire.current = -wire.current;
    opposite.induced_direction = coils::find_induced_direction(opposite);
    const RigidTransform one = place_over(head().scalp, coil, target, front_and_medial).head_from_coil;
    const RigidTransform other = place_over(head().scalp, opposite, target, front_and_medial).head_from_coil;
    // E keeps its direction and the handle turns by 180°.
    EXPECT_TRUE(one.apply_to_vector(*coil.induced_direction)
                    .isApprox(other.apply_to_vector(*opposite.induced_direction), 1e-9));
    EXPECT_TRUE(
        one.apply_to_vector(Vector3::UnitY()).isApprox(-other.apply_to_vector(Vector3::UnitY()), 1e-9));
}

TEST(Placement, TargetOutsideTheHeadAndDirectionAlongTheNormalAreRefused) {
    const coils::Coil coil = coils::load_coil("figure8_70mm");
    EXPECT_THAT(
        test::error_of([&] { (void)place_over(head().scalp, coil, Vector3(0, 0, 0.2), front_and_medial); }),
        HasSubstr("target: 0.0 0.0 200.0 mm lies outside the head"));
    EXPECT_THAT(
        test::error_of([&] { (void)place_over(head().scalp, coil, Vector3(0, 0, 0.06), Vector3::UnitZ()); }),
        HasSubstr("perpendicular to the scalp"));
}

TEST(Placement, OverAPointOfTheScalpTheBrainIsStraightBelow) {
    const coils::Coil coil = coils::load_coil("figure8_70mm");
    const Vector3 point = head().scalp.nearest_point(Vector3(-0.06, 0.03, 0.05));
    const std::optional<Vector3> brain = brain_below(head().mesh, head().scalp, point);
    ASSERT_TRUE(brain.has_value());
    // Grey matter begins at about three quarters of the radius, in voxels of a box that was deformed.
    EXPECT_NEAR((*brain - point).norm(), 0.25 * 0.09, 0.006);
    EXPECT_GT((point - *brain).normalized().dot(point.normalized()), 0.995);
    const PointLocator locator(head().mesh);
    EXPECT_EQ(head().mesh.labels[static_cast<std::size_t>(*locator.find(*brain))], tissue::grey_matter);
    const Placement placement = place_on(head().scalp, coil, point, *brain, front_and_medial);
    EXPECT_TRUE(placement.scalp_point.isApprox(point));
    EXPECT_NEAR((placement.head_from_coil.translation() - point).norm(), 0.004, 1e-9);
    EXPECT_DOUBLE_EQ(placement.target_depth, (*brain - point).norm());
    TetMesh without_brain = head().mesh;
    for (int& label : without_brain.labels) label = tissue::scalp;
    EXPECT_FALSE(brain_below(without_brain, head().scalp, point).has_value());
}

TEST(Contact, IsAWarningUpTo15MillimetresAndAnErrorBeyond) {
    const coils::Coil coil = coils::load_coil("figure8_70mm");
    const Placement placement = place_over(head().scalp, coil, target, front_and_medial);
    const auto lowered = [&](double by) {
        return RigidTransform(placement.head_from_coil.rotation(),
                              placement.head_from_coil.translation() - by * placement.scalp_normal);
    };
    EXPECT_TRUE(check_contact(head().scalp, coil, placement.head_from_coil).warnings.empty());
    EXPECT_NEAR(check_contact(head().scalp, coil, placement.head_from_coil).clearance, 0.004, 1e-3);
    const Contact pressed = check_contact(head().scalp, coil, lowered(0.012));
    ASSERT_EQ(pressed.warnings.size(), 1U);
    EXPECT_THAT(pressed.warnings.front(), HasSubstr("mm inside the head at"));
    EXPECT_NEAR(pressed.depth, 0.008, 1e-3);
    EXPECT_THAT(test::error_of([&] { (void)check_contact(head().scalp, coil, lowered(0.03)); }),
                HasSubstr("more than 15 mm cannot be a pressed scalp"));
}

} // namespace
} // namespace corticoil::planning
