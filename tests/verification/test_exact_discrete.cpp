// Identities that hold for the discrete problem itself, on any mesh: to round-off or to the solver's
// tolerance. Blind to errors that keep the identities, such as a wrong σ in both source and matrix: the
// manufactured row sees those.
#include "coils/coil_library.h"
#include "core/head_model.h"
#include "meshing/nested_spheres.h"
#include "planning/simulate.h"
#include "solver/electric_field.h"
#include "solver/potential_solver.h"
#include "solver/sources.h"

#include <Eigen/Geometry>
#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace corticoil {
namespace {

constexpr double tolerance = 1e-11; // of the linear solves
constexpr double agreement = 1e-8;  // of fields that must be equal, relative

/// Five layers on a coarse mesh: their σ differ by up to a factor of 165.
const HeadModel& head() {
    static const HeadModel model = [] {
        meshing::NestedSpheresOptions options;
        options.radii = {0.056, 0.068, 0.076, 0.084, 0.092};
        options.edge_length = 0.012;
        return make_head_model(meshing::nested_spheres(options), default_conductivities());
    }();
    return model;
}

RigidTransform pose_above_scalp() {
    // z into the head from above, y towards +x+y.
    const Eigen::Matrix3d turn = Eigen::AngleAxisd(0.6, Vector3::UnitZ()).toRotationMatrix();
    return {turn * Vector3(1, -1, -1).asDiagonal(), Vector3(0, 0, 0.096)};
}

double relative_difference(const VectorField& a, const VectorField& b) {
    return (a - b).norm() / b.norm();
}

/// The row for elements of order 1 and 2.
class ExactDiscrete : public testing::TestWithParam<int> {
  public:
    [[nodiscard]] static int order() { return GetParam(); }
    [[nodiscard]] static solver::PotentialSolver solver_of(const HeadModel& model) {
        return {
            model.mesh, model.conductivity, {.order = order(), .choice = solver::SolverChoice::multigrid}};
    }
    /// Any field that elements of this order see.
    [[nodiscard]] static solver::ElementField random_field() {
        return {order() - 1, VectorField::Random(3, (order() == 1 ? 1 : 4) * head().mesh.n_tetrahedra())};
    }
    [[nodiscard]] static VectorField solve_for(const solver::PotentialSolver& solver,
                                               const Eigen::VectorXd& load,
                                               const solver::ElementField& rate) {
        const solver::Potential potential = solver.solve(load, {.tolerance = tolerance});
        EXPECT_TRUE(potential.report.converged);
        return solver::electric_field(solver.space(), potential.values, rate).values;
    }
    /// With the volume form of the load.
    [[nodiscard]] static VectorField solve_for(const solver::PotentialSolver& solver,
                                               const solver::ElementField& rate) {
        return solve_for(solver,
                         solver::load_of_rate_of_vector_potential(solver.space(), head().conductivity, rate),
                         rate);
    }
    [[nodiscard]] static VectorField simulate(const HeadModel& model, const RigidTransform& pose,
                                              double didt) {
        const coils::Coil coil = coils::load_coil("figure8_70mm");
        const planning::Simulation simulation =
            planning::Simulator(model, {.order = order(), .solver = solver::SolverChoice::multigrid})
                .simulate(coil, pose, {.didt = didt, .tolerance = tolerance});
        EXPECT_TRUE(simulation.report.converged);
        EXPECT_EQ(simulation.report.order, order());
        return simulation.field.values;
    }
};

INSTANTIATE_TEST_SUITE_P(Orders, ExactDiscrete, testing::Values(1, 2),
                         [](const auto& instance) { return "P" + std::to_string(instance.param); });

/// ∫ a·b dV: by tetrahedron V a·b, or for linear fields V/20 (Σ a_i·b_i + Σ a_i·Σ b_i) over its corners.
double pairing(const solver::ElementField& a, const solver::ElementField& b) {
    const Eigen::VectorXd volumes = tetrahedron_volumes(head().mesh);
    double sum = 0;
    for (int t = 0; t < head().mesh.n_tetrahedra(); ++t) {
        if (a.degree == 0) {
            sum += volumes[t] * a.values.col(t).dot(b.values.col(t));
            continue;
        }
        const Eigen::Matrix<double, 3, 4> left = a.values.middleCols<4>(Eigen::Index{4} * t);
        const Eigen::Matrix<double, 3, 4> right = b.values.middleCols<4>(Eigen::Index{4} * t);
        sum += volumes[t] / 20 *
               (left.cwiseProduct(right).sum() + left.rowwise().sum().dot(right.rowwise().sum()));
    }
    return sum;
}

TEST_P(ExactDiscrete, ConstantsAreInTheNullSpaceAndLoadsSumToZero) {
    const solver::ElementSpace space(head().mesh, order());
    const solver::SparseMatrix stiffness = solver::assemble_stiffness(space, head().conductivity);
    EXPECT_LT((stiffness * Eigen::VectorXd::Ones(stiffness.cols())).cwiseAbs().maxCoeff(),
              1e-13 * stiffness.coeffs().abs().maxCoeff());
    EXPECT_GT((stiffness * space.positions().row(0).transpose()).norm(), 0) << "the constants only";
    const Eigen::VectorXd load =
        solver::load_of_rate_of_vector_potential(space, head().conductivity, random_field());
    EXPECT_LT(std::abs(load.sum()), 1e-13 * load.cwiseAbs().sum());
    // The interface form sums to zero to its quadrature error only, except where that is none.
    const solver::InterfaceSource source(space, head().conductivity);
    const Eigen::VectorXd uniform = source.load(Vector3(0.4, -1, 0.3).replicate(1, source.points().cols()));
    EXPECT_LT(std::abs(uniform.sum()), 1e-12 * uniform.cwiseAbs().sum());
}

TEST_P(ExactDiscrete, UniformRateDrivesNoFieldInAnInsulatedConductor) {
    const Vector3 uniform_rate(0.4, -1, 0.3);
    const solver::PotentialSolver solver = solver_of(head());
    const solver::ElementField uniform(order() - 1, uniform_rate.replicate(1, random_field().values.cols()));
    EXPECT_LT(solve_for(solver, uniform).norm() / uniform.values.norm(), agreement) << "volume form";
    const solver::InterfaceSource source(solver.space(), head().conductivity);
    const Eigen::VectorXd load = source.load(uniform_rate.replicate(1, source.points().cols()));
    EXPECT_LT(solve_for(solver, load, uniform).norm() / uniform.values.norm(), agreement) << "interface form";
    // Wrong variant: the sign of the load flipped doubles the field instead.
    EXPECT_GT(solve_for(solver, -load, uniform).norm() / uniform.values.norm(), 1.5);
}

TEST_P(ExactDiscrete, AddingAGradientToTheRateLeavesTheField) {
    const solver::PotentialSolver solver = solver_of(head());
    const solver::ElementField rate = random_field();
    const Eigen::VectorXd chi = Eigen::VectorXd::Random(solver.space().n_unknowns());
    const VectorField gradient = -solver::electric_field(solver.space(), chi, std::nullopt).values;
    const VectorField field = solve_for(solver, rate);
    const auto with = [&](const VectorField& added) {
        return solve_for(solver, solver::ElementField(rate.degree, rate.values + added));
    };
    EXPECT_LT(relative_difference(with(gradient), field), 100 * agreement);
    // Wrong variant: gradients averaged with their neighbours' are no gradients of the FE space.
    VectorField shifted = gradient;
    for (Eigen::Index t = 0; t + 1 < shifted.cols(); ++t)
        shifted.col(t) = 0.5 * (gradient.col(t) + gradient.col(t + 1));
    EXPECT_GT(relative_difference(with(shifted), field), 0.01);
}

TEST_P(ExactDiscrete, ForwardAndAdjointAgree) {
    // With φ_J from the impressed current J: ∫ J·E dV = ∫ (σ∇φ_J − J)·∂A/∂t dV for the forward E.
    const TetMesh& mesh = head().mesh;
    const Points centres = barycentres(mesh);
    const solver::ElementField rate = random_field();
    const Eigen::Index n_values = rate.values.cols() / mesh.n_tetrahedra();
    solver::ElementField current(order() - 1, VectorField::Zero(3, rate.values.cols()));
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        if ((centres.col(t) - Vector3(0, 0.02, 0.06)).norm() < 0.012)
            current.values.middleCols(n_values * t, n_values).colwise() = Vector3(1, 2, -0.5);
    }
    const solver::PotentialSolver solver = solver_of(head());
    const solver::ElementField forward(order() - 1, solve_for(solver, rate));
    const solver::Potential adjoint =
        solver.solve(solver::load_of_impressed_current(solver.space(), current), {.tolerance = tolerance});
    const solver::ElementField minus_gradient =
        solver::electric_field(solver.space(), adjoint.values, std::nullopt);
    const auto of_adjoint = [&](double factor_on_csf) {
        solver::ElementField flow(order() - 1, -current.values);
        for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
            const double factor = mesh.labels[static_cast<std::size_t>(t)] == 3 ? factor_on_csf : 1;
            flow.values.middleCols(n_values * t, n_values) -=
                factor * head().conductivity[t] * minus_gradient.values.middleCols(n_values * t, n_values);
        }
        return pairing(flow, rate);
    };
    const double scale = std::abs(pairing(current, rate));
    EXPECT_LT(std::abs(pairing(current, forward) - of_adjoint(1)) / scale, agreement);
    // Wrong variant: the adjoint with one conductivity doubled.
    EXPECT_GT(std::abs(pairing(current, forward) - of_adjoint(2)) / scale, 1e-4);
}

