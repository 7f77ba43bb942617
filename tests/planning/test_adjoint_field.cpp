#include "planning/adjoint_field.h"

#include "coils/coil_library.h"
#include "coils/primary_field.h"
#include "planning/roi_parts.h"
#include "support/round_head.h"

#include <Eigen/Geometry>
#include <gtest/gtest.h>

#include <vector>

namespace corticoil::planning {
namespace {

constexpr double tolerance = 1e-10; // Of the linear solves.

std::vector<RigidTransform> poses() {
    const RigidTransform above(Vector3(1, -1, -1).asDiagonal(), Vector3(0.004, -0.007, 0.094));
    const Eigen::Matrix3d tilt(Eigen::AngleAxisd(0.7, Vector3(1, 2, 0.5).normalized()));
    return {above, RigidTransform(tilt, Vector3::Zero()) * above};
}

/// The mean of E around an axis, larger further from it.
solver::FieldFunctional around_an_axis(const RoiSamples& samples) {
    constexpr double per_metre = 20;
    solver::FieldFunctional functional = mean_field_functionals(samples)[0];
    for (int i = 0; i < functional.n_points(); ++i) {
        functional.weights.col(i) =
            functional.weights(0, i) * per_metre * Vector3(1, 2, 3).cross(Vector3(samples.points.col(i)));
    }
    return functional;
}

/// The means of E over a ball across grey matter and skin, and one more functional, of a round head.
struct Case {
    Case(const Conductivity& conductivity, int order)
        : head{test::round_head(), conductivity}, simulator(head, {.order = order}) {
        const RoiSamples samples =
            roi_samples(head.mesh, ball_roi("ball", Vector3(0.01, 0.005, 0.055), 0.02));
        for (const solver::FieldFunctional& mean : mean_field_functionals(samples))
            functionals.push_back(mean);
        functionals.push_back(around_an_axis(samples));
    }
    explicit Case(int order)
        : Case(make_head_model(test::round_head(), default_conductivities()).conductivity, order) {}

    [[nodiscard]] Eigen::VectorXd forward(const coils::Coil& coil, const RigidTransform& pose) const {
        const Simulation simulation =
            simulator.simulate(coil, pose, {.tolerance = tolerance, .recovers = false});
        EXPECT_TRUE(simulation.report.converged);
        Eigen::VectorXd values(static_cast<Eigen::Index>(functionals.size()));
        for (std::size_t f = 0; f < functionals.size(); ++f)
            values[static_cast<Eigen::Index>(f)] = functionals[f].of(simulation.field);
        return values;
    }
    [[nodiscard]] AdjointField adjoint() const { return {simulator, functionals, {.tolerance = tolerance}}; }

