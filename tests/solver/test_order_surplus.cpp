// The oracle: a polynomial p of one degree more than the elements' is their interpolant plus bubbles,
// exactly. With ∂A/∂t = −∇p the source of the potential p, the surplus of p's interpolant is p minus it,
// whatever σ. A bubble numbered, signed or shared wrongly between tetrahedra cannot give that.
#include "solver/order_surplus.h"

#include "core/face_neighbours.h"
#include "polynomial_box.h"
#include "solver/electric_field.h"

#include <gtest/gtest.h>
#include <omp.h>

namespace corticoil::solver {
namespace {

using test_systems::Polynomial;
using test_systems::shuffled_box;

/// The coefficients after more steps than solve() takes: what is left, (∇N, σ∇φ') by energies(), goes back in
/// as a boundary load.
Eigen::VectorXd solve_to_the_end(const OrderSurplus& surplus, const Eigen::VectorXd& potential,
                                 const VectorField& rate) {
    constexpr int n_rounds = 8;
    Eigen::VectorXd x = surplus.solve(potential, {.rate_at_unknowns = &rate});
    for (int round = 0; round < n_rounds; ++round) {
        Eigen::VectorXd minus_product(x.size());
        for (Eigen::Index i = 0; i < x.size(); ++i)
            minus_product[i] = -surplus.energies(x, Eigen::VectorXd::Unit(x.size(), i)).sum();
        x += surplus.solve(potential, {.rate_at_unknowns = &rate, .boundary_load = &minus_product});
    }
    return x;
}

/// p, its interpolant, and the conductivities of a box, for elements of an order.
struct Case {
    explicit Case(int order)
        : mesh(shuffled_box({2, 3, 2})), space(mesh, order), polynomial{order + 1},
          potential(polynomial.values(space.positions())), rate(-polynomial.gradients(space.positions())) {
        conductivity = Eigen::VectorXd(mesh.n_tetrahedra());
        for (int t = 0; t < mesh.n_tetrahedra(); ++t)
            conductivity[t] = mesh.labels[static_cast<std::size_t>(t)] == 1 ? 0.3 : 1.7;
    }
    Case(const Case&) = delete;
    Case& operator=(const Case&) = delete;

    /// −∇(p − interpolant) as linear functions.
    [[nodiscard]] VectorField expected_field() const {
        const ElementSpace linear(mesh, 2); // Projects onto them.
        VectorField expected =
            -projected(
                 linear, [&](const Points& x) { return polynomial.gradients(x); }, Quadrature::degree_4)
                 .values;
        const ElementField of_interpolant = electric_field(space, potential, std::nullopt);
        for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
            for (int corner = 0; corner < 4; ++corner)
                expected.col(4 * t + corner) -= of_interpolant.at(t, Eigen::Vector4d::Unit(corner));
        }
        return expected;
    }
    /// ∫ |∇(p − interpolant)|² dV per tetrahedron.
    [[nodiscard]] Eigen::VectorXd expected_squared_norms() const {
        const QuadratureRule rule = quadrature_rule(Quadrature::degree_4);
        const ElementField of_interpolant = electric_field(space, potential, std::nullopt);
        const Eigen::VectorXd volumes = tetrahedron_volumes(mesh);
        Eigen::VectorXd result = Eigen::VectorXd::Zero(mesh.n_tetrahedra());
        for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
            for (Eigen::Index q = 0; q < rule.weights.size(); ++q) {
                Points point = Points::Zero(3, 1);
                for (int corner = 0; corner < 4; ++corner)
                    point += rule.barycentric(corner, q) * mesh.nodes.col(mesh.tetrahedra(corner, t));
                const Vector3 difference =
                    polynomial.gradients(point).col(0) + of_interpolant.at(t, rule.barycentric.col(q));
                result[t] += volumes[t] * rule.weights[q] * difference.squaredNorm();
            }
        }
        return result;
    }

    TetMesh mesh;
    ElementSpace space;
    Polynomial polynomial;
    Eigen::VectorXd potential;
    VectorField rate;
    Conductivity conductivity;
};

class Surplus : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Orders, Surplus, testing::Values(1, 2),
                         [](const auto& instance) { return "P" + std::to_string(instance.param); });

