#include "solver/potential_solver.h"

#include "core/error.h"
#include "core/locality_order.h"
#include "solver/available_memory.h"
#include "solver/conductor_check.h"
#include "solver/cost_model.h"
#include "solver/direct_solver.h"
#include "solver/multigrid_solver.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>

namespace corticoil::solver {

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Net current over total current that a load's quadrature may leave; more means a source that is not
/// divergence-free or does not balance over the boundary.
constexpr double most_unbalanced_share = 1e-3;

/// \throws Error when a load has more net current than quadrature explains, or is not finite.
void check_balance(const Eigen::VectorXd& load) {
    if (!load.allFinite()) throw Error("source: the load holds a value that is not a finite number");
    const double net = load.sum();
    const double total = load.cwiseAbs().sum();
    if (std::abs(net) > most_unbalanced_share * total) {
        throw Error(fmt::format(
            "source: {:.2g} of the current does not balance; the current into an insulated head must "
            "sum to zero",
            std::abs(net) / total));
    }
}

/// The potential at an edge's midpoint is the mean of its ends' in P1: the prolongation from P1 to P2.
SparseMatrix prolongation_to_second_order(const ElementSpace& space) {
    const int n_nodes = space.mesh().n_nodes();
    const auto n_edges = static_cast<int>(space.edges().cols());
    SparseMatrix prolongation(space.n_unknowns(), n_nodes);
    prolongation.resizeNonZeros(n_nodes + 2 * n_edges);
    int* const start = prolongation.outerIndexPtr();
    start[0] = 0;
    for (int node = 0; node < n_nodes; ++node) start[space.number(node) + 1] = 1;
    for (int edge = 0; edge < n_edges; ++edge) start[space.number(n_nodes + edge) + 1] = 2;
    std::partial_sum(start, start + space.n_unknowns() + 1, start);
    for (int node = 0; node < n_nodes; ++node) {
        prolongation.innerIndexPtr()[start[space.number(node)]] = node;
        prolongation.valuePtr()[start[space.number(node)]] = 1;
    }
    for (int edge = 0; edge < n_edges; ++edge) {
        for (int end = 0; end < 2; ++end) {
            const int entry = start[space.number(n_nodes + edge)] + end;
            prolongation.innerIndexPtr()[entry] = space.edges()(end, edge);
            prolongation.valuePtr()[entry] = 0.5;
        }
    }
    return prolongation;
}

/// Per unknown of the renumbered space its unknown in the caller's.
std::vector<int> callers_unknowns(const ElementSpace& local, const LocalMesh& renumbered,
                                  const ElementSpace& callers) {
    std::vector<int> result(static_cast<std::size_t>(local.n_unknowns()));
    const int n_tetrahedra = local.mesh().n_tetrahedra();
    for (int t = 0; t < n_tetrahedra; ++t) {
        const int original = renumbered.tetrahedron_of[static_cast<std::size_t>(t)];
        // Corners keep their order within a tetrahedron, and so do its edges.
        for (int i = 0; i < local.n_local(); ++i)
            result[static_cast<std::size_t>(local.unknown(t, i))] = callers.unknown(original, i);
    }
    return result;
}

Conductivity renumbered_conductivity(const Conductivity& conductivity,
                                     const std::vector<int>& tetrahedron_of) {
    if (conductivity.is_isotropic()) return Eigen::VectorXd(conductivity.isotropic()(tetrahedron_of));
    return Conductivity(SymmetricTensors(conductivity.tensors()(Eigen::all, tetrahedron_of)));
}

} // namespace

/// Everything below the loads and potentials is numbered for locality; they keep the caller's numbers.
struct PotentialSolver::Implementation {
    Implementation(const TetMesh& mesh, int order) : space(mesh, order) {}

    ElementSpace space;
    std::vector<int> callers_unknown;
    SparseMatrix stiffness;
    std::unique_ptr<LinearSolver> linear;
    /// What the automatic choice turns to when multigrid does not converge; made then.
    std::unique_ptr<LinearSolver> fallback;
    bool may_fall_back = false;
    double setup_seconds = 0;

    void prepare(const TetMesh& mesh, const Conductivity& conductivity,
                 const PotentialSolverOptions& options);
    /// Solves the columns that did not converge once more, directly, and renews their solutions and reports.
    void solve_again(const Eigen::MatrixXd& loads, Eigen::MatrixXd& solutions,
                     std::vector<ColumnReport>& columns, std::vector<std::string>& names,
                     const SolveOptions& options);
    [[nodiscard]] std::unique_ptr<LinearSolver> make_linear_solver(const ElementSpace& local,
                                                                   const Conductivity& conductivity,
                                                                   const PotentialSolverOptions& options);
};

void PotentialSolver::Implementation::prepare(const TetMesh& mesh, const Conductivity& conductivity,
                                              const PotentialSolverOptions& options) {
    report(options.progress, 0, "assembling");
    const LocalMesh renumbered = reordered_for_locality(mesh);
    const Conductivity local_conductivity = renumbered_conductivity(conductivity, renumbered.tetrahedron_of);
    // Gauss–Seidel within chunks of rows converges only if most of what a row is coupled to is in its chunk,
    // so a P2 edge must come near its nodes. P1's unknowns are the nodes, which are in order already.
    const ElementSpace nodes_first(renumbered.mesh, options.order);
    const ElementSpace local = options.order == 1 ? nodes_first : nodes_first.numbered_for_locality();
    callers_unknown = callers_unknowns(local, renumbered, space);
    stiffness = assemble_stiffness(local, local_conductivity);
    constexpr double share_of_assembly = 0.4; // Of the time, roughly; only the progress shown depends on it.
    report(options.progress, share_of_assembly, "preparing the solver");
    linear = make_linear_solver(local, local_conductivity, options);
    report(options.progress, 1, "preparing the solver");
}