    HeadModel head;
    Simulator simulator;
    std::vector<solver::FieldFunctional> functionals;
};

/// A coil whose A is given by samples.
coils::Coil sampled(const coils::Coil& coil) {
    constexpr double step = 0.010;
    coils::SampledPotential grid;
    grid.size = {25, 25, 24};
    grid.coil_from_voxel.linear() *= step;
    grid.coil_from_voxel.translation() = Vector3(-0.12, -0.12, -0.02);
    Points points(3, grid.size[0] * grid.size[1] * grid.size[2]);
    for (int i = 0; i < points.cols(); ++i) {
        points.col(i) = grid.coil_from_voxel * Vector3(i % grid.size[0], i / grid.size[0] % grid.size[1],
                                                       i / grid.size[0] / grid.size[1]);
    }
    grid.values = coils::vector_potential(coil, points).cast<float>();
    coils::Coil result;
    result.name = "sampled";
    result.grids = {grid};
    return result;
}

SymmetricTensors tensors_of(const Conductivity& conductivity) {
    SymmetricTensors tensors(6, conductivity.size());
    Eigen::Matrix<double, 6, 1> shape;
    shape << 1.5, 0.8, 1, 0.2, 0.1, -0.1;
    for (int t = 0; t < conductivity.size(); ++t) tensors.col(t) = conductivity[t] * shape;
    return tensors;
}

class AdjointFieldOrders : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Orders, AdjointFieldOrders, testing::Values(1, 2),
                         [](const auto& instance) { return instance.param == 1 ? "P1" : "P2"; });

TEST_P(AdjointFieldOrders, GivesTheForwardFieldsValues) {
    const Case head(GetParam());
    const AdjointField adjoint = head.adjoint();
    const coils::Coil coil = coils::load_coil("figure8_70mm");
    for (const RigidTransform& pose : poses()) {
        const Eigen::VectorXd expected = head.forward(coil, pose);
        const Eigen::VectorXd values = adjoint.values(coil, pose);
        ASSERT_EQ(values.size(), expected.size());
        EXPECT_LT((values - expected).norm(), 1e-6 * expected.norm());
        // Wrong on purpose: the ROI's own term, −Σ w·∂A/∂t, with its sign turned.
        const solver::ElementSpace& space = head.simulator.space();
        const solver::ElementField rate = solver::projected_nodal(
            space, head.simulator.rate_at(coil, pose, SimulateOptions{}.didt, space.positions()));
        const double of_rate = head.functionals[1].of(rate);
        EXPECT_GT(std::abs(of_rate), 0.1 * std::abs(expected[1]));
    }
    // Scales with dI/dt.
    EXPECT_LT((adjoint.values(coil, poses()[0], 3e6) - 3 * adjoint.values(coil, poses()[0], 1e6)).norm(),
              1e-12 * adjoint.values(coil, poses()[0], 3e6).norm());
}

TEST_P(AdjointFieldOrders, GivesThoseOfCoilsWithSampledPotentials) {
    const Case head(GetParam());
    const AdjointField adjoint = head.adjoint();
    const coils::Coil wires = coils::load_coil("figure8_70mm");
    const coils::Coil coil = sampled(wires);
    const Eigen::VectorXd expected = head.forward(coil, poses()[1]);
    EXPECT_LT((adjoint.values(coil, poses()[1]) - expected).norm(), 1e-6 * expected.norm());
    // The interfaces' currents would give something else: the forms differ by the discretisation.
    EXPECT_GT((adjoint.values(wires, poses()[1]) - expected).norm(), 1e-3 * expected.norm());
}

TEST_P(AdjointFieldOrders, GivesThoseOfAnisotropicHeads) {
    const Conductivity isotropic = make_head_model(test::round_head(), default_conductivities()).conductivity;
    const Case head(Conductivity(tensors_of(isotropic)), GetParam());
    const AdjointField adjoint = head.adjoint();
    const coils::Coil coil = coils::load_coil("figure8_70mm");
    const Eigen::VectorXd expected = head.forward(coil, poses()[0]);
    EXPECT_LT((adjoint.values(coil, poses()[0]) - expected).norm(), 1e-6 * expected.norm());
    const Case other(GetParam());
    EXPECT_GT((other.adjoint().values(coil, poses()[0]) - expected).norm(), 1e-2 * expected.norm());
}

TEST_P(AdjointFieldOrders, ItsMagneticFieldGivesTheValuesOfDipoles) {
    const Case head(GetParam());
    const AdjointField adjoint = head.adjoint();
    coils::Coil coil;
    coil.name = "dipoles";
    coil.dipoles.positions.resize(3, 2);
    coil.dipoles.positions << 0.02, -0.03, 0.01, 0, -0.01, -0.015;
    coil.dipoles.moments.resize(3, 2);
    coil.dipoles.moments << 1, 0, 0.5, -1, 2, 1;
    const RigidTransform pose = poses()[1];
    const Eigen::VectorXd expected = adjoint.values(coil, pose, 1);
    const Points places = pose.apply_to_points(coil.dipoles.positions);
    const VectorField moments = pose.apply_to_vectors(coil.dipoles.moments);
    const auto value = [&](const Eigen::MatrixXd& field) {
        Eigen::VectorXd sum = Eigen::VectorXd::Zero(expected.size());
        for (Eigen::Index f = 0; f < sum.size(); ++f) {
            for (Eigen::Index i = 0; i < 2; ++i) sum[f] += moments.col(i).dot(field.col(i).segment<3>(3 * f));
        }
        return sum;
    };
    const Eigen::MatrixXd exact = adjoint.exact_magnetic_field(places);
    // The coil's own potential is interpolated to 1e-5 of the largest.
    EXPECT_LT((value(exact) - expected).norm(), 3e-5 * expected.norm());
    EXPECT_LT((adjoint.magnetic_field(places).cast<double>() - exact).cwiseAbs().maxCoeff(),
              CurrentTree::relative_error * exact.cwiseAbs().maxCoeff());
    EXPECT_GT((value(-exact) - expected).norm(), expected.norm());
}

TEST(AdjointField, SharesATreeAndSaysWhatItsSolvesDid) {
    const Case head(1);
    const auto tree = current_tree(head.simulator);
    const AdjointField one(head.simulator, tree, head.functionals, {.tolerance = tolerance});
    ASSERT_EQ(one.reports().size(), 4U);
    EXPECT_LE(one.reports()[0].relative_residual, tolerance);
    const coils::Coil coil = coils::load_coil("figure8_70mm");
    EXPECT_TRUE(
        (one.values(coil, poses()[0]).array() == head.adjoint().values(coil, poses()[0]).array()).all());
}

} // namespace
} // namespace corticoil::planning
