#include "planning/simulate.h"

#include "coils/coil_library.h"
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

} // namespace
} // namespace corticoil::planning
