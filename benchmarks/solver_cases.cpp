#include "benchmarks/solver_cases.h"

#include "benchmarks/heads.h"
#include "benchmarks/poses.h"
#include "benchmarks/records.h"
#include "coils/coil_library.h"
#include "coils/primary_field.h"
#include "core/constants.h"
#include "core/error.h"
#include "solver/direct_solver.h"
#include "solver/multigrid_solver.h"
#include "solver/potential_solver.h"
#include "solver/sources.h"

#include <Eigen/IterativeLinearSolvers>
#include <benchmark/benchmark.h>
#include <fmt/ranges.h>
#include <omp.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>

namespace corticoil::benchmarks {

namespace {

using solver::ColumnReport;
using solver::SparseMatrix;

constexpr int n_poses = 16;
constexpr std::uint64_t seed = 1;

/// A step of a case: timed alone, as often as the setting says.
benchmark::internal::Benchmark* add(const char* name, const SolverSetting& setting,
                                    const std::function<void(benchmark::State&)>& step) {
    return benchmark::RegisterBenchmark(name, step)
        ->Iterations(1)
        ->Repetitions(setting.repetitions)
        ->UseRealTime()
        ->Unit(benchmark::kSecond);
}

/// A system file as the solvers take it.
struct MatrixAndLoads {
    SparseMatrix matrix;
    Eigen::MatrixXd loads;
};

std::shared_ptr<MatrixAndLoads> load_system(const SolverSetting& setting) {
    System system = read_system(setting.system_file, {0, 1, n_poses});
    auto result = std::make_shared<MatrixAndLoads>();
    const auto n = static_cast<Eigen::Index>(system.n_rows);
    result->matrix =
        Eigen::Map<const SparseMatrix>(n, n, static_cast<Eigen::Index>(system.value.size()),
                                       system.row_start.data(), system.column.data(), system.value.data());
    result->loads.resize(n, static_cast<Eigen::Index>(system.right_hand_sides.size()));
    for (std::size_t i = 0; i < system.right_hand_sides.size(); ++i) {
        result->loads.col(static_cast<Eigen::Index>(i)) =
            Eigen::Map<const Eigen::VectorXd>(system.right_hand_sides[i].data(), n);
    }
    return result;
}

void count_size(benchmark::State& state, const MatrixAndLoads& system) {
    state.counters["unknowns"] = static_cast<double>(system.matrix.rows());
    state.counters["entries"] = static_cast<double>(system.matrix.nonZeros());
    state.counters["peak_mib"] = peak_mib();
}

/// The worst columns of a block count; a column that did not converge is no result.
void count_columns(benchmark::State& state, const std::vector<ColumnReport>& columns, double tolerance) {
    double residual = 0;
    int most = 0;
    int sum = 0;
    for (const ColumnReport& column : columns) {
        if (!column.converged || !(column.relative_residual <= 2 * tolerance))
            state.SkipWithError(fmt::format("relative residual {:.3g} after {} iterations, wanted {:.3g}",
                                            column.relative_residual, column.iterations, tolerance)
                                    .c_str());
        residual = std::max(residual, column.relative_residual);
        most = std::max(most, column.iterations);
        sum += column.iterations;
    }
    state.counters["relative_residual"] = residual;
    state.counters["iterations"] = most;
    if (columns.size() == 1) return;
    state.counters["block"] = static_cast<double>(columns.size());
    state.counters["mean_iterations"] = static_cast<double>(sum) / static_cast<double>(columns.size());
}

/// ‖b − Kx‖/‖b‖ of every column, recomputed here.
void recompute(std::vector<ColumnReport>& reports, const SparseMatrix& matrix, const Eigen::MatrixXd& loads,
               const Eigen::MatrixXd& solutions) {
    for (std::size_t i = 0; i < reports.size(); ++i) {
        const auto column = static_cast<Eigen::Index>(i);
        const Eigen::VectorXd residual = loads.col(column) - matrix * solutions.col(column);
        reports[i].relative_residual = residual.norm() / loads.col(column).norm();
    }
}

/// Set-up and solves of one of our solvers on the system file.
struct LinearCase {
    std::string prefix; ///< Of the record names: `<prefix>_setup`, `_single`, `_block`.
    std::function<std::unique_ptr<solver::LinearSolver>(const SparseMatrix&)> make;
    std::vector<int> blocks; ///< Numbers of right-hand sides; the load columns repeat beyond the poses.
    std::function<void(benchmark::State&, const solver::LinearSolver&)> count_setup;
    std::function<void(benchmark::State&, const solver::LinearSolver&, const SparseMatrix&)> count_solve;
};

void add_linear_case(const SolverSetting& setting, const LinearCase& linear) {
    const std::shared_ptr<MatrixAndLoads> system = load_system(setting);
    auto prepared = std::make_shared<std::unique_ptr<solver::LinearSolver>>();
    add((linear.prefix + "_setup").c_str(), setting, [=](benchmark::State& state) {
        prepared->reset();
        for ([[maybe_unused]] auto iteration : state) *prepared = linear.make(system->matrix);
        linear.count_setup(state, **prepared);
        count_size(state, *system);
    });
    const auto add_solve = [&](const std::string& name, int n_columns) {
        add(name.c_str(), setting, [=](benchmark::State& state) {
            Eigen::MatrixXd loads(system->loads.rows(), n_columns);
            for (int i = 0; i < n_columns; ++i) loads.col(i) = system->loads.col(i % system->loads.cols());
            Eigen::MatrixXd solutions;
            std::vector<ColumnReport> reports;
            for ([[maybe_unused]] auto iteration : state)
                reports = (*prepared)->solve(loads, solutions, {.tolerance = setting.tolerance});
            recompute(reports, system->matrix, loads, solutions);
            count_columns(state, reports, setting.tolerance);
            linear.count_solve(state, **prepared, system->matrix);
            count_size(state, *system);
        });
    };
    add_solve(linear.prefix + "_single", 1);
    for (const int n_columns : linear.blocks) add_solve(linear.prefix + "_block", n_columns);
}

void add_multigrid(const SolverSetting& setting) {
    const auto hierarchy = [](const solver::LinearSolver& linear) -> const solver::Multigrid& {
        return dynamic_cast<const solver::MultigridSolver&>(linear).hierarchy();
    };
    add_linear_case(
        setting,
        {.prefix = "ours_p1",
         .make = [](const SparseMatrix& k) { return std::make_unique<solver::MultigridSolver>(k); },
         .blocks = {8, 16},
         .count_setup =
             [=](benchmark::State& state, const solver::LinearSolver& linear) {
                 state.counters["levels"] = hierarchy(linear).n_levels();
                 state.counters["operator_complexity"] = hierarchy(linear).operator_complexity();
             },
         .count_solve =
             [=](benchmark::State& state, const solver::LinearSolver& linear, const SparseMatrix& k) {
                 // Bytes of matrices that one pass over the block reads: K in double with its columns
                 // and row starts, and the cycle's levels.
                 const double product =
                     12.0 * static_cast<double>(k.nonZeros()) + 4.0 * static_cast<double>(k.rows());
                 state.counters["matrix_bytes_per_solve"] =
                     state.counters["iterations"] * (product + hierarchy(linear).bytes_per_cycle());
             }});
}

void add_direct(const SolverSetting& setting) {
    add_linear_case(
        setting, {.prefix = "direct",
                  .make = [](const SparseMatrix& k) { return std::make_unique<solver::DirectSolver>(k); },
                  .blocks = {8, 16, 32},
                  .count_setup =
                      [](benchmark::State& state, const solver::LinearSolver& linear) {
                          const solver::FactorReport& report =
                              dynamic_cast<const solver::DirectSolver&>(linear).report();
                          state.counters["analysis_seconds"] = report.analysis_seconds;
                          state.counters["factor_seconds"] = report.factor_seconds;
                          state.counters["factor_bytes"] = report.factor_bytes;
                          state.counters["operations"] = report.operations;
                      },
                  .count_solve = [](benchmark::State&, const solver::LinearSolver&, const SparseMatrix&) {}});
}

/// Eigen's conjugate gradients as they come; its stopping rule is the true residual's. Set-up in the
/// counters.
template <typename Preconditioner>
void add_eigen(const SolverSetting& setting, const char* name) {
    using Gradient = Eigen::ConjugateGradient<SparseMatrix, Eigen::Lower | Eigen::Upper, Preconditioner>;
    const std::shared_ptr<MatrixAndLoads> system = load_system(setting);
    auto prepared = std::make_shared<Gradient>();
    add(name, setting, [=](benchmark::State& state) {
        const double start = omp_get_wtime();
        prepared->compute(system->matrix);
        state.counters["setup_seconds"] = omp_get_wtime() - start;
        prepared->setTolerance(setting.tolerance);
        const Eigen::VectorXd b = system->loads.col(0);
        Eigen::MatrixXd x;
        for ([[maybe_unused]] auto iteration : state) x = prepared->solve(b);
        std::vector<ColumnReport> reports{
            {prepared->info() == Eigen::Success, static_cast<int>(prepared->iterations()), 0}};
        recompute(reports, system->matrix, b, x);
        count_columns(state, reports, setting.tolerance);
        count_size(state, *system);
    });
}

/// A head, the coil and its poses.
struct HeadCase {
    HeadCase(const SolverSetting& setting, int order)
        : head(make_head_model(benchmark_mesh(setting.mesh, setting.mesh_file),
                               benchmark_conductivities(setting.contrast))),
          space(head.mesh, order), coil(coils::load_coil("figure8_70mm")),
          poses(spread_poses(head.mesh, coil, n_poses, seed)) {
        const double start = omp_get_wtime();
        interfaces.emplace(space, head.conductivity);
        interfaces_seconds = omp_get_wtime() - start;
    }
    HeadModel head;
    solver::ElementSpace space;
    coils::Coil coil;
    std::vector<RigidTransform> poses;
    std::optional<solver::InterfaceSource> interfaces;
    double interfaces_seconds = 0;
    SparseMatrix matrix;

