// A divergence-free current J with J·n = 0 on the boundary that crosses planes where σ jumps. Feeding
// ∂A/∂t = −∇φ − J/σ must give E = J/σ. The row that sees a wrong σ; blind to the shape of curved boundaries.
#include "solver/electric_field.h"
#include "solver/potential_solver.h"
#include "solver/sources.h"
#include "support/convergence.h"
#include "verification/field_error.h"
#include "verification/layered_box.h"

#include "core/constants.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

namespace corticoil {
namespace {

using test::layer_of;
using test::layered_box;
using test::pointwise;
using test::potential_gradient;
constexpr double side = test::layered_box_side;

constexpr std::array<double, 3> layer_sigma{0.126, 0.010, 1.654}; // [S/m]: contrast 1:165

/// J = (−∂ψ/∂z, 0, ∂ψ/∂x) with ψ = sin(kx) sin(kz) (1 + (y/side)²), k = π/side: J·n = 0 on all six faces.
Vector3 current(const Vector3& p) {
    const double k = pi / side;
    const double g = 1 + p[1] * p[1] / (side * side);
    return {-std::sin(k * p[0]) * std::cos(k * p[2]) * g, 0, std::cos(k * p[0]) * std::sin(k * p[2]) * g};
}

struct Variant {
    int wrong_layer = 0;
    double factor_on_wrong_layer = 1; ///< On σ in the matrix and the load, not in ∂A/∂t.
    double sign_of_rate = 1;
    bool are_labels_swapped = false;
};

/// E is largest where σ is smallest, so each layer has an error of its own and the worst one counts.
struct Result {
    double size;
    double error;
};

/// σ per tetrahedron, as the solver gets it.
Eigen::VectorXd conductivity_of(const TetMesh& mesh, const Variant& variant) {
    std::array<double, 3> sigma = layer_sigma;
    sigma[static_cast<std::size_t>(variant.wrong_layer)] *= variant.factor_on_wrong_layer;
    if (variant.are_labels_swapped) std::swap(sigma[0], sigma[1]);
    Eigen::VectorXd conductivity(mesh.n_tetrahedra());
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        conductivity[t] = sigma[static_cast<std::size_t>(mesh.labels[static_cast<std::size_t>(t)])];
    }
    return conductivity;
}

Result run(int n, int order, const Variant& variant) {
    const TetMesh mesh = layered_box(n);
    const Eigen::VectorXd conductivity = conductivity_of(mesh, variant);
    const auto exact = [](const Vector3& p) -> Vector3 {
        return current(p) / layer_sigma[static_cast<std::size_t>(layer_of(p))];
    };
    const solver::PotentialSolver solver(mesh, conductivity,
                                         {.order = order, .choice = solver::SolverChoice::multigrid});
    const solver::ElementField rate =
        solver::projected(solver.space(), pointwise([&](const Vector3& p) -> Vector3 {
                              return variant.sign_of_rate * (-potential_gradient(p) - exact(p));
                          }),
                          solver::Quadrature::degree_4);
    const solver::Potential potential = solver.solve(
        solver::load_of_rate_of_vector_potential(solver.space(), conductivity, rate), {.tolerance = 1e-9});
    EXPECT_TRUE(potential.report.converged);
    const solver::ElementField field = solver::electric_field(solver.space(), potential.values, rate);
    Result result{test::mesh_size(mesh), 0};
    for (int layer = 0; layer < 3; ++layer) {
        const double error = test::relative_l2_error(mesh, field, pointwise(exact),
                                                     [&](const Vector3& p) { return layer_of(p) == layer; });
        result.error = std::max(result.error, error);
    }
    return result;
}

/// Meshes and what they must show, by order of the elements.
struct Expectation {
    int order;
    std::vector<int> bricks;
    double least_order;
    double finest_error;
    int bricks_of_variants;
};

class Manufactured : public testing::TestWithParam<Expectation> {};

INSTANTIATE_TEST_SUITE_P(Orders, Manufactured,
                         testing::Values(Expectation{1, {8, 16, 32}, 0.95, 0.05, 16},
                                         Expectation{2, {8, 12, 16, 20}, 1.9, 0.002, 8}),
                         [](const auto& instance) { return "P" + std::to_string(instance.param.order); });

TEST_P(Manufactured, CurrentAcrossJumpsOfConductivityConvergesAtTheElementsOrder) {
    std::vector<double> sizes;
    std::vector<double> errors;
    for (const int n : GetParam().bricks) {
        const Result result = run(n, GetParam().order, {});
        sizes.push_back(result.size);
        errors.push_back(result.error);
    }
    const double order = test::observed_order(sizes, errors);
    RecordProperty("order", std::to_string(order));
    RecordProperty("finest_error", std::to_string(errors.back()));
    EXPECT_GE(order, GetParam().least_order);
    EXPECT_LT(errors.back(), GetParam().finest_error);
    EXPECT_GE(sizes.front() / sizes.back(), 2);
}

TEST_P(Manufactured, WrongVariantsMiss) {
    const auto error = [](const Variant& variant) {
        return run(GetParam().bricks_of_variants, GetParam().order, variant).error;
    };
    const double right = error({});
    EXPECT_LT(right, 0.1);
    for (int layer = 0; layer < 3; ++layer) {
        EXPECT_GT(error({.wrong_layer = layer, .factor_on_wrong_layer = 2}), 3 * right)
            << "σ of layer " << layer << " doubled";
    }
    EXPECT_GT(error({.sign_of_rate = -1}), 10 * right) << "sign of ∂A/∂t flipped";
    EXPECT_GT(error({.are_labels_swapped = true}), 3 * right) << "two labels swapped";
}

} // namespace
} // namespace corticoil
