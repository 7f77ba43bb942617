#include "solver/stiffness.h"

#include "support/box_mesh.h"

#include <Eigen/Eigenvalues>
#include <gtest/gtest.h>
#include <omp.h>

#include <cmath>

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
    for (const int order : {1, 2}) {
        const ElementSpace space(mesh, order);
        const SparseMatrix stiffness = assemble_stiffness(space, contrasting(mesh));
        const double largest = stiffness.coeffs().abs().maxCoeff();
        EXPECT_LT((stiffness * Eigen::VectorXd::Ones(space.n_unknowns())).cwiseAbs().maxCoeff(),
                  1e-14 * largest);
        EXPECT_LT(SparseMatrix(SparseMatrix(stiffness.transpose()) - stiffness).norm(), 1e-14 * largest);
        // Null space of dimension one only.
        const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> system(Eigen::MatrixXd(stiffness),
                                                                    Eigen::EigenvaluesOnly);
        EXPECT_LT(std::abs(system.eigenvalues()[0]), 1e-13 * largest) << order;
        EXPECT_GT(system.eigenvalues()[1], 1e-5 * largest) << order;
    }
}

TEST(Stiffness, EnergyOfAPolynomialIsExact) {
    // ∫ σ |∇φ|²: of φ = z it is Σ σ_T V_T, of φ = z² it is ∫ σ 4 z² dV; σ does not depend on z.
    const TetMesh mesh = layered_box();
    const double area = (0.01 + 1.654) / 2 * 0.1 * 0.2; // ∫ σ dx dy
    const double height = 0.15;
    const auto energy = [&](int order, const Eigen::VectorXd& potential) {
        return potential.dot(assemble_stiffness(ElementSpace(mesh, order), contrasting(mesh)) * potential);
    };
    const auto z_of = [&](int order) {
        return ElementSpace(mesh, order).positions().row(2).transpose().eval();
    };
    EXPECT_NEAR(energy(1, z_of(1)), area * height, 1e-15);
    EXPECT_NEAR(energy(2, z_of(2)), area * height, 1e-15);
    const double of_square = area * 4 * std::pow(height, 3) / 3;
    EXPECT_NEAR(energy(2, z_of(2).cwiseAbs2()), of_square, 1e-15);
    EXPECT_LT(energy(1, z_of(1).cwiseAbs2()), 0.99 * of_square) << "P1 holds no quadratic";
}

TEST(Stiffness, IsBitwiseEqualForAnyNumberOfThreads) {
    const TetMesh mesh = layered_box();
    const int n_threads = omp_get_max_threads();
    for (const int order : {1, 2}) {
        omp_set_num_threads(1);
        const SparseMatrix one = assemble_stiffness(ElementSpace(mesh, order), contrasting(mesh));
        omp_set_num_threads(4);
        const SparseMatrix four = assemble_stiffness(ElementSpace(mesh, order), contrasting(mesh));
        omp_set_num_threads(n_threads);
        EXPECT_TRUE((one.coeffs() == four.coeffs()).all()) << order;
    }
}

} // namespace
} // namespace corticoil::solver