TEST_P(Surplus, IsWhatAPolynomialOfTheNextDegreeHasMore) {
    const Case box(GetParam());
    const OrderSurplus surplus(box.space, box.conductivity);
    const Eigen::VectorXd x = solve_to_the_end(surplus, box.potential, box.rate);
    const VectorField expected = box.expected_field();
    const Eigen::VectorXd expected_norms = box.expected_squared_norms();
    const double error = (surplus.field(x).values - expected).norm() / expected.norm();
    RecordProperty("error", std::to_string(error));
    // Element matrices are of single precision.
    EXPECT_LT(error, 1e-5);
    EXPECT_LT((surplus.squared_norms(x) - expected_norms).norm(), 1e-5 * expected_norms.norm());
    const Eigen::VectorXd energies = surplus.energies(x, x);
    for (int t = 0; t < box.mesh.n_tetrahedra(); ++t)
        EXPECT_NEAR(energies[t], box.conductivity[t] * expected_norms[t], 1e-5 * energies.maxCoeff());
    // Wrong variant: the source left out.
    const Eigen::VectorXd wrong = surplus.solve(box.potential, {});
    EXPECT_GT((surplus.field(wrong).values - expected).norm(), 0.3 * expected.norm());
}

TEST_P(Surplus, AFewStepsSolveItToAFewPerCent) {
    const Case box(GetParam());
    const OrderSurplus surplus(box.space, box.conductivity);
    const Eigen::VectorXd x = surplus.solve(box.potential, {.rate_at_unknowns = &box.rate});
    const VectorField expected = box.expected_field();
    const double error = (surplus.field(x).values - expected).norm() / expected.norm();
    RecordProperty("error", std::to_string(error));
    EXPECT_LT(error, 0.1);
}

TEST_P(Surplus, EnergiesAreSymmetricAndPositive) {
    const Case box(GetParam());
    const OrderSurplus surplus(box.space, box.conductivity);
    const Eigen::Index n = surplus.solve(box.potential, {}).size();
    const Eigen::VectorXd a = Eigen::VectorXd::Random(n);
    const Eigen::VectorXd b = Eigen::VectorXd::Random(n);
    const Eigen::VectorXd of_both = surplus.energies(a, b);
    EXPECT_LT((of_both - surplus.energies(b, a)).norm(), 1e-6 * of_both.norm());
    EXPECT_GT(surplus.energies(a, a).minCoeff(), 0);
    EXPECT_GT(surplus.squared_norms(a).minCoeff(), 0);
    EXPECT_GT(of_both.norm(), 1e-3 * surplus.energies(a, a).norm());
    const Eigen::VectorXd sum = surplus.energies(a + b, a + b);
    EXPECT_LT((sum - surplus.energies(a, a) - surplus.energies(b, b) - 2 * of_both).norm(),
              1e-5 * sum.norm());
}

TEST_P(Surplus, NoSourceGivesNone) {
    const Case box(GetParam());
    const OrderSurplus surplus(box.space, box.conductivity);
    const Eigen::VectorXd x = surplus.solve(Eigen::VectorXd::Zero(box.space.n_unknowns()), {});
    EXPECT_GT(x.size(), 0);
    EXPECT_EQ(x.norm(), 0);
    EXPECT_EQ(surplus.field(x).values.norm(), 0);
    // A constant ∂A/∂t cancelled by a linear potential is no field either.
    const Vector3 slope(2, -1, 3);
    const VectorField rate = slope.replicate(1, box.space.n_unknowns());
    const Eigen::VectorXd linear = -(box.space.positions().transpose() * slope);
    const Eigen::VectorXd left = surplus.solve(linear, {.rate_at_unknowns = &rate});
    const Eigen::VectorXd large = surplus.solve(linear, {});
    EXPECT_LT(left.norm(), 1e-12 * large.norm());
}

TEST_P(Surplus, TensorsThatAreNumbersGiveTheSame) {
    const Case box(GetParam());
    SymmetricTensors tensors = SymmetricTensors::Zero(6, box.mesh.n_tetrahedra());
    for (int t = 0; t < box.mesh.n_tetrahedra(); ++t)
        tensors.col(t).head<3>().setConstant(box.conductivity[t]);
    const Conductivity as_tensors(tensors);
    const Eigen::VectorXd x =
        OrderSurplus(box.space, box.conductivity).solve(box.potential, {.rate_at_unknowns = &box.rate});
    const auto with = [&](const Conductivity& conductivity) {
        return OrderSurplus(box.space, conductivity).solve(box.potential, {.rate_at_unknowns = &box.rate});
    };
    EXPECT_LT((with(as_tensors) - x).norm(), 1e-5 * x.norm());
    tensors.row(0) *= 3; // Wrong variant: another conductivity along x.
    EXPECT_GT((with(Conductivity(tensors)) - x).norm(), 1e-4 * x.norm());
}