std::unique_ptr<LinearSolver> PotentialSolver::Implementation::make_linear_solver(
    const ElementSpace& local, const Conductivity& conductivity, const PotentialSolverOptions& options) {
    SolverChoice choice = options.choice;
    if (choice == SolverChoice::automatic) {
        const SolverTask task{.unknowns = stiffness.rows(),
                              .entries = stiffness.nonZeros(),
                              .order = options.order,
                              .right_hand_sides = options.expected_right_hand_sides,
                              .memory_limit = std::min(options.memory_limit, available_memory())};
        choice = choose_solver(task);
        may_fall_back = estimate_costs(task).direct_bytes <= task.memory_limit;
    }
    if (choice == SolverChoice::direct) return std::make_unique<DirectSolver>(stiffness);
    if (options.order == 1) return std::make_unique<MultigridSolver>(stiffness);
    const SparseMatrix coarse = assemble_stiffness(ElementSpace(local.mesh(), 1), conductivity);
    return std::make_unique<MultigridSolver>(stiffness, prolongation_to_second_order(local), coarse);
}

void PotentialSolver::Implementation::solve_again(const Eigen::MatrixXd& loads, Eigen::MatrixXd& solutions,
                                                  std::vector<ColumnReport>& columns,
                                                  std::vector<std::string>& names,
                                                  const SolveOptions& options) {
    std::vector<int> failed;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (!columns[i].converged) failed.push_back(static_cast<int>(i));
    }
    if (failed.empty()) return;
    if (!fallback) fallback = std::make_unique<DirectSolver>(stiffness);
    Eigen::MatrixXd again;
    const std::vector<ColumnReport> reports = fallback->solve(loads(Eigen::all, failed), again, options);
    for (std::size_t i = 0; i < failed.size(); ++i) {
        const auto column = static_cast<std::size_t>(failed[i]);
        if (reports[i].relative_residual >= columns[column].relative_residual) continue;
        columns[column] = reports[i];
        names[column] = fallback->name();
        solutions.col(failed[i]) = again.col(static_cast<Eigen::Index>(i));
    }
}

PotentialSolver::PotentialSolver(const TetMesh& mesh, const Conductivity& conductivity,
                                 const PotentialSolverOptions& options) {
    check_conductor(mesh, conductivity);
    const Clock::time_point start = Clock::now();
    implementation_ = std::make_unique<Implementation>(mesh, options.order);
    implementation_->prepare(mesh, conductivity, options);
    implementation_->setup_seconds = seconds_since(start);
}

PotentialSolver::~PotentialSolver() = default;
PotentialSolver::PotentialSolver(PotentialSolver&&) noexcept = default;
PotentialSolver& PotentialSolver::operator=(PotentialSolver&&) noexcept = default;

const ElementSpace& PotentialSolver::space() const {
    return implementation_->space;
}

Potentials PotentialSolver::solve_block(const Eigen::MatrixXd& loads, const SolveOptions& options) const {
    Implementation& state = *implementation_;
    CORTICOIL_ASSERT(loads.rows() == state.stiffness.rows());
    const Clock::time_point start = Clock::now();
    for (Eigen::Index i = 0; i < loads.cols(); ++i) check_balance(loads.col(i));
    Eigen::MatrixXd local_loads = loads(state.callers_unknown, Eigen::all);
    local_loads.rowwise() -= local_loads.colwise().mean();
    Eigen::MatrixXd local_potentials;
    std::vector<ColumnReport> columns = state.linear->solve(local_loads, local_potentials, options);
    std::vector<std::string> names(columns.size(), state.linear->name());
    // Conductivities that differ by more than about ten thousand can be beyond multigrid in single precision.
    if (state.may_fall_back) state.solve_again(local_loads, local_potentials, columns, names, options);
    Potentials result;
    result.values.resize(loads.rows(), loads.cols());
    result.values(state.callers_unknown, Eigen::all) = local_potentials;
    const double seconds =
        seconds_since(start) / static_cast<double>(std::max<Eigen::Index>(1, loads.cols()));
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const ColumnReport& column = columns[i];
        result.reports.push_back({.converged = column.converged,
                                  .iterations = column.iterations,
                                  .relative_residual = column.relative_residual,
                                  .unknowns = state.space.n_unknowns(),
                                  .tetrahedra = state.space.mesh().n_tetrahedra(),
                                  .order = state.space.order(),
                                  .solver = names[i],
                                  .setup_seconds = state.setup_seconds,
                                  .solve_seconds = seconds});
    }
    return result;
}

Potential PotentialSolver::solve(const Eigen::VectorXd& load, const SolveOptions& options) const {
    Potentials block = solve_block(load, options);
    return {block.values.col(0), std::move(block.reports.front())};
}

} // namespace corticoil::solver
