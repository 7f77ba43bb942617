// The peer: PETSc's conjugate gradients with hypre's BoomerAMG on a system that the solver benchmark wrote.
// mpirun -n P petsc_boomeramg SYSTEM RECORDS [-ground] [options of PETSc, replacing the defaults below]
// Writes one JSON object with set-up and solve times, iterations and the recomputed residual to RECORDS.
#include "benchmarks/system_file.h"

#include <petscksp.h>

#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <exception>
#include <fstream>
#include <string>

namespace {

using corticoil::benchmarks::read_system;
using corticoil::benchmarks::System;

// The options that the field's finite-element codes give PETSc (CG, BoomerAMG, HMIS coarsening, hypre's other
// defaults); the tolerance and the norm, the true residual's, are those of every solver of the run.
constexpr const char* options = "-ksp_type cg -ksp_rtol 1e-6 -ksp_norm_type unpreconditioned -pc_type hypre "
                                "-pc_hypre_type boomeramg -pc_hypre_boomeramg_coarsen_type HMIS";
// The fastest of so many; every solver of the run is timed so.
constexpr int n_repetitions = 3;

/// A node of potential zero instead of a null space: what codes do that ground the head at a node.
struct Grounding {
    bool grounded = false;
    PetscInt node = 0;
};

Mat make_matrix(const System& system, const Grounding& grounding) {
    const auto n_held = static_cast<PetscInt>(system.n_held());
    const auto n = static_cast<PetscInt>(system.n_rows);
    Mat matrix = nullptr;
    PetscCallAbort(PETSC_COMM_WORLD,
                   MatCreateMPIAIJWithArrays(PETSC_COMM_WORLD, n_held, n_held, n, n, system.row_start.data(),
                                             system.column.data(), system.value.data(), &matrix));
    PetscCallAbort(PETSC_COMM_WORLD, MatSetOption(matrix, MAT_SYMMETRIC, PETSC_TRUE));
    if (grounding.grounded) {
        PetscMPIInt rank = 0;
        MPI_Comm_rank(PETSC_COMM_WORLD, &rank);
        const double diagonal = 1;
        PetscCallAbort(PETSC_COMM_WORLD, MatZeroRowsColumns(matrix, rank == 0 ? 1 : 0, &grounding.node,
                                                            diagonal, nullptr, nullptr));
        PetscCallAbort(PETSC_COMM_WORLD, MatSetOption(matrix, MAT_SYMMETRIC, PETSC_TRUE));
    } else {
        MatNullSpace constants = nullptr;
        PetscCallAbort(PETSC_COMM_WORLD,
                       MatNullSpaceCreate(PETSC_COMM_WORLD, PETSC_TRUE, 0, nullptr, &constants));
        PetscCallAbort(PETSC_COMM_WORLD, MatSetNullSpace(matrix, constants));
        PetscCallAbort(PETSC_COMM_WORLD, MatNullSpaceDestroy(&constants));
    }
    return matrix;
}

/// ‖b − K x‖/‖b‖ with the matrix and right-hand side as the file holds them.
double recomputed_residual(const System& system, Vec x) {
    Vec everywhere = nullptr;
    VecScatter scatter = nullptr;
    PetscCallAbort(PETSC_COMM_WORLD, VecScatterCreateToAll(x, &scatter, &everywhere));
    PetscCallAbort(PETSC_COMM_WORLD, VecScatterBegin(scatter, x, everywhere, INSERT_VALUES, SCATTER_FORWARD));
    PetscCallAbort(PETSC_COMM_WORLD, VecScatterEnd(scatter, x, everywhere, INSERT_VALUES, SCATTER_FORWARD));
    const PetscScalar* values = nullptr;
    PetscCallAbort(PETSC_COMM_WORLD, VecGetArrayRead(everywhere, &values));
    double sums[2] = {0, 0};
    const std::vector<double>& b = system.right_hand_sides.front();
    for (std::size_t i = 0; i < b.size(); ++i) {
        double r = b[i];
        for (int k = system.row_start[i]; k < system.row_start[i + 1]; ++k) {
            const auto entry = static_cast<std::size_t>(k);
            r -= system.value[entry] * values[system.column[entry]];
        }
        sums[0] += r * r;
        sums[1] += b[i] * b[i];
    }
    PetscCallAbort(PETSC_COMM_WORLD, VecRestoreArrayRead(everywhere, &values));
    PetscCallAbort(PETSC_COMM_WORLD, VecScatterDestroy(&scatter));
    PetscCallAbort(PETSC_COMM_WORLD, VecDestroy(&everywhere));
    double total[2] = {0, 0};
    MPI_Allreduce(sums, total, 2, MPI_DOUBLE, MPI_SUM, PETSC_COMM_WORLD);
    return std::sqrt(total[0] / total[1]);
}

/// Sum over processes of the most memory that each has held [MiB].
double peak_mib() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    double own = static_cast<double>(usage.ru_maxrss) / 1024; // Linux gives KiB.
    double all = 0;
    MPI_Allreduce(&own, &all, 1, MPI_DOUBLE, MPI_SUM, PETSC_COMM_WORLD);
    return all;
}

