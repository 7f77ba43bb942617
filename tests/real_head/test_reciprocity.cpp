// Fields by reciprocity over a real head's scalp against forward solves.
#include "coils/coil_library.h"
#include "core/head_model.h"
#include "io/gmsh.h"
#include "planning/lift_profile.h"
#include "planning/planner.h"
#include "planning/scalp.h"
#include "planning/target.h"
#include "real_head/demo_files.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace corticoil::planning {
namespace {

struct Head {
    HeadModel model =
        make_head_model(io::read_gmsh(test::demo / "subject/head.msh"), default_conductivities());
    Simulator simulator{model, {.expected_simulations = 16}};
    Scalp scalp{model.mesh};
    Planner planner{simulator, scalp};
};

const Head& head() {
    static const Head one;
    return one;
}

/// Colin27's head frame is that of the MNI space to some millimetres, near enough for a place to search
/// around.
Vector3 place_of(const std::string& target) {
    return *find_target(target).mni;
}

PlannedRegion region_of(const std::string& target) {
    return {target, roi_samples(head().model.mesh, ball_roi(target, place_of(target), 0.010)), {}};
}

/// Placements that a search may accept, spread over its places.
std::vector<RigidTransform> some_placements(const PlannedCoil& coil, const PlannedSearch& search, double gap,
                                            std::size_t n) {
    std::mt19937_64 random(7);
    const auto n_rotations = static_cast<std::size_t>(coil.casing.n_rotations());
    std::vector<float> all(n_rotations);
    std::vector<RigidTransform> poses;
    while (poses.size() < n) {
        const RigidTransform plane = search_plane(search.places[random() % search.places.size()]);
        lifts(head().planner.grid(), coil.casing, plane, gap, all);
        const std::size_t rotation = random() % n_rotations;
        if (all[rotation] < most_lift)
            poses.push_back(
                pose_at(plane, static_cast<int>(rotation), coil.casing.n_rotations(), all[rotation]));
    }
    return poses;
}

class RealHeadReciprocity : public testing::TestWithParam<std::pair<const char*, const char*>> {};
INSTANTIATE_TEST_SUITE_P(CoilsAndTargets, RealHeadReciprocity,
                         testing::Values(std::pair{"figure8_70mm", "M1_HAND_L"},
                                         std::pair{"double_cone", "M1_LEG_L"}));

TEST_P(RealHeadReciprocity, MeetsForwardSolvesWithinHalfAPerCent) {
    constexpr double most = 0.005;
    const auto [coil_name, target] = GetParam();
    const coils::Coil wires = coils::load_coil(coil_name);
    const PlannedCoil coil(wires);
    const PlannedRegion roi = region_of(target);
    PlannedSearchOptions options;
    options.centre = place_of(target);
    options.area = {.radius = 0.030, .spacing = 0.004};
    const PlannedSearch search = search_around(head().planner, coil, {&roi, 1}, options);
    const std::vector<RigidTransform> poses = some_placements(coil, search, options.search.gap, 12);
    const std::vector<Simulation> forward = head().simulator.simulate_block(wires, poses);
    double largest = 0;
    double of_table = 0;
    double of_other_pose = 0;
    for (std::size_t i = 0; i < poses.size(); ++i) {
        ASSERT_TRUE(forward[i].report.converged);
        const Vector3 expected = mean_field(roi.samples, forward[i].field);
        largest = std::max(largest, expected.norm());
        of_table =
            std::max(of_table, (search.table.values(coil.dipoles.dipoles, poses[i]) - expected).norm());
        const RigidTransform& other = poses[(i + 1) % poses.size()];
        of_other_pose =
            std::max(of_other_pose, (search.table.values(coil.dipoles.dipoles, other) - expected).norm());
    }
    EXPECT_LT(of_table, most * largest);
    EXPECT_GT(of_other_pose, 20 * most * largest) << "another pose's values would pass";
    // Where neither table nor dipoles stand between: the solves' tolerance.
    const Vector3 expected = mean_field(roi.samples, forward[0].field);
    EXPECT_LT((Vector3(search.field.values(wires, poses[0])) - expected).norm(), 1e-4 * largest);
}

} // namespace
} // namespace corticoil::planning
