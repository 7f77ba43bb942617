#include "planning/planned_pose.h"
#include "planning/planner.h"
#include "planning/robustness.h"
#include "planning/shortlist.h"

#include "coils/coil_library.h"
#include "core/constants.h"
#include "core/tissue.h"
#include "planning/clearance.h"
#include "planning/lift_profile.h"
#include "planning/roi_parts.h"
#include "support/error_of.h"
#include "support/round_head.h"

#include <Eigen/Geometry>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace corticoil::planning {
namespace {

using ::testing::HasSubstr;

/// A head, a coil and a ROI under the scalp, off every symmetry axis; made once for all tests.
struct SearchedHead {
    HeadModel head = make_head_model(test::round_head(20), default_conductivities());
    Scalp scalp{head.mesh};
    Simulator simulator{head};
    Planner planner{simulator, scalp};
    coils::Coil coil = coils::load_coil("figure8_70mm");
    PlannedCoil planned{coil};
    Roi roi = ball_roi("test", Vector3(0.025, 0.02, 0.055), 0.012);
    PlannedRegion region{"test", roi_samples(head.mesh, roi), {}};
    PlannedSearchOptions options;
    PlannedSearch search;

    SearchedHead()
        : options(wanted()), search(search_around(planner, planned, std::span(&region, 1), options)) {}

