#include "planning/simulate.h"

#include "coils/coil_library.h"
#include "coils/primary_field.h"
#include "support/error_of.h"
#include "support/round_head.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <omp.h>

#include <utility>

namespace corticoil::planning {
namespace {

RigidTransform above() {
    return {Vector3(1, -1, -1).asDiagonal(), Vector3(0, 0, 0.094)};
}

TEST(Simulate, FieldUnderTheCoilFollowsItsDirectionAndDecaysWithDepth) {
    const HeadModel head = make_head_model(test::round_head(), default_conductivities());
    const coils::Coil coil = coils::load_coil("figure8_70mm");
    const Simulation simulation = Simulator(head).simulate(coil, above());
    ASSERT_TRUE(simulation.report.converged);
    const PointLocator locator(head.mesh);
    const Vector3 shallow = simulation.field.mean(*locator.find(Vector3(0.001, 0.002, 0.065)));
    const Vector3 deep = simulation.field.mean(*locator.find(Vector3(0.001, 0.002, 0.03)));
    const Vector3 wanted = above().apply_to_vector(*coil.induced_direction);
    EXPECT_GT(shallow.normalized().dot(wanted), 0.95);
    EXPECT_GT(shallow.norm(), 2 * deep.norm());
}

/// A coil's A sampled every 5 mm over what the round head fills of the coil's frame.
coils::SampledPotential sampled(const coils::Coil& coil) {
    constexpr double step = 0.005;
    coils::SampledPotential grid;
    grid.size = {41, 41, 39};
    grid.coil_from_voxel.linear() *= step;
    grid.coil_from_voxel.translation() = Vector3(-0.1, -0.1, 0);
    Points points(3, grid.size[0] * grid.size[1] * grid.size[2]);
    for (int i = 0; i < points.cols(); ++i) {
        points.col(i) = grid.coil_from_voxel * Vector3(i % grid.size[0], i / grid.size[0] % grid.size[1],
                                                       i / grid.size[0] / grid.size[1]);
    }
    grid.values = coils::vector_potential(coil, points).cast<float>();
    return grid;
}

TEST(Simulate, ASampledCoilGivesTheFieldOfItsWires) {
    const HeadModel head = make_head_model(test::round_head(), default_conductivities());
    const Simulator simulator(head);
    const coils::Coil wires = coils::load_coil("figure8_70mm");
    const auto field_of = [&](const coils::Coil& coil) {
        const Simulation simulation = simulator.simulate(coil, above(), {.tolerance = 1e-9});
        EXPECT_TRUE(simulation.report.converged);
        return simulation.field.values;
    };
    coils::Coil grid;
    grid.grids = {sampled(wires)};
    // The wires by volume too: samples of nothing beside them.
    coils::Coil by_volume = wires;
    by_volume.grids = grid.grids;
    by_volume.grids[0].values.setZero();
    const VectorField exact = field_of(by_volume);
    const auto error = [&](const coils::Coil& coil) {
        return (field_of(coil) - exact).norm() / exact.norm();
    };
    EXPECT_LT(error(grid), 0.002);
    // What both forms of the source differ by on this coarse mesh shows that the form was another.
    EXPECT_GT(error(wires), 0.01);
    EXPECT_LT(error(wires), 0.03);
    // Wrong on purpose: the grid half a voxel aside.
    grid.grids[0].coil_from_voxel.translation().x() += 0.0025;
    EXPECT_GT(error(grid), 0.02);
}

TEST(Simulate, IsBitwiseEqualForOneTwoAndFourThreads) {
    const HeadModel head = make_head_model(test::round_head(), default_conductivities());
    const coils::Coil coil = coils::load_coil("figure8_70mm");
    const int n_threads = omp_get_max_threads();
    std::vector<VectorField> fields;
    for (const int n : {1, 2, 4}) {
        omp_set_num_threads(n);
        fields.push_back(Simulator(head).simulate(coil, above()).field.values);
    }
    omp_set_num_threads(n_threads);
    EXPECT_TRUE((fields[0].array() == fields[1].array()).all());
    EXPECT_TRUE((fields[0].array() == fields[2].array()).all());
}

TEST(Simulate, AWireThroughANodeIsRefused) {
    const HeadModel head = make_head_model(test::round_head(), default_conductivities());
    coils::Coil coil;
    coil.name = "broken";
    coil.dipoles.positions = head.mesh.nodes.col(5);
    coil.dipoles.moments = Vector3::UnitZ();
    EXPECT_THAT(test::error_of([&] { (void)Simulator(head).simulate(coil, RigidTransform()); }),
                ::testing::HasSubstr("not a finite number at a node of the head"));
}

TEST(Simulate, RecoversTheFieldUnlessToldNotTo) {
    const HeadModel head = make_head_model(test::round_head(), default_conductivities());
    const coils::Coil coil = coils::load_coil("figure8_70mm");
    for (const int order : {1, 2}) {
        const Simulator simulator(head, {.order = order});
        const Simulation simulation = simulator.simulate(coil, above());
        ASSERT_TRUE(simulation.report.converged);
        EXPECT_EQ(simulation.report.order, order);
        EXPECT_EQ(simulation.field.degree, order - 1);
        ASSERT_TRUE(simulation.recovered.has_value());
        EXPECT_EQ(&simulation.best(), &simulation.recovered->field);
        EXPECT_EQ(simulation.recovered->field.degree, 1);
        EXPECT_EQ(simulation.recovered->field.n_tetrahedra(), head.mesh.n_tetrahedra());
        ASSERT_EQ(simulation.recovered->error.size(), head.mesh.n_tetrahedra());
        EXPECT_TRUE(simulation.recovered->error.allFinite());
        EXPECT_GT(simulation.recovered->error.minCoeff(), 0);
        const Simulation without = simulator.simulate(coil, above(), {.recovers = false});
        EXPECT_FALSE(without.recovered.has_value());
        EXPECT_EQ(&without.best(), &without.field);
        EXPECT_TRUE((without.field.values.array() == simulation.field.values.array()).all());
        const RoiSamples samples = roi_samples(head.mesh, std::nullopt);
        const auto estimate = [&] {
            (void)simulator.error_of(mean_magnitude_functional(samples, without.field), without);
        };
        EXPECT_THAT(test::error_of(estimate), ::testing::HasSubstr("not recovered"));
    }
}

TEST(Simulate, RecoveredFirstOrderIsCloserToSecondOrder) {
    const HeadModel head = make_head_model(test::round_head(), default_conductivities());
    const coils::Coil coil = coils::load_coil("figure8_70mm");
    const Simulation first = Simulator(head).simulate(coil, above());
    const Simulation second = Simulator(head, {.order = 2}).simulate(coil, above());
    double raw = 0;
    double recovered = 0;
    for (const int t : roi_samples(head.mesh, std::nullopt).tetrahedra) {
        raw += (first.field.mean(t) - second.best().mean(t)).squaredNorm();
        recovered += (first.best().mean(t) - second.best().mean(t)).squaredNorm();
    }
    EXPECT_LT(recovered, 0.7 * raw);
}

TEST(Simulate, EstimatedMeanIsCorrectedAndHasAnError) {
    const HeadModel head = make_head_model(test::round_head(), default_conductivities());
    const coils::Coil coil = coils::load_coil("figure8_70mm");
    const RoiSamples samples = roi_samples(head.mesh, ball_roi("ball", Vector3(0, 0, 0.06), 0.02));
    for (const int order : {1, 2}) {
        const Simulator simulator(head, {.order = order});
        const Simulation simulation = simulator.simulate(coil, above());
        RoiMetrics metrics =
            *field_metrics(head.mesh, simulation.field, ball_roi("ball", Vector3(0, 0, 0.06), 0.02)).roi;
        const double raw = metrics.mean_magnitude;
        EXPECT_FALSE(metrics.mean_magnitude_relative_error.has_value());
        const solver::FunctionalError error =
            simulator.error_of(mean_magnitude_functional(samples, simulation.best()), simulation);
        simulator.estimate_mean(metrics, samples, simulation);
        EXPECT_NE(error.correction, 0);
        const double own = order == 1 ? error.uncorrected : raw;
        EXPECT_NEAR(metrics.mean_magnitude, own + error.correction, 1e-9 * raw);
        EXPECT_NEAR(error.uncorrected, raw, 0.1 * raw) << "∂A/∂t bends over elements of 11 mm";
        ASSERT_TRUE(metrics.mean_magnitude_relative_error.has_value());
        EXPECT_NEAR(*metrics.mean_magnitude_relative_error, error.half_width / metrics.mean_magnitude, 1e-12);
        EXPECT_GT(*metrics.mean_magnitude_relative_error, 0);
        EXPECT_LT(*metrics.mean_magnitude_relative_error, 0.2);
    }
}

} // namespace
} // namespace corticoil::planning
