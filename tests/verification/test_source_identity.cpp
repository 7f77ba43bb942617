// The interface form of the source is the volume form of the same ∂A/∂t, but for quadrature: both on the same
// mesh, σ jumping at every interface. Blind to what both share: ∂A/∂t itself and the signs in front of the
// load.
//
// Order of the difference. The rule on a triangle integrates N_i times the linear part of n·∂A/∂t exactly
// (degree 2 for P1, degree 3 for P2), so each load is off by h² of its own size: order 2 in the loads.
// Against a function of the space errors cancel but for its variation over a triangle: in the dual norm,
// which bounds the difference of E, order 2.5.
#include "coils/parametric.h"
#include "coils/primary_field.h"
#include "core/head_model.h"
#include "meshing/nested_spheres.h"
#include "solver/potential_solver.h"
#include "solver/sources.h"
#include "support/convergence.h"
#include "verification/field_error.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

namespace corticoil {
namespace {

HeadModel layered_sphere(double edge) {
    meshing::NestedSpheresOptions options;
    options.radii = {0.056, 0.068, 0.076, 0.084, 0.092};
    options.edge_length = edge;
    return make_head_model(meshing::nested_spheres(options), default_conductivities());
}

VectorField rate_at(const Points& points) {
    // Few turns of few segments: the volume form takes many points.
    static const coils::Coil coil = coils::figure_of_eight_coil("few turns",
                                                                {.inner_radius = 0.03,
                                                                 .outer_radius = 0.04,
                                                                 .n_turns = 2,
                                                                 .conductor_height = 0.003,
                                                                 .face_to_conductor = 0.004,
                                                                 .n_segments = 12},
                                                                0.042);
    const Eigen::Matrix3d into_the_head = Vector3(1, -1, -1).asDiagonal();
    return coils::rate_of_vector_potential(
        {coil, RigidTransform(into_the_head, Vector3(0.002, 0.001, 0.100)), 1e6}, points);
}

/// Differences between the two forms, relative to the volume form.
struct Difference {
    double of_loads; ///< Euclidean norm.
    double dual;     ///< √(b K⁺ b): the energy norm of what the load drives.
};

/// The forms on one mesh with elements of one order; the volume form is computed once.
class TwoForms {
  public:
    TwoForms(const HeadModel& head, int order)
        : head_(head),
          solver_(head.mesh, head.conductivity, {.order = order, .choice = solver::SolverChoice::multigrid}),
          volume_(solver::load_of_rate_of_vector_potential(
              solver_.space(), head.conductivity,
              solver::projected(solver_.space(), rate_at, solver::Quadrature::degree_4))),
          potential_(solve(volume_)) {}

    /// With the σ of one layer multiplied in the interface form alone.
    [[nodiscard]] Difference difference(int layer, double factor) const {
        Conductivity conductivity = head_.conductivity;
        for (int t = 0; t < head_.mesh.n_tetrahedra(); ++t) {
            if (head_.mesh.labels[static_cast<std::size_t>(t)] == layer) conductivity[t] *= factor;
        }
        const solver::InterfaceSource source(solver_.space(), conductivity);
        const Eigen::VectorXd load = source.load(rate_at(source.points()));
        const Eigen::VectorXd left = load - volume_;
        return {left.norm() / volume_.norm(),
                std::sqrt(left.dot(solve(load) - potential_) / volume_.dot(potential_))};
    }
    [[nodiscard]] Difference difference() const { return difference(1, 1); }

  private:
    [[nodiscard]] Eigen::VectorXd solve(const Eigen::VectorXd& load) const {
        const solver::Potential potential = solver_.solve(load, {.tolerance = 1e-10});
        EXPECT_TRUE(potential.report.converged);
        return potential.values;
    }

    const HeadModel& head_;
    solver::PotentialSolver solver_;
    Eigen::VectorXd volume_;
    Eigen::VectorXd potential_;
};

class SourceIdentity : public testing::TestWithParam<int> {};

INSTANTIATE_TEST_SUITE_P(Orders, SourceIdentity, testing::Values(1, 2),
                         [](const auto& instance) { return "P" + std::to_string(instance.param); });

TEST_P(SourceIdentity, InterfaceFormIsTheVolumeFormToQuadratureErrorAndFailsWithOneJumpWrong) {
    std::vector<double> sizes;
    std::vector<double> of_loads;
    std::vector<double> dual;
    for (const double edge : {0.013, 0.0092, 0.0065}) {
        const HeadModel head = layered_sphere(edge);
        const TwoForms forms(head, GetParam());
        const Difference right = forms.difference();
        sizes.push_back(test::mesh_size(head.mesh));
        of_loads.push_back(right.of_loads);
        dual.push_back(right.dual);
        if (edge > 0.0065) continue;
        for (int layer = 1; layer <= 5; ++layer) {
            const Difference wrong = forms.difference(layer, 1.5);
            RecordProperty("layer_" + std::to_string(layer) + "_wrong", std::to_string(wrong.dual));
            EXPECT_GT(wrong.dual, 5 * right.dual) << "σ of layer " << layer << " half as large again";
        }
    }
    const double order_of_loads = test::observed_order(sizes, of_loads);
    const double order_dual = test::observed_order(sizes, dual);
    RecordProperty("order_of_loads", std::to_string(order_of_loads));
    RecordProperty("order_dual", std::to_string(order_dual));
    RecordProperty("finest_of_loads", std::to_string(of_loads.back()));
    RecordProperty("finest_dual", std::to_string(dual.back()));
    EXPECT_GE(order_of_loads, 1.9);
    EXPECT_GE(order_dual, 2.4);
    EXPECT_LT(dual.back(), 2e-4);
    EXPECT_GE(sizes.front() / sizes.back(), 1.8);
}

} // namespace
} // namespace corticoil