    [[nodiscard]] VectorField rate(const RigidTransform& pose, const Points& points) const {
        return coils::rate_of_vector_potential({coil, pose, ampere_per_microsecond}, points);
    }
    /// The interface form, as a simulation makes it.
    [[nodiscard]] Eigen::VectorXd interface_load(const RigidTransform& pose) const {
        return interfaces->load(rate(pose, interfaces->points()));
    }
    /// The volume form from ∂A/∂t at the unknowns.
    [[nodiscard]] Eigen::VectorXd volume_load(const RigidTransform& pose) const {
        return solver::load_of_rate_of_vector_potential(
            space, head.conductivity, solver::projected_nodal(space, rate(pose, space.positions())));
    }
    /// The form that needs ∂A/∂t at fewer points.
    [[nodiscard]] Eigen::VectorXd load(const RigidTransform& pose) const {
        return interfaces->points().cols() < space.n_unknowns() ? interface_load(pose) : volume_load(pose);
    }
    void count(benchmark::State& state) const {
        state.counters["order"] = space.order();
        state.counters["unknowns"] = space.n_unknowns();
        state.counters["tetrahedra"] = head.mesh.n_tetrahedra();
        state.counters["peak_mib"] = peak_mib();
    }
};

void write_head_system(const HeadCase& head, const std::filesystem::path& path) {
    System system;
    const SparseMatrix& k = head.matrix;
    system.n_rows = k.rows();
    system.row_start.assign(k.outerIndexPtr(), k.outerIndexPtr() + k.rows() + 1);
    system.column.assign(k.innerIndexPtr(), k.innerIndexPtr() + k.nonZeros());
    system.value.assign(k.valuePtr(), k.valuePtr() + k.nonZeros());
    for (const RigidTransform& pose : head.poses) {
        Eigen::VectorXd b = head.load(pose);
        b.array() -= b.mean();
        system.right_hand_sides.emplace_back(b.data(), b.data() + b.size());
    }
    write_system(path, system);
}

void add_assembly(const SolverSetting& setting, const std::shared_ptr<HeadCase>& head) {
    add("assembly", setting, [=](benchmark::State& state) {
        for ([[maybe_unused]] auto iteration : state)
            head->matrix = solver::assemble_stiffness(head->space, head->head.conductivity);
        head->count(state);
        if (!setting.system_file.empty() && !std::filesystem::exists(setting.system_file))
            write_head_system(*head, setting.system_file);
    });
}

void add_head(const SolverSetting& setting, int order) {
    const auto head = std::make_shared<HeadCase>(setting, order);
    const RigidTransform& pose = head->poses.front();
    add("rate_of_vector_potential", setting, [=, points = head->space.positions()](benchmark::State& state) {
        for ([[maybe_unused]] auto iteration : state) benchmark::DoNotOptimize(head->rate(pose, points));
        state.counters["points"] = static_cast<double>(points.cols());
        head->count(state);
    });
    // Both from the coil's pose to the load, ∂A/∂t included.
    add("rhs_volume", setting, [=](benchmark::State& state) {
        for ([[maybe_unused]] auto iteration : state) benchmark::DoNotOptimize(head->volume_load(pose));
        state.counters["points"] = head->space.n_unknowns();
        head->count(state);
    });
    add("rhs_interface", setting, [=](benchmark::State& state) {
        for ([[maybe_unused]] auto iteration : state) benchmark::DoNotOptimize(head->interface_load(pose));
        state.counters["points"] = static_cast<double>(head->interfaces->points().cols());
        state.counters["setup_seconds"] = head->interfaces_seconds;
        head->count(state);
    });
    add_assembly(setting, head);
}

/// Assembly alone, and the system file.
void add_system(const SolverSetting& setting) {
    add_assembly(setting, std::make_shared<HeadCase>(setting, 1));
}

/// From the mesh to the potential of the first pose, as a simulation goes.
void add_whole(const SolverSetting& setting, int order) {
    const auto head = std::make_shared<HeadCase>(setting, order);
    auto prepared = std::make_shared<std::unique_ptr<solver::PotentialSolver>>();
    const std::string prefix = order == 1 ? "ours_p1_head" : "ours_p2";
    const auto count = [=](benchmark::State& state) { head->count(state); };
    add((prefix + "_setup").c_str(), setting, [=](benchmark::State& state) {
        prepared->reset();
        for ([[maybe_unused]] auto iteration : state)
            *prepared = std::make_unique<solver::PotentialSolver>(
                head->head.mesh, head->head.conductivity,
                solver::PotentialSolverOptions{.order = order, .choice = solver::SolverChoice::multigrid});
        count(state);
    });
    add((prefix + "_single").c_str(), setting, [=](benchmark::State& state) {
        const Eigen::VectorXd load = head->interface_load(head->poses.front());
        solver::Potential potential;
        for ([[maybe_unused]] auto iteration : state)
            potential = (*prepared)->solve(load, {.tolerance = setting.tolerance});
        count_columns(
            state,
            {{potential.report.converged, potential.report.iterations, potential.report.relative_residual}},
            setting.tolerance);
        count(state);
    });
}

const std::map<std::string, std::function<void(const SolverSetting&)>>& cases() {
    static const std::map<std::string, std::function<void(const SolverSetting&)>> all{
        {"head", [](const SolverSetting& setting) { add_head(setting, 1); }},
        {"system", add_system},
        {"head_p2", [](const SolverSetting& setting) { add_head(setting, 2); }},
        {"multigrid", add_multigrid},
        {"direct", add_direct},
        {"eigen_cg_diagonal",
         [](const SolverSetting& setting) {
             add_eigen<Eigen::DiagonalPreconditioner<double>>(setting, "eigen_cg_diagonal");
         }},
        {"eigen_cg_incomplete_cholesky",
         [](const SolverSetting& setting) {
             add_eigen<Eigen::IncompleteCholesky<double, Eigen::Lower, Eigen::NaturalOrdering<int>>>(
                 setting, "eigen_cg_incomplete_cholesky");
         }},
        {"p1_head", [](const SolverSetting& setting) { add_whole(setting, 1); }},
        {"p2_head", [](const SolverSetting& setting) { add_whole(setting, 2); }},
    };
    return all;
}

} // namespace

void register_solver_case(const std::string& name, const SolverSetting& setting) {
    const auto found = cases().find(name);
    if (found == cases().end())
        throw Error(
            fmt::format("case {}: unknown; give one of {}", name, fmt::join(solver_case_names(), ", ")));
    found->second(setting);
}

std::vector<std::string> solver_case_names() {
    std::vector<std::string> names;
    for (const auto& [name, add_case] : cases()) names.push_back(name);
    return names;
}

} // namespace corticoil::benchmarks
