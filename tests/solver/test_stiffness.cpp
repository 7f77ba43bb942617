#include "solver/stiffness.h"

#include "support/box_mesh.h"

#include <gtest/gtest.h>
#include <omp.h>

namespace corticoil::solver {
namespace {

TetMesh layered_box() {
    return test::box_mesh(Vector3(0, 0, 0), Vector3(0.1, 0.2, 0.15), {4, 5, 3},
                          [](const Vector3& p) { return p[0] < 0.05 ? 1 : 2; });
}

Eigen::VectorXd contrasting(const TetMesh& mesh) {
    Eigen::VectorXd conductivity(mesh.n_tetrahedra());
    for (int t = 0; t < mesh.n_tetrahedra(); ++t)
        conductivity[t] = mesh.labels[static_cast<std::size_t>(t)] == 1 ? 0.01 : 1.654;
    return conductivity;
}

TEST(Stiffness, IsSymmetricAndConstantsAreItsNullSpace) {
    const TetMesh mesh = layered_box();
    const SparseMatrix stiffness = assemble_stiffness(ElementSpace(mesh, 1), contrasting(mesh));
    const double largest = stiffness.coeffs().abs().maxCoeff();
    EXPECT_LT((stiffness * Eigen::VectorXd::Ones(mesh.n_nodes())).cwiseAbs().maxCoeff(), 1e-14 * largest);
    EXPECT_LT(SparseMatrix(SparseMatrix(stiffness.transpose()) - stiffness).norm(), 1e-14 * largest);
    // Null space of dimension one only: a linear potential carries energy.
    const Eigen::VectorXd linear = mesh.nodes.row(2).transpose();
    EXPECT_GT(linear.dot(stiffness * linear), 0);
}

TEST(Stiffness, EnergyOfALinearPotentialIsExact) {
    // ∫ σ |∇φ|² = Σ σ_T V_T for φ = z.
    const TetMesh mesh = layered_box();
    const Eigen::VectorXd linear = mesh.nodes.row(2).transpose();
    const double energy = linear.dot(assemble_stiffness(ElementSpace(mesh, 1), contrasting(mesh)) * linear);
    EXPECT_NEAR(energy, (0.01 + 1.654) / 2 * 0.1 * 0.2 * 0.15, 1e-15);
}

TEST(Stiffness, IsBitwiseEqualForAnyNumberOfThreads) {
    const TetMesh mesh = layered_box();
    const int n_threads = omp_get_max_threads();
    omp_set_num_threads(1);
    const SparseMatrix one = assemble_stiffness(ElementSpace(mesh, 1), contrasting(mesh));
    omp_set_num_threads(4);
    const SparseMatrix four = assemble_stiffness(ElementSpace(mesh, 1), contrasting(mesh));
    omp_set_num_threads(n_threads);
    EXPECT_TRUE((one.coeffs() == four.coeffs()).all());
}

} // namespace
} // namespace corticoil::solver
