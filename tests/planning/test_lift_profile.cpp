// Coils over a sphere, where clearance has a closed form: the casing's distance from the middle.
#include "planning/lift_profile.h"

#include "coils/coil_library.h"
#include "core/error.h"
#include "planning/clearance.h"
#include "planning/surface_tree.h"
#include "support/round_head.h"

#include <Eigen/Geometry>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <memory>
#include <numbers>
#include <random>
#include <vector>

namespace corticoil::planning {
namespace {

constexpr double radius = 0.090;
constexpr double facets = 0.0002; ///< [m] how far the test head's triangles lie below the sphere, rounded up.
constexpr double most_intrusion = 0.0005;
constexpr double most_excess = 0.0013; ///< Where contact is steep; 0.2 mm along the normal.

struct Head {
    TetMesh mesh = test::round_head(32);
    Scalp scalp{mesh};
    DistanceGrid grid{scalp};
};

const Head& head() {
    static const Head one;
    return one;
}

/// A coil with what is made of it once.
struct PreparedCoil {
    explicit PreparedCoil(coils::Coil made)
        : coil(std::move(made)), profile(coil), casing(coil.casing.value_or(SurfaceMesh{})) {}

    coils::Coil coil;
    CasingProfile profile;
    SurfaceTree casing;
};

const PreparedCoil& prepared(const std::string& name) {
    static std::map<std::string, std::unique_ptr<PreparedCoil>> coils;
    std::unique_ptr<PreparedCoil>& one = coils[name];
    if (!one) one = std::make_unique<PreparedCoil>(coils::load_coil(name));
    return *one;
}

/// Clearance from the sphere: exact, without any of the code under test.
double clearance(const PreparedCoil& coil, const RigidTransform& head_from_coil) {
    return coil.casing.distance(head_from_coil.inverse().translation()) - radius;
}

RigidTransform turned(const RigidTransform& head_from_plane, double angle, double lift) {
    const RigidTransform plane_from_coil(Eigen::AngleAxisd(angle, Vector3::UnitZ()).toRotationMatrix(),
                                         Vector3(0, 0, -lift));
    return head_from_plane * plane_from_coil;
}

/// A plane that touches the sphere somewhere, tilted by up to `tilt` [rad].
RigidTransform random_plane(std::mt19937& random, double tilt) {
    std::normal_distribution<double> normal;
    std::uniform_real_distribution<double> share(-1, 1);
    const auto direction = [&] {
        return Vector3(normal(random), normal(random), normal(random)).normalized();
    };
    const Vector3 outward = direction();
    const Vector3 z =
        Eigen::AngleAxisd(tilt * share(random), outward.cross(direction()).normalized()) * -outward;
    const Vector3 x = z.cross(direction()).normalized();
    Eigen::Matrix3d rotation;
    rotation << x, z.cross(x), z;
    return {rotation, radius * outward};
}

/// By bisection of the closed form along the way: the lift [m] at which the coil stops that comes from
/// outside, where no more than `least`.
double exact_lift(const PreparedCoil& coil, const RigidTransform& head_from_plane, double angle, double gap) {
    double clear = 0.200;
    double blocked = gap;
    if (clearance(coil, turned(head_from_plane, angle, gap)) >= gap) return gap;
    while (clear - blocked > 1e-6) {
        const double middle = (clear + blocked) / 2;
        (clearance(coil, turned(head_from_plane, angle, middle)) >= gap ? clear : blocked) = middle;
    }
    return clear;
}

/// Greatest intrusion and excess of lifts over random planes.
struct Errors {
    double intrusion = -1;
    double excess = -1;
    int n_poses = 0;
    int n_too_far = 0;         ///< Without a lift.
    int n_wrongly_too_far = 0; ///< Although one below the largest would do.
    int n_below_gap = 0;
};

Errors errors_of(const PreparedCoil& coil, const CasingProfile& profile, int n_places,
                 double offset_angle = 0) {
    std::mt19937 random(4);
    std::uniform_real_distribution<double> gaps(0, 0.008);
    std::vector<float> found(static_cast<std::size_t>(profile.n_rotations()));
    Errors errors;
    for (int place = 0; place < n_places; ++place) {
        const RigidTransform plane = random_plane(random, 0.35);
        const double gap = gaps(random);
        lifts(head().grid, profile, plane, gap, found);
        for (int pose = 0; pose < 35; ++pose) {
            const std::size_t j = random() % found.size();
            const double angle =
                2 * std::numbers::pi * static_cast<double>(j) / static_cast<double>(found.size()) +
                offset_angle;
            ++errors.n_poses;
            const double exact = exact_lift(coil, plane, angle, gap);
            if (std::isinf(found[j])) {
                ++errors.n_too_far;
                errors.n_wrongly_too_far += exact <= most_lift - most_excess ? 1 : 0;
                continue;
            }
            errors.n_below_gap += found[j] < static_cast<float>(gap) ? 1 : 0;
            errors.intrusion =
                std::max(errors.intrusion, gap - clearance(coil, turned(plane, angle, found[j])));
            errors.excess = std::max(errors.excess, found[j] - exact);
        }
    }
    return errors;
}

class LibraryCoilLifts : public ::testing::TestWithParam<std::string> {};

TEST_P(LibraryCoilLifts, ClearASphereAtThousandRandomPoses) {
    const PreparedCoil& coil = prepared(GetParam());
    EXPECT_GE(coil.profile.n_points(), 500);
    const Errors errors = errors_of(coil, coil.profile, 30);
    RecordProperty("intrusion_mm", std::to_string(errors.intrusion * 1000));
    RecordProperty("excess_mm", std::to_string(errors.excess * 1000));
    EXPECT_GE(errors.n_poses, 1000);
    EXPECT_LT(errors.n_too_far, errors.n_poses / 4);
    EXPECT_EQ(errors.n_wrongly_too_far, 0);
    EXPECT_EQ(errors.n_below_gap, 0);
    EXPECT_LE(errors.intrusion, most_intrusion);
    EXPECT_LE(errors.excess, most_excess);
}

INSTANTIATE_TEST_SUITE_P(Library, LibraryCoilLifts, ::testing::ValuesIn(coils::coil_names()),
                         [](const auto& about) { return about.param; });

TEST(Lifts, OfAnotherCoilOrTurnedTheOtherWayMiss) {
    const PreparedCoil& bent = prepared("double_cone");
    EXPECT_GT(errors_of(bent, prepared("figure8_70mm").profile, 5).intrusion, 10 * most_intrusion);
    EXPECT_GT(errors_of(bent, bent.profile, 5, std::numbers::pi / 2).intrusion, 10 * most_intrusion);
}

TEST(Lifts, FromTheWrongSideMiss) {
    // The plane's z axis out of the head: the scalp lies behind every start.
    const RigidTransform in = turned(RigidTransform(), 0, 0);
    Eigen::Matrix3d outward = Eigen::Matrix3d::Identity();
    outward.diagonal() << 1, -1, -1;
    const RigidTransform into(outward, Vector3(0, 0, radius));
    const RigidTransform out(in.rotation(), Vector3(0, 0, radius));
    std::vector<float> found(360);
    const PreparedCoil& coil = prepared("figure8_70mm");
    lifts(head().grid, coil.profile, into, 0.004, found);
    EXPECT_LT(found[0], 0.005F);
    lifts(head().grid, coil.profile, out, 0.004, found);
    EXPECT_TRUE(std::isinf(found[0]));
}

TEST(Lifts, AreThoseOfTheSinglePose) {
    std::mt19937 random(5);
    constexpr double gap = 0.004;
    for (const std::string& name : coils::coil_names()) {
        const PreparedCoil& coil = prepared(name);
        std::vector<float> found(360);
        double worst_of_others = 0;
        for (int place = 0; place < 10; ++place) {
            const RigidTransform plane = random_plane(random, 0.2);
            lifts(head().grid, coil.profile, plane, gap, found);
            for (std::size_t j = 0; j < found.size(); j += 45) {
                const double angle = 2 * std::numbers::pi * static_cast<double>(j) / 360;
                const double single =
                    gap + lift_at(head().grid, coil.profile, turned(plane, angle, gap), gap);
                if (std::isinf(found[j]) || std::isinf(single)) continue;
                EXPECT_NEAR(found[j], single, 0.0005) << name;
                worst_of_others = std::max(worst_of_others, std::abs(found[(j + 90) % 360] - single));
                // It is a way along the coil's axis: a pose further out needs that much less.
                EXPECT_NEAR(lift_at(head().grid, coil.profile, turned(plane, angle, gap + 0.001), gap),
                            std::max(0.0, single - gap - 0.001), 0.0003);
            }
        }
        if (name == "double_cone") {
            EXPECT_GT(worst_of_others, 0.005) << "a quarter turn must matter";
        }
    }
}

TEST(Lifts, AgreeWithTheExactSearch) {
    std::mt19937 random(6);
    constexpr double gap = 0.004;
    const PreparedCoil& coil = prepared("h_type_leg");
    for (int i = 0; i < 3; ++i) {
        const RigidTransform pose = turned(random_plane(random, 0.2), 0, gap);
        const LiftedCoil exact =
            lift_until_clear(head().scalp, coil.coil, pose, {.gap = gap, .tolerance = 5e-5});
        EXPECT_NEAR(lift_at(head().grid, coil.profile, pose, gap), exact.lift, 0.0005);
    }
}

TEST(Lifts, LetAHoleComeOverABump) {
    // Straight over the top of the sphere a ring rests on its inner edge, a disc on its middle.
    coils::Coil ring;
    ring.name = "ring";
    constexpr double inner = 0.030;
    constexpr int n = 720;
    SurfaceMesh casing;
    casing.nodes.resize(3, 2 * n);
    casing.triangles.resize(3, 2 * n);
    for (int i = 0; i < n; ++i) {
        const double angle = 2 * std::numbers::pi * i / n;
        const Vector3 direction(std::cos(angle), std::sin(angle), 0);
        casing.nodes.col(2 * i) = inner * direction;
        casing.nodes.col(2 * i + 1) = 0.050 * direction;
        const int next = 2 * ((i + 1) % n);
        casing.triangles.col(2 * i) = Eigen::Vector3i(2 * i, next, 2 * i + 1);
        casing.triangles.col(2 * i + 1) = Eigen::Vector3i(2 * i + 1, next, next + 1);
    }
    ring.casing = casing;
    const RigidTransform above(Eigen::AngleAxisd(std::numbers::pi, Vector3::UnitX()).toRotationMatrix(),
                               Vector3(0, 0, radius - 0.020));
    const CasingProfile profile(ring);
    // The ring's plane lies at √(R² − r²) when its edge touches; the origin starts 20 mm under the top.
    const double by_hand = std::sqrt(radius * radius - inner * inner) - (radius - 0.020);
    EXPECT_NEAR(lift_at(head().grid, profile, above, 0), by_hand, 0.0005);
    std::vector<float> found(360);
    lifts(head().grid, profile, above, 0, found);
    for (const float lift : found) EXPECT_NEAR(lift, by_hand, 0.0005);
    EXPECT_GT(0.020 - by_hand, 0.004) << "a disc would stop at 20 mm";
}

TEST(Lifts, OfACoilWithoutACasingAreThoseOfItsPoints) {
    coils::Coil coil;
    coil.name = "dipoles";
    coil.dipoles.positions.resize(3, 2);
    coil.dipoles.positions << 0, 0.05, 0, 0, -0.01, 0.03;
    coil.dipoles.moments = VectorField::Ones(3, 2);
    const CasingProfile profile(coil);
    const RigidTransform above(Eigen::AngleAxisd(std::numbers::pi, Vector3::UnitX()).toRotationMatrix(),
                               Vector3(0, 0, radius));
    // The point 30 mm beyond the face meets the sphere 50 mm from the axis.
    const double by_hand = 0.030 - (radius - std::sqrt(radius * radius - 0.05 * 0.05));
    EXPECT_NEAR(lift_at(head().grid, profile, above, 0), by_hand, 0.0005);
    std::vector<float> found(360);
    lifts(head().grid, profile, above, 0, found);
    for (const float lift : found) EXPECT_NEAR(lift, by_hand, 0.0006);
}

TEST(Lifts, AtFewerRotationsAreTheSame) {
    std::mt19937 random(7);
    const RigidTransform plane = random_plane(random, 0.2);
    const PreparedCoil& coil = prepared("double_cone");
    const CasingProfile coarse(coil.coil, 24);
    std::vector<float> all(360);
    std::vector<float> few(24);
    lifts(head().grid, coil.profile, plane, 0.004, all);
    lifts(head().grid, coarse, plane, 0.004, few);
    for (std::size_t j = 0; j < few.size(); ++j) EXPECT_EQ(few[j], all[15 * j]);
}

TEST(CasingProfile, RefusesACoilInMillimetres) {
    coils::Coil coil = coils::load_coil("figure8_70mm");
    coil.casing->nodes *= 1000;
    EXPECT_THROW((void)CasingProfile(coil), Error);
}

} // namespace
} // namespace corticoil::planning