    PlannedSearchOptions wanted() const {
        PlannedSearchOptions made;
        made.centre = 1.5 * roi.centre;
        made.area = {.radius = 0.03, .spacing = 0.004};
        made.tolerance = 1e-8;
        return made;
    }
};

const SearchedHead& searched_head() {
    static const SearchedHead made;
    return made;
}

/// |mean E| in the ROI by a forward solve [V/m at 1 A/µs].
double forward(const RigidTransform& pose) {
    const SearchedHead& s = searched_head();
    const Simulation simulation = s.simulator.simulate(
        s.coil, pose, {.didt = ampere_per_microsecond, .tolerance = 1e-8, .recovers = false});
    Vector3 mean;
    const auto functionals = mean_field_functionals(s.region.samples);
    for (std::size_t axis = 0; axis < 3; ++axis)
        mean[static_cast<Eigen::Index>(axis)] = functionals[axis].of(simulation.field);
    return mean.norm();
}

TEST(Search, ItsValuesAreThoseOfForwardSolves) {
    const SearchedHead& s = searched_head();
    std::mt19937_64 generator(3);
    double largest_difference = 0;
    double largest_confusion = 0;
    const double scale = searched_head().search.result.of_places.front().value;
    for (int i = 0; i < 12; ++i) {
        const std::size_t p = generator() % s.search.places.size();
        const BestOfPlace& best = s.search.result.of_places[p];
        ASSERT_GT(best.value, 0);
        const RigidTransform plane = search_plane(s.search.places[p]);
        const int n = s.planned.casing.n_rotations();
        const double truth = forward(pose_at(plane, best.rotation, n, best.lift));
        largest_difference = std::max(largest_difference, std::abs(best.value - truth) / scale);
        // A quarter turn away the value is another one: the angle is the one that was meant.
        const double turned = forward(pose_at(plane, (best.rotation + n / 4) % n, n, best.lift));
        largest_confusion = std::max(largest_confusion, std::abs(best.value - turned) / scale);
    }
    EXPECT_LT(largest_difference, 5e-3);
    EXPECT_GT(largest_confusion, 0.1);
}

TEST(Search, CountsWhatItDoes) {
    const SearchedHead& s = searched_head();
    const SearchResult& result = s.search.result;
    EXPECT_EQ(result.n_placements, static_cast<std::int64_t>(s.search.places.size()) * 360);
    EXPECT_LT(result.n_evaluated, result.n_placements / 3);
    EXPECT_GE(result.n_angles, 7);
    EXPECT_LE(result.n_angles, 25);
    EXPECT_LT(result.interpolation_error, 2e-3);
}

TEST(Search, FindsTheBestOfAGridOfForwardSolves) {
    const SearchedHead& s = searched_head();
    const std::vector<RankedPose> ranked =
        distinct_best(s.search.result, s.search.places, s.options.search, 360, 0.01, 3);
    ASSERT_EQ(ranked.size(), 3U);
    EXPECT_GE(ranked[0].value, ranked[1].value);
    EXPECT_GE((s.search.places[ranked[0].place].point - s.search.places[ranked[1].place].point).norm(), 0.01);
    // Positions 12 mm apart, 45° steps: nothing of it beats the search by more than its own error.
    double best = 0;
    for (const ScalpPlace& place :
         s.planner.places().around(s.options.centre, {.radius = 0.03, .spacing = 0.012})) {
        for (int rotation = 0; rotation < 4; ++rotation) {
            const RigidTransform plane = search_plane(place);
            const double lift = lift_at(s.planner.grid(), s.planned.casing, pose_at(plane, rotation, 8, 0),
                                        s.options.search.gap);
            best = std::max(best, forward(pose_at(plane, rotation, 8, lift)));
        }
    }
    EXPECT_GE(forward(ranked[0].head_from_coil), 0.99 * best);
}

TEST(Search, KeepsItsDistance) {
    const SearchedHead& s = searched_head();
    for (std::size_t p = 0; p < s.search.places.size(); p += 31) {
        const BestOfPlace& best = s.search.result.of_places[p];
        const RigidTransform pose = pose_at(search_plane(s.search.places[p]), best.rotation,
                                            s.planned.casing.n_rotations(), best.lift);
        EXPECT_GT(signed_clearance(s.scalp, s.coil, pose).distance, s.options.search.gap - 0.0005);
    }
}

TEST(Search, SparesAPlaceWhereItIsTold) {
    const SearchedHead& s = searched_head();
    // The mirror image of the ROI, 50 mm away, may get a share that the best pose would exceed.
    PlannedRegion spared{
        "spared", roi_samples(s.head.mesh, ball_roi("spared", Vector3(-0.005, 0.03, 0.06), 0.012)), {}};
    const std::vector<PlannedRegion> free{s.region, spared};
    const auto share_at_best = [&](const PlannedSearch& search) {
        const RankedPose best =
            distinct_best(search.result, search.places, s.options.search, 360, 0.01, 1).front();
        const Eigen::VectorXd values = search.table.values(s.planned.dipoles.dipoles, best.head_from_coil);
        return values.tail<3>().norm() / values.head<3>().norm();
    };
    std::vector<PlannedRegion> limited = free;
    limited[1].role.largest_share = 10;
    const double unlimited_share = share_at_best(search_around(s.planner, s.planned, limited, s.options));
    limited[1].role.largest_share = 0.9 * unlimited_share;
    const PlannedSearch search = search_around(s.planner, s.planned, limited, s.options);
    EXPECT_LE(share_at_best(search), 0.9 * unlimited_share * 1.001);
    limited[1].role.largest_share = 1e-6;
    try {
        (void)search_around(s.planner, s.planned, limited, s.options);
        FAIL() << "nothing keeps such a limit";
    } catch (const InfeasibleError& error) {
        EXPECT_THAT(error.what(), HasSubstr("none of"));
    }
}

TEST(PlannedPose, TouchesTheGapAndDrivesTheUsualWay) {
    const SearchedHead& s = searched_head();
    const RankedPose first = distinct_best(s.search.result, s.search.places, s.options.search,
                                           s.planned.casing.n_rotations(), 0.003, 1)
                                 .front();
    const auto mean_at = [&](const PlannedPose& pose) -> Vector3 {
        return s.search.field.values(s.coil, pose.head_from_coil, ampere_per_microsecond).head<3>();
    };
    const Vector3 usual = s.search.field.values(s.coil, first.head_from_coil).head<3>();
    for (const double sense : {1.0, -1.0}) {
        const PlannedPose planned =
            planned_pose(first, s.search, s.coil, s.scalp, s.options.search.gap, sense * usual);
        EXPECT_GT(sense * mean_at(planned).dot(usual), 0);
        EXPECT_FALSE(planned.drives_backwards);
        EXPECT_NEAR(mean_at(planned).norm(), first.value, 0.03 * first.value) << "as good as the search said";
        EXPECT_GE(planned.clearance, s.options.search.gap - 1e-9);
        EXPECT_LE(planned.clearance, s.options.search.gap + 0.00015);
        EXPECT_NEAR(planned.lift, first.best.lift, 0.0016);
    }
}

TEST(ShortList, StatesBothRankings) {
    const SearchedHead& s = searched_head();
    const std::vector<ShortlistedPose> list = shortlist(s.planner, s.planned, s.search, s.region, s.options,
                                                        {.n = 6, .distance = 0.006, .tolerance = 1e-8});
    ASSERT_EQ(list.size(), 6U);
    for (const ShortlistedPose& pose : list) {
        EXPECT_NEAR(pose.mean_vector, pose.by_search, 5e-3 * pose.by_search);
        // |mean E| ≤ mean |E|, and parts lie between.
        EXPECT_LE(pose.mean_vector, pose.mean_magnitude);
        EXPECT_NEAR(pose.mean_by_parts, pose.mean_magnitude, 0.03 * pose.mean_magnitude);
    }
    EXPECT_TRUE(std::is_sorted(list.begin(), list.end(), [](const auto& a, const auto& b) {
        return a.mean_magnitude > b.mean_magnitude;
    }));
    EXPECT_EQ(list.front().rank_by_mean, 1);
}

TEST(Robustness, SpreadsGrowWithTheErrors) {
    const SearchedHead& s = searched_head();
    const RigidTransform pose =
        distinct_best(s.search.result, s.search.places, s.options.search, 360, 0.01, 1)
            .front()
            .head_from_coil;
    const PlacementRobustness robustness(s.planner.places(), s.planner.grid(), s.planned.casing,
                                         s.planned.dipoles.dipoles, s.search.field, s.search.table);
    const RobustnessOptions options{.n_draws = 1000};
    const Spread none = robustness.spread(pose, {"given", 0, 0, 0, ""}, options);
    EXPECT_LT(none.sd, 1e-6 * none.planned);
    EXPECT_NEAR(none.mean, none.planned, 0.01 * none.planned);
    const Spread navigated = robustness.spread(pose, find_placement_preset("navigated"), options);
    const Spread cap = robustness.spread(pose, find_placement_preset("cap"), options);
    EXPECT_LT(navigated.sd, cap.sd);
    EXPECT_LT(cap.p5, navigated.p5);
    EXPECT_LE(navigated.share_below_80, cap.share_below_80);
    // The best pose loses under errors, on average.
    EXPECT_LT(cap.mean, cap.planned);
    // The same seed gives the same draws, another seed others.
    EXPECT_EQ(robustness.spread(pose, find_placement_preset("cap"), options).values, cap.values);
    EXPECT_NE(robustness.spread(pose, find_placement_preset("cap"), {.n_draws = 1000, .seed = 2}).values,
              cap.values);
}

TEST(Robustness, RefusesWhatIsNoError) {
    EXPECT_THAT(test::error_of([] { (void)find_placement_preset("by_hand"); }),
                HasSubstr("navigated, cap, hotspot"));
    const Spread spread = spread_of({1, 2, 3, 4, 5}, 4);
    EXPECT_DOUBLE_EQ(spread.median, 3);
    EXPECT_DOUBLE_EQ(spread.share_below_80, 0.6); // 1, 2 and 3 are below 3.2.
}

} // namespace
} // namespace corticoil::planning
