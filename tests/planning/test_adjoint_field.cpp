#include "planning/adjoint_field.h"

#include "coils/coil_library.h"
#include "coils/reduced_dipoles.h"
#include "planning/adjoint_table.h"
#include "planning/roi_parts.h"
#include "planning/scalp.h"
#include "support/round_head.h"

#include <gtest/gtest.h>

namespace corticoil::planning {
namespace {

RigidTransform above() {
    return {Vector3(1, -1, -1).asDiagonal(), Vector3(0.004, -0.007, 0.094)};
}

RoiSamples samples_of(const HeadModel& head) {
    return roi_samples(head.mesh, ball_roi("ball", Vector3(0.01, 0.005, 0.055), 0.015));
}

class AdjointFieldOrders : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Orders, AdjointFieldOrders, testing::Values(1, 2),
                         [](const auto& instance) { return instance.param == 1 ? "P1" : "P2"; });

TEST_P(AdjointFieldOrders, GivesTheForwardFieldsValues) {
    const HeadModel head = make_head_model(test::round_head(), default_conductivities());
    const coils::Coil coil = coils::load_coil("figure8_70mm");
    const Simulator simulator(head, {.order = GetParam()});
    const auto functionals = mean_field_functionals(samples_of(head));
    const AdjointField adjoint(simulator, functionals, {.tolerance = 1e-10});
    const Simulation simulation = simulator.simulate(coil, above(), {.tolerance = 1e-10, .recovers = false});
    const Eigen::VectorXd values = adjoint.values(coil, above());
    ASSERT_EQ(values.size(), 3);
    for (int axis = 0; axis < 3; ++axis) {
        EXPECT_NEAR(values[axis], functionals[static_cast<std::size_t>(axis)].of(simulation.field),
                    1e-6 * values.norm());
    }
}

TEST_P(AdjointFieldOrders, TableGivesTheValuesOfDipoles) {
    const HeadModel head = make_head_model(test::round_head(), default_conductivities());
    const Simulator simulator(head, {.order = GetParam()});
    const AdjointField adjoint(simulator, mean_field_functionals(samples_of(head)), {.tolerance = 1e-10});
    coils::Coil coil;
    coil.name = "dipoles";
    coil.dipoles = coils::reduced_dipoles(coils::load_coil("figure8_70mm"), 40).dipoles;
    const Eigen::VectorXd exact = adjoint.values(coil, above());
    const AdjointTable table(adjoint,
                             {Eigen::AlignedBox3d(Vector3(-0.11, -0.11, 0.092), Vector3(0.11, 0.11, 0.12))});
    const Eigen::VectorXd values = table.values(TableDipoles(coil.dipoles), above());
    EXPECT_LT((values - exact).norm(), 2e-3 * exact.norm());
}

} // namespace
} // namespace corticoil::planning