double now() {
    MPI_Barrier(PETSC_COMM_WORLD);
    return MPI_Wtime();
}

void run(const std::string& system_path, const std::string& record_path, const Grounding& grounding) {
    PetscMPIInt rank = 0;
    PetscMPIInt n_processes = 1;
    MPI_Comm_rank(PETSC_COMM_WORLD, &rank);
    MPI_Comm_size(PETSC_COMM_WORLD, &n_processes);
    const corticoil::benchmarks::SystemPart part{rank, n_processes, 1};
    Mat matrix = nullptr;
    Vec b = nullptr;
    Vec x = nullptr;
    {
        // Its arrays are gone before the solve: PETSc holds a copy.
        const System system = read_system(system_path, part);
        matrix = make_matrix(system, grounding);
        PetscCallAbort(PETSC_COMM_WORLD, MatCreateVecs(matrix, &x, &b));
        PetscScalar* values = nullptr;
        PetscCallAbort(PETSC_COMM_WORLD, VecGetArray(b, &values));
        std::copy(system.right_hand_sides.front().begin(), system.right_hand_sides.front().end(), values);
        if (grounding.grounded && rank == 0) values[grounding.node] = 0;
        PetscCallAbort(PETSC_COMM_WORLD, VecRestoreArray(b, &values));
    }
    double setup_s = 1e30;
    double solve_s = 1e30;
    PetscInt iterations = 0;
    KSPConvergedReason reason = KSP_CONVERGED_ITERATING;
    for (int repetition = 0; repetition < n_repetitions; ++repetition) {
        KSP solver = nullptr;
        PetscCallAbort(PETSC_COMM_WORLD, KSPCreate(PETSC_COMM_WORLD, &solver));
        PetscCallAbort(PETSC_COMM_WORLD, KSPSetOperators(solver, matrix, matrix));
        PetscCallAbort(PETSC_COMM_WORLD, KSPSetFromOptions(solver));
        const double start = now();
        PetscCallAbort(PETSC_COMM_WORLD, KSPSetUp(solver));
        const double prepared = now();
        PetscCallAbort(PETSC_COMM_WORLD, KSPSolve(solver, b, x));
        const double solved = now();
        setup_s = std::min(setup_s, prepared - start);
        solve_s = std::min(solve_s, solved - prepared);
        PetscCallAbort(PETSC_COMM_WORLD, KSPGetIterationNumber(solver, &iterations));
        PetscCallAbort(PETSC_COMM_WORLD, KSPGetConvergedReason(solver, &reason));
        PetscCallAbort(PETSC_COMM_WORLD, KSPDestroy(&solver));
    }
    const double peak = peak_mib();
    const double residual = recomputed_residual(read_system(system_path, part), x);
    PetscInt n = 0;
    PetscCallAbort(PETSC_COMM_WORLD, VecGetSize(x, &n));
    PetscReal tolerance = 0;
    PetscBool is_set = PETSC_FALSE;
    PetscCallAbort(PETSC_COMM_WORLD, PetscOptionsGetReal(nullptr, nullptr, "-ksp_rtol", &tolerance, &is_set));
    if (rank == 0) {
        std::ofstream(record_path) << "{\"unknowns\": " << n << ", \"processes\": " << n_processes
                                   << ", \"setup_seconds\": " << setup_s << ", \"solve_seconds\": " << solve_s
                                   << ", \"iterations\": " << iterations
                                   << ", \"relative_residual\": " << residual
                                   << ", \"converged\": " << (reason > 0 ? "true" : "false")
                                   << ", \"tolerance\": " << tolerance << ", \"peak_mib\": " << peak
                                   << ", \"repetitions\": " << n_repetitions << ", \"null_space\": \""
                                   << (grounding.grounded ? "grounded node" : "MatNullSpace")
                                   << "\", \"options\": \"" << options << "\"}\n";
    }
    PetscCallAbort(PETSC_COMM_WORLD, VecDestroy(&x));
    PetscCallAbort(PETSC_COMM_WORLD, VecDestroy(&b));
    PetscCallAbort(PETSC_COMM_WORLD, MatDestroy(&matrix));
}

} // namespace

int main(int argc, char** argv) {
    if (argc < 3) {
        std::fputs("usage: petsc_boomeramg SYSTEM RECORD [-ground] [-ksp_rtol 1e-6]\n", stderr);
        return 2;
    }
    PetscCall(PetscInitialize(&argc, &argv, nullptr, nullptr));
    // The defaults first, so that the command line wins.
    PetscCall(PetscOptionsInsertString(nullptr, options));
    PetscCall(PetscOptionsInsert(nullptr, &argc, &argv, nullptr));
    Grounding grounding;
    PetscBool grounded = PETSC_FALSE;
    PetscCall(PetscOptionsHasName(nullptr, nullptr, "-ground", &grounded));
    grounding.grounded = grounded == PETSC_TRUE;
    int status = 0;
    try {
        run(argv[1], argv[2], grounding);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "petsc_boomeramg: %s\n", error.what());
        status = 1;
    }
    PetscCall(PetscFinalize());
    return status;
}
