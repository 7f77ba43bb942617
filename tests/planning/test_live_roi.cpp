// E in a ROI by reciprocity, and the field on the cortex, for a coil that is moved.
#include "planning/live_roi.h"

#include "coils/coil_library.h"
#include "core/tissue.h"
#include "planning/surface_field.h"
#include "solver/recovery.h"
#include "support/round_head.h"

#include <Eigen/Geometry>
#include <gtest/gtest.h>

namespace corticoil::planning {
namespace {

struct Head {
    HeadModel head = make_head_model(test::round_head(16), default_conductivities());
    Simulator simulator{head, {}};
    Scalp scalp{head.mesh};
    Planner planner{simulator, scalp};
    coils::Coil coil = coils::load_coil("figure8_70mm");
    PlannedCoil planned{coil};
    RigidTransform above{Vector3(1, -1, -1).asDiagonal(), Vector3(0.004, -0.007, 0.094)};

    [[nodiscard]] Simulation simulated() const {
        return simulator.simulate(coil, above, {.didt = -2e6, .tolerance = 1e-10, .recovers = false});
    }
};

const Head& head() {
    static const Head one;
    return one;
}

TEST(LiveRoi, IsTheForwardSolvesMean) {
    const RoiSamples samples =
        roi_samples(head().head.mesh, ball_roi("ball", Vector3(0.01, 0.005, 0.055), 0.02));
    const Simulation simulation = head().simulated();
    const LiveRoi roi(head().planner, samples, 5, 1e-10);
    const LiveRoi::Values values = roi.at(head().planned.dipoles, head().above, -2e6);
    const double of_vector = mean_field(samples, simulation.field).norm();
    // As exact as the few dipoles that stand for the coil.
    EXPECT_NEAR(values.mean_vector / of_vector, 1, 2e-3);
    EXPECT_NEAR(values.mean_magnitude / mean_magnitude(samples, simulation.field), 1, 0.02);
    EXPECT_GT(values.mean_magnitude, values.mean_vector);
    // Another pose is another value.
    const RigidTransform elsewhere(head().above.rotation(), head().above.translation() + Vector3(0.01, 0, 0));
    const double there = roi.at(head().planned.dipoles, elsewhere, -2e6).mean_vector;
    EXPECT_GT(std::abs(there / of_vector - 1), 0.01);
    // Far away a new table is made, and back again; inside the head there is none.
    const Eigen::AngleAxisd over(1.2, Vector3::UnitX());
    const RigidTransform far = RigidTransform(over.toRotationMatrix(), Vector3::Zero()) * head().above;
    const auto exact = [&](const RigidTransform& pose) {
        const Simulation forward = head().simulator.simulate(
            head().coil, pose, {.didt = -2e6, .tolerance = 1e-10, .recovers = false});
        return mean_field(samples, forward.field).norm();
    };
    const RigidTransform inside(head().above.rotation(), Vector3(0, 0, 0.085));
    for (const RigidTransform& pose : {far, inside, head().above})
        EXPECT_NEAR(roi.at(head().planned.dipoles, pose, -2e6).mean_vector / exact(pose), 1, 4e-3);
}

TEST(GreyMatterSurface, HasTheFieldOfTheNodes) {
    const TetMesh& mesh = head().head.mesh;
    const Simulation simulation = head().simulated();
    const SurfaceField surface = GreyMatterSurface(mesh).field(simulation.field);
    const VectorField at_nodes = solver::field_at_nodes(mesh, simulation.field, tissue::grey_matter);
    const BoundarySurface boundary = grey_matter_boundary(mesh);
    ASSERT_EQ(surface.magnitude.size(), static_cast<Eigen::Index>(boundary.mesh_node.size()));
    for (Eigen::Index i = 0; i < surface.magnitude.size(); ++i) {
        const double expected = at_nodes.col(boundary.mesh_node[static_cast<std::size_t>(i)]).norm();
        EXPECT_NEAR(surface.magnitude[i], expected, 1e-9 * expected);
        EXPECT_NEAR(std::hypot(surface.normal[i], surface.tangential[i]), expected, 1e-9 * expected);
    }
}

} // namespace
} // namespace corticoil::planning
