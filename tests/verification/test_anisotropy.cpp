// A tensor σ per layer, each with axes of its own, and a divergence-free current J with J·n = 0 on the
// boundary that crosses the planes between them. Feeding ∂A/∂t = −∇φ − σ⁻¹J must give E = σ⁻¹J. Sees wrong
// axes and wrong eigenvalues; blind to how tensors come from an image (tests/core) and to the shape of curved
// boundaries.
#include "solver/electric_field.h"
#include "solver/potential_solver.h"
#include "solver/sources.h"
#include "support/convergence.h"
#include "verification/field_error.h"
#include "verification/layered_box.h"

#include "core/constants.h"

#include <Eigen/Geometry>
#include <Eigen/LU>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace corticoil {
namespace {

using test::layer_of;
using test::layered_box;
using test::pointwise;
using test::potential_gradient;
constexpr double side = test::layered_box_side;

Eigen::Matrix3d tensor(const Vector3& eigenvalues, double angle, const Vector3& axis) {
    const Eigen::Matrix3d turn = Eigen::AngleAxisd(angle, axis.normalized()).toRotationMatrix();
    return turn * eigenvalues.asDiagonal() * turn.transpose();
}

/// σ of the layers [S/m]: white matter's 1:9, a contrast of 1:10 to the next one, and three different
/// eigenvalues.
const std::array<Eigen::Matrix3d, 3>& layer_sigma() {
    static const std::array<Eigen::Matrix3d, 3> sigma{tensor({0.6, 0.067, 0.067}, 0.7, {1, 2, -1}),
                                                      tensor({0.01, 0.04, 0.015}, 0.8, {0, 1, 1}),
                                                      tensor({1.0, 0.3, 0.1}, 1.1, {-2, 1, 1})};
    return sigma;
}

/// J = (−∂ψ/∂z, 0, ∂ψ/∂x) + (0, −∂χ/∂z, ∂χ/∂y) with ψ = sin(kx) sin(kz) (1 + (y/side)²), χ = sin(ky) sin(kz)
/// (1 + x/side), up to a factor k = π/side: J·n = 0 on all six faces, and all components cross every plane.
Vector3 current(const Vector3& p) {
    const double k = pi / side;
    const double g = 1 + p[1] * p[1] / (side * side);
    const double h = 1 + p[0] / side;
    return {-std::sin(k * p[0]) * std::cos(k * p[2]) * g, -std::sin(k * p[1]) * std::cos(k * p[2]) * h,
            (std::cos(k * p[0]) * g + std::cos(k * p[1]) * h) * std::sin(k * p[2])};
}

Vector3 exact_field(const Vector3& p) {
    return layer_sigma()[static_cast<std::size_t>(layer_of(p))].inverse() * current(p);
}

Conductivity conductivity_of(const TetMesh& mesh, const std::array<Eigen::Matrix3d, 3>& layers) {
    SymmetricTensors tensors(6, mesh.n_tetrahedra());
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        const Eigen::Matrix3d& s = layers[static_cast<std::size_t>(mesh.labels[static_cast<std::size_t>(t)])];
        tensors.col(t) << s(0, 0), s(1, 1), s(2, 2), s(0, 1), s(0, 2), s(1, 2);
    }
    return Conductivity(tensors);
}

solver::ElementField solve(const TetMesh& mesh, const Conductivity& conductivity, int order,
                           double tolerance) {
    const solver::PotentialSolver solver(mesh, conductivity, {.order = order});
    const solver::ElementField rate = solver::projected(
        solver.space(),
        pointwise([](const Vector3& p) -> Vector3 { return -potential_gradient(p) - exact_field(p); }),
        solver::Quadrature::degree_4);
    const solver::Potential potential =
        solver.solve(solver::load_of_rate_of_vector_potential(solver.space(), conductivity, rate),
                     {.tolerance = tolerance});
    EXPECT_TRUE(potential.report.converged)
        << potential.report.solver << ", " << potential.report.unknowns << " unknowns, "
        << potential.report.iterations << " iterations, residual " << potential.report.relative_residual;
    return solver::electric_field(solver.space(), potential.values, rate);
}

/// E is largest where σ is smallest, so each layer has an error of its own and the worst one counts.
struct Result {
    double size;
    double error;
};

