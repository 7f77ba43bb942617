// Potentials and fields do not depend on the number of threads, to the last bit. Blind to errors that are
// always the same.
#include "coils/coil_library.h"
#include "coils/primary_field.h"
#include "core/head_model.h"
#include "meshing/nested_spheres.h"
#include "solver/electric_field.h"
#include "solver/potential_solver.h"
#include "solver/sources.h"

#include <gtest/gtest.h>
#include <omp.h>

#include <string>
#include <tuple>

namespace corticoil {
namespace {

constexpr double tolerance = 1e-8; // of the linear solves

const HeadModel& head() {
    static const HeadModel model = [] {
        meshing::NestedSpheresOptions options;
        options.radii = {0.056, 0.068, 0.076, 0.084, 0.092};
        options.edge_length = 0.014;
        return make_head_model(meshing::nested_spheres(options), default_conductivities());
    }();
    return model;
}

/// Everything that a solve gives, for the loads of a coil at several poses.
struct Results {
    Eigen::MatrixXd block;  ///< Potentials of all poses at once.
    Eigen::VectorXd single; ///< The first alone.
    VectorField field;
};

Results compute(int order, solver::SolverChoice choice, int n_poses, int n_threads) {
    const int before = omp_get_max_threads();
    omp_set_num_threads(n_threads);
    const coils::Coil coil = coils::load_coil("round_90mm");
    const solver::PotentialSolver solver(head().mesh, head().conductivity,
                                         {.order = order, .choice = choice});
    const solver::InterfaceSource source(solver.space(), head().conductivity);
    const auto rate_at = [&](int pose, const Points& points) {
        const RigidTransform over_the_scalp(Eigen::Matrix3d(Vector3(1, -1, -1).asDiagonal()),
                                            Vector3(0.004 * pose, 0, 0.1));
        return coils::rate_of_vector_potential({coil, over_the_scalp, 1e6}, points);
    };
    Eigen::MatrixXd loads(solver.space().n_unknowns(), n_poses);
    for (int pose = 0; pose < n_poses; ++pose) loads.col(pose) = source.load(rate_at(pose, source.points()));
    Results results;
    const solver::Potentials block = solver.solve_block(loads, {.tolerance = tolerance});
    for (const solver::SolveReport& report : block.reports) EXPECT_TRUE(report.converged);
    results.block = block.values;
    results.single = solver.solve(loads.col(0), {.tolerance = tolerance}).values;
    const solver::ElementField rate =
        solver::projected_nodal(solver.space(), rate_at(0, solver.space().positions()));
    results.field = solver::electric_field(solver.space(), results.single, rate).values;
    omp_set_num_threads(before);
    return results;
}

class Determinism : public testing::TestWithParam<std::tuple<int, solver::SolverChoice>> {};

INSTANTIATE_TEST_SUITE_P(
    OrdersAndSolvers, Determinism,
    testing::Combine(testing::Values(1, 2),
                     testing::Values(solver::SolverChoice::multigrid, solver::SolverChoice::direct)),
    [](const auto& instance) {
        return "P" + std::to_string(std::get<0>(instance.param)) +
               (std::get<1>(instance.param) == solver::SolverChoice::direct ? "Direct" : "Multigrid");
    });

TEST_P(Determinism, PotentialsAndFieldsAreBitwiseEqualForAnyNumberOfThreads) {
    const auto [order, choice] = GetParam();
    constexpr int n_poses = 5; // More than the narrowest block, fewer than the widest.
    const Results one = compute(order, choice, n_poses, 1);
    for (const int n_threads : {2, 4}) {
        const Results several = compute(order, choice, n_poses, n_threads);
        EXPECT_TRUE((several.block.array() == one.block.array()).all()) << n_threads << " threads, block";
        EXPECT_TRUE((several.single.array() == one.single.array()).all()) << n_threads << " threads, single";
        EXPECT_TRUE((several.field.array() == one.field.array()).all()) << n_threads << " threads, field";
    }
    // Blocks of other widths add in another order: equal to the solver's tolerance, not to the bit.
    EXPECT_LT((one.block.col(0) - one.single).norm(), 1e3 * tolerance * one.single.norm());
    EXPECT_GT((one.block.col(1) - one.single).norm(), 1e-3 * one.single.norm())
        << "another pose is another field";
}

TEST_P(Determinism, ColumnsOfABlockFollowTheirLoads) {
    // Also the widest block, whose columns converge one after another.
    const auto [order, choice] = GetParam();
    const Results narrow = compute(order, choice, 2, 2);
    const Results wide = compute(order, choice, 17, 2);
    for (int pose = 0; pose < 2; ++pose) {
        EXPECT_LT((wide.block.col(pose) - narrow.block.col(pose)).norm(),
                  1e3 * tolerance * narrow.block.col(pose).norm());
    }
}

} // namespace
} // namespace corticoil