TEST_P(ExactDiscrete, FieldIsLinearInTheRateOfCurrent) {
    const VectorField one = simulate(head(), pose_above_scalp(), 1e6);
    EXPECT_LT(relative_difference(simulate(head(), pose_above_scalp(), -3.5e6), -3.5 * one), agreement);
}

TEST_P(ExactDiscrete, ScalingEveryConductivityLeavesTheField) {
    const VectorField one = simulate(head(), pose_above_scalp(), 1e6);
    HeadModel scaled = head();
    scaled.conductivity *= 7;
    EXPECT_LT(relative_difference(simulate(scaled, pose_above_scalp(), 1e6), one), agreement);
    // Wrong variant: one conductivity scaled alone must show in the field.
    HeadModel wrong = head();
    for (int t = 0; t < wrong.mesh.n_tetrahedra(); ++t) {
        if (wrong.mesh.labels[static_cast<std::size_t>(t)] == 4) wrong.conductivity[t] *= 7;
    }
    EXPECT_GT(relative_difference(simulate(wrong, pose_above_scalp(), 1e6), one), 1e-3);
}

TEST_P(ExactDiscrete, RotatingHeadAndCoilRotatesTheField) {
    const RigidTransform motion(Eigen::AngleAxisd(1.2, Vector3(1, -2, 0.7).normalized()).toRotationMatrix(),
                                Vector3(0.03, -0.2, 0.1));
    HeadModel moved = head();
    moved.mesh.nodes = motion.apply_to_points(moved.mesh.nodes);
    const VectorField here = simulate(head(), pose_above_scalp(), 1e6);
    const VectorField there = simulate(moved, motion * pose_above_scalp(), 1e6);
    // The coil's potential comes in single precision.
    constexpr double single_precision = 1e-7;
    EXPECT_LT(relative_difference(there, motion.apply_to_vectors(here)), single_precision);
    // Wrong variant: the coil left behind.
    EXPECT_GT(relative_difference(simulate(moved, motion, 1e6), motion.apply_to_vectors(here)), 0.1);
}

} // namespace
} // namespace corticoil