Result run(int n, int order, const std::array<Eigen::Matrix3d, 3>& layers = layer_sigma()) {
    const TetMesh mesh = layered_box(n);
    const solver::ElementField field = solve(mesh, conductivity_of(mesh, layers), order, 1e-9);
    Result result{test::mesh_size(mesh), 0};
    for (int layer = 0; layer < 3; ++layer) {
        const double error = test::relative_l2_error(mesh, field, pointwise(exact_field),
                                                     [&](const Vector3& p) { return layer_of(p) == layer; });
        result.error = std::max(result.error, error);
    }
    return result;
}

struct Convergence {
    double order;
    double finest_error;
};

Convergence converge(const std::array<int, 3>& divisions, int order) {
    std::vector<double> sizes;
    std::vector<double> errors;
    for (const int n : divisions) {
        const Result result = run(n, order);
        sizes.push_back(result.size);
        errors.push_back(result.error);
    }
    const double slope = test::observed_order(sizes, errors);
    ::testing::Test::RecordProperty("order", std::to_string(slope));
    ::testing::Test::RecordProperty("finest_error", std::to_string(errors.back()));
    return {slope, errors.back()};
}

TEST(Anisotropy, CurrentAcrossJumpsOfTensorsConvergesAtFirstOrder) {
    const Convergence found = converge({8, 16, 32}, 1);
    EXPECT_GE(found.order, 0.95);
    EXPECT_LT(found.finest_error, 0.045);
}

TEST(Anisotropy, SecondOrderElementsConvergeAtSecondOrder) {
    const Convergence found = converge({4, 8, 16}, 2);
    EXPECT_GE(found.order, 1.9);
    EXPECT_LT(found.finest_error, 0.004);
}

TEST(Anisotropy, WrongTensorsMiss) {
    const double right = run(16, 1).error;
    EXPECT_LT(right, 0.1);
    for (std::size_t layer = 0; layer < 3; ++layer) {
        // x and z swapped; the mirrored tensor that a forgotten flip of x gives; the mean of the eigenvalues.
        const Eigen::Matrix3d swap{{0, 0, 1}, {0, 1, 0}, {1, 0, 0}};
        const Eigen::Matrix3d flip = Vector3(-1, 1, 1).asDiagonal();
        std::array<Eigen::Matrix3d, 3> wrong = layer_sigma();
        wrong[layer] = swap * layer_sigma()[layer] * swap;
        EXPECT_GT(run(16, 1, wrong).error, 3 * right) << "axes of layer " << layer << " swapped";
        wrong[layer] = flip * layer_sigma()[layer] * flip;
        EXPECT_GT(run(16, 1, wrong).error, 3 * right) << "axes of layer " << layer << " mirrored";
        wrong[layer] = layer_sigma()[layer].trace() / 3 * Eigen::Matrix3d::Identity();
        EXPECT_GT(run(16, 1, wrong).error, 3 * right) << "isotropic mean in layer " << layer;
    }
}

TEST(Anisotropy, MultiplesOfTheIdentityAreIsotropic) {
    const TetMesh mesh = layered_box(8);
    const std::array<double, 3> sigma{0.126, 0.010, 1.654};
    std::array<Eigen::Matrix3d, 3> layers;
    Eigen::VectorXd numbers(mesh.n_tetrahedra());
    for (std::size_t layer = 0; layer < 3; ++layer)
        layers[layer] = sigma[layer] * Eigen::Matrix3d::Identity();
    for (int t = 0; t < mesh.n_tetrahedra(); ++t)
        numbers[t] = sigma[static_cast<std::size_t>(mesh.labels[static_cast<std::size_t>(t)])];
    constexpr double tolerance = 1e-10;
    for (const int order : {1, 2}) {
        const VectorField isotropic = solve(mesh, numbers, order, tolerance).values;
        const VectorField tensors = solve(mesh, conductivity_of(mesh, layers), order, tolerance).values;
        // Residuals become fields through the contrast of σ.
        EXPECT_LT((tensors - isotropic).norm(), 1e3 * tolerance * isotropic.norm()) << "order " << order;
        layers[1](0, 1) = layers[1](1, 0) = 0.1 * sigma[1];
        const VectorField sheared = solve(mesh, conductivity_of(mesh, layers), order, tolerance).values;
        EXPECT_GT((sheared - isotropic).norm(), 1e-3 * isotropic.norm()) << "an off-diagonal must be seen";
        layers[1](0, 1) = layers[1](1, 0) = 0;
    }
}

} // namespace
} // namespace corticoil
