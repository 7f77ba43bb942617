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

VectorField simulate(const HeadModel& model, const RigidTransform& pose, double didt) {
    const coils::Coil coil = coils::load_coil("figure8_70mm");
    const planning::Simulation simulation =
        planning::Simulator(model).simulate(coil, pose, {.didt = didt, .tolerance = tolerance});
    EXPECT_TRUE(simulation.report.converged);
    return simulation.field.values;
}

VectorField solve_for(const HeadModel& model, const VectorField& rate_means) {
    const solver::PotentialSolver solver(model.mesh, model.conductivity);
    const solver::Potential potential =
        solver.solve(solver::load_of_rate_of_vector_potential(solver.space(), model.conductivity, rate_means),
                     {.tolerance = tolerance});
    EXPECT_TRUE(potential.report.converged);
    return solver::electric_field(solver.space(), potential.values, rate_means).values;
}

TEST(ExactDiscrete, ConstantsAreInTheNullSpaceAndTheVolumeLoadSumsToZero) {
    const solver::ElementSpace space(head().mesh, 1);
    const solver::SparseMatrix stiffness = solver::assemble_stiffness(space, head().conductivity);
    EXPECT_LT((stiffness * Eigen::VectorXd::Ones(stiffness.cols())).cwiseAbs().maxCoeff(),
              1e-13 * stiffness.coeffs().abs().maxCoeff());
    const Eigen::VectorXd load = solver::load_of_rate_of_vector_potential(
        space, head().conductivity, VectorField(VectorField::Random(3, head().mesh.n_tetrahedra())));
    EXPECT_LT(std::abs(load.sum()), 1e-13 * load.cwiseAbs().sum());
}

TEST(ExactDiscrete, UniformRateDrivesNoFieldInAnInsulatedConductor) {
    const VectorField uniform = Vector3(0.4, -1, 0.3).replicate(1, head().mesh.n_tetrahedra());
    EXPECT_LT(solve_for(head(), uniform).norm() / uniform.norm(), agreement);
    // Wrong variant: the sign of the load flipped doubles the field instead.
    const solver::PotentialSolver solver(head().mesh, head().conductivity);
    const solver::Potential potential =
        solver.solve(-solver::load_of_rate_of_vector_potential(solver.space(), head().conductivity, uniform));
    EXPECT_GT(solver::electric_field(solver.space(), potential.values, uniform).values.norm() / uniform.norm(), 1.5);
}

TEST(ExactDiscrete, AddingAGradientToTheRateLeavesTheField) {
    const VectorField rate = VectorField::Random(3, head().mesh.n_tetrahedra());
    const Eigen::VectorXd chi = Eigen::VectorXd::Random(head().mesh.n_nodes());
    const VectorField gradient =
        -solver::electric_field(solver::ElementSpace(head().mesh, 1), chi, std::nullopt).values;
    const VectorField field = solve_for(head(), rate);
    EXPECT_LT(relative_difference(solve_for(head(), rate + gradient), field), 100 * agreement);
    // Wrong variant: gradients averaged at nodes are no gradients of the FE space.
    VectorField shifted = gradient;
    for (Eigen::Index t = 0; t + 1 < shifted.cols(); ++t)
        shifted.col(t) = 0.5 * (gradient.col(t) + gradient.col(t + 1));
    EXPECT_GT(relative_difference(solve_for(head(), rate + shifted), field), 0.01);
}

TEST(ExactDiscrete, ForwardAndAdjointAgree) {
    // With φ_J from the impressed current J: ∫ J·E dV = ∫ (σ∇φ_J − J)·∂A/∂t dV for the forward E.
    const TetMesh& mesh = head().mesh;
    const Eigen::VectorXd volumes = tetrahedron_volumes(mesh);
    const Points centres = barycentres(mesh);
    VectorField current = VectorField::Zero(3, mesh.n_tetrahedra());
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        if ((centres.col(t) - Vector3(0, 0.02, 0.06)).norm() < 0.012) current.col(t) = Vector3(1, 2, -0.5);
    }
    const VectorField rate = VectorField::Random(3, mesh.n_tetrahedra());
    const VectorField forward = solve_for(head(), rate);
    const solver::PotentialSolver solver(mesh, head().conductivity);
    const solver::Potential adjoint =
        solver.solve(solver::load_of_impressed_current(solver.space(), current), {.tolerance = tolerance});
    const VectorField gradient = -solver::electric_field(solver.space(), adjoint.values, std::nullopt).values;
    const auto pairing = [&](const VectorField& a, const VectorField& b) {
        return (a.cwiseProduct(b)).colwise().sum().dot(volumes);
    };
    const double left = pairing(current, forward);
    const double right = pairing(gradient * head().conductivity.isotropic().asDiagonal() - current, rate);
    const double scale = std::abs(pairing(current, rate));
    EXPECT_LT(std::abs(left - right) / scale, agreement);
    // Wrong variant: the adjoint with one conductivity doubled.
    Eigen::VectorXd wrong = head().conductivity.isotropic();
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        if (mesh.labels[static_cast<std::size_t>(t)] == 3) wrong[t] *= 2;
    }
    const double miss = pairing(gradient * wrong.asDiagonal() - current, rate);
    EXPECT_GT(std::abs(left - miss) / scale, 1e-4);
}

TEST(ExactDiscrete, FieldIsLinearInTheRateOfCurrent) {
    const VectorField one = simulate(head(), pose_above_scalp(), 1e6);
    EXPECT_LT(relative_difference(simulate(head(), pose_above_scalp(), -3.5e6), -3.5 * one), agreement);
}

TEST(ExactDiscrete, ScalingEveryConductivityLeavesTheField) {
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

TEST(ExactDiscrete, RotatingHeadAndCoilRotatesTheField) {
    const RigidTransform motion(Eigen::AngleAxisd(1.2, Vector3(1, -2, 0.7).normalized()).toRotationMatrix(),
                                Vector3(0.03, -0.2, 0.1));
    HeadModel moved = head();
    moved.mesh.nodes = motion.apply_to_points(moved.mesh.nodes);
    const VectorField here = simulate(head(), pose_above_scalp(), 1e6);
    const VectorField there = simulate(moved, motion * pose_above_scalp(), 1e6);
    EXPECT_LT(relative_difference(there, motion.apply_to_vectors(here)), agreement);
    // Wrong variant: the coil left behind.
    EXPECT_GT(relative_difference(simulate(moved, motion, 1e6), motion.apply_to_vectors(here)), 0.1);
}

} // namespace
} // namespace corticoil