TEST_P(Surplus, IsBitwiseEqualForOneTwoAndFourThreads) {
    const TetMesh mesh = shuffled_box({6, 7, 6});
    const ElementSpace space(mesh, GetParam());
    const Conductivity conductivity = Eigen::VectorXd(Eigen::VectorXd::Constant(mesh.n_tetrahedra(), 0.4));
    const Polynomial polynomial{3};
    const VectorField rate = -polynomial.gradients(space.positions());
    const Eigen::VectorXd potential = polynomial.values(space.positions());
    const int before = omp_get_max_threads();
    std::vector<Eigen::VectorXd> coefficients;
    std::vector<VectorField> fields;
    for (const int n_threads : {1, 2, 4}) {
        omp_set_num_threads(n_threads);
        const OrderSurplus surplus(space, conductivity);
        coefficients.push_back(surplus.solve(potential, {.rate_at_unknowns = &rate}));
        fields.push_back(surplus.field(coefficients.back()).values);
    }
    omp_set_num_threads(before);
    for (const std::size_t i : {1U, 2U}) {
        EXPECT_TRUE((coefficients[i].array() == coefficients[0].array()).all());
        EXPECT_TRUE((fields[i].array() == fields[0].array()).all());
    }
    EXPECT_GT(coefficients[0].norm(), 0);
}

TEST(SurplusP1, FieldIsMinusTheGradientOfSecondOrdersEdgeFunctions) {
    const TetMesh mesh = shuffled_box({2, 2, 2});
    const ElementSpace p1(mesh, 1);
    const ElementSpace p2(mesh, 2);
    const Conductivity conductivity = Eigen::VectorXd(Eigen::VectorXd::Ones(mesh.n_tetrahedra()));
    const Eigen::VectorXd bubbles = Eigen::VectorXd::Random(p2.edges().cols());
    // P2's nodal functions and the hierarchical ones share their edge functions.
    Eigen::VectorXd potential = Eigen::VectorXd::Zero(p2.n_unknowns());
    potential.tail(bubbles.size()) = bubbles;
    const VectorField expected = electric_field(p2, potential, std::nullopt).values;
    const VectorField field = OrderSurplus(p1, conductivity).field(bubbles).values;
    EXPECT_LT((field - expected).norm(), 1e-13 * expected.norm());
}

TEST(SurplusP1, TangentialGradientIsContinuousAcrossFaces) {
    const TetMesh mesh = shuffled_box({2, 2, 2});
    const ElementSpace space(mesh, 1);
    const Conductivity conductivity = Eigen::VectorXd(Eigen::VectorXd::Ones(mesh.n_tetrahedra()));
    const OrderSurplus surplus(space, conductivity);
    const Eigen::VectorXd none = Eigen::VectorXd::Zero(space.n_unknowns());
    const ElementField field = surplus.field(Eigen::VectorXd::Random(surplus.solve(none, {}).size()));
    const Eigen::Matrix4Xi neighbours = face_neighbours(mesh);
    int n_faces = 0;
    double normal_jump = 0;
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        for (int corner = 0; corner < 4; ++corner) {
            const int other = neighbours(corner, t);
            if (other < t) continue;
            ++n_faces;
            Eigen::Vector4d here = Eigen::Vector4d::Zero();
            Eigen::Vector4d there = Eigen::Vector4d::Zero();
            const std::array<double, 3> weights{0.2, 0.3, 0.5};
            for (std::size_t k = 0; k < 3; ++k) {
                const int local = face_corners[static_cast<std::size_t>(corner)][k];
                here[local] = weights[k];
                for (int i = 0; i < 4; ++i) {
                    if (mesh.tetrahedra(i, other) == mesh.tetrahedra(local, t)) there[i] = weights[k];
                }
            }
            const Vector3 jump = field.at(t, here) - field.at(other, there);
            const Vector3 normal = face_area(mesh, t, corner).normalized();
            EXPECT_LT((jump - jump.dot(normal) * normal).norm(), 1e-11 * field.at(t, here).norm());
            normal_jump += std::abs(jump.dot(normal)) / field.at(t, here).norm();
        }
    }
    ASSERT_GT(n_faces, 50);
    EXPECT_GT(normal_jump / n_faces, 0.1) << "only the tangential part is continuous";
}

} // namespace
} // namespace corticoil::solver
