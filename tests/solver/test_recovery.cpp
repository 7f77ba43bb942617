#include "solver/recovery.h"

#include "polynomial_box.h"
#include "solver/electric_field.h"
#include "support/error_of.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace corticoil::solver {
namespace {

using test_systems::Polynomial;
using test_systems::shuffled_box;

/// ∂A/∂t = −∇p for a polynomial p of one degree more than the elements': E is zero, all that they have is
/// error.
struct Case {
    explicit Case(int order)
        : mesh(shuffled_box({4, 4, 4})), space(mesh, order),
          conductivity(Eigen::VectorXd(Eigen::VectorXd::Constant(mesh.n_tetrahedra(), 0.3))),
          potential(Polynomial{order + 1}.values(space.positions())),
          rate(-Polynomial{order + 1}.gradients(space.positions())) {}
    Case(const Case&) = delete;
    Case& operator=(const Case&) = delete;

    TetMesh mesh;
    ElementSpace space;
    Conductivity conductivity;
    Eigen::VectorXd potential;
    VectorField rate;
};

double norm_over(const TetMesh& mesh, const Eigen::VectorXd& root_mean_squares) {
    return std::sqrt(tetrahedron_volumes(mesh).dot(root_mean_squares.cwiseAbs2()));
}

/// Root mean square of a field in each tetrahedron.
Eigen::VectorXd sizes_of(const ElementField& field) {
    const QuadratureRule rule = quadrature_rule(Quadrature::degree_4);
    Eigen::VectorXd sizes = Eigen::VectorXd::Zero(field.n_tetrahedra());
    for (int t = 0; t < field.n_tetrahedra(); ++t) {
        for (Eigen::Index q = 0; q < rule.weights.size(); ++q)
            sizes[t] += rule.weights[q] * field.at(t, rule.barycentric.col(q)).squaredNorm();
    }
    return sizes.cwiseMax(0).cwiseSqrt();
}

class Recovery : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Orders, Recovery, testing::Values(1, 2),
                         [](const auto& instance) { return "P" + std::to_string(instance.param); });

TEST_P(Recovery, TakesAwayTheErrorThatTheNextOrderHasNot) {
    const Case box(GetParam());
    const RecoveredField recovered =
        FieldRecovery(box.space, box.conductivity).recover(box.potential, {.rate_at_unknowns = &box.rate});
    const ElementField raw = electric_field(box.space, box.potential, projected_nodal(box.space, box.rate));
    ASSERT_EQ(recovered.field.degree, 1);
    ASSERT_EQ(recovered.field.n_tetrahedra(), box.mesh.n_tetrahedra());
    ASSERT_EQ(recovered.error.size(), box.mesh.n_tetrahedra());
    const double before = norm_over(box.mesh, sizes_of(raw));
    const double after = norm_over(box.mesh, sizes_of(recovered.field));
    const double estimate = norm_over(box.mesh, recovered.error);
    RecordProperty("left", std::to_string(after / before));
    RecordProperty("effectivity", std::to_string(estimate / before));
    EXPECT_LT(after, 0.2 * before);
    // P2's estimate holds all of the surplus, its E only what is linear of it.
    EXPECT_GT(estimate, 0.9 * before);
    EXPECT_LT(estimate, (GetParam() == 1 ? 1.1 : 2) * before);
    // Wrong variant: the source the other way.
    const VectorField other_way = -box.rate;
    const RecoveredField wrong =
        FieldRecovery(box.space, box.conductivity).recover(box.potential, {.rate_at_unknowns = &other_way});
    EXPECT_GT(norm_over(box.mesh, sizes_of(wrong.field)), before);
}

TEST_P(Recovery, OfAFunctionalIsTheEnergyOfBothSurpluses) {
    const Case box(GetParam());
    const FieldRecovery recovery(box.space, box.conductivity);
    const OrderSurplus surplus(box.space, box.conductivity);
    const RecoveredField recovered = recovery.recover(box.potential, {.rate_at_unknowns = &box.rate});
    FieldFunctional functional{{3, 40}, Eigen::Matrix4Xd::Constant(4, 2, 0.25), VectorField::Random(3, 2)};
    const Eigen::VectorXd adjoint = Eigen::VectorXd::Random(box.space.n_unknowns());
    const Eigen::VectorXd parts =
        surplus.energies(recovered.surplus, surplus.solve(adjoint, {.functional = &functional}));
    const FunctionalError error = recovery.error_of(functional, adjoint, recovered);
    EXPECT_DOUBLE_EQ(error.correction, -parts.sum());
    EXPECT_DOUBLE_EQ(error.half_width, FieldRecovery::interval_factor *
                                           (std::abs(parts.sum()) +
                                            FieldRecovery::share_of_absolute_parts * parts.cwiseAbs().sum()));
    EXPECT_GT(parts.cwiseAbs().sum(), std::abs(parts.sum())) << "parts of both signs";
}

TEST(FieldAtPoints, IsTheFieldOfTheTetrahedronAround) {
    const TetMesh mesh = shuffled_box({3, 3, 3});
    const Eigen::Matrix3d slope = Eigen::Matrix3d::Random();
    ElementField field(1, VectorField(3, 4 * mesh.n_tetrahedra()));
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        for (int corner = 0; corner < 4; ++corner)
            field.values.col(4 * t + corner) = slope * mesh.nodes.col(mesh.tetrahedra(corner, t));
    }
    const PointLocator locator(mesh);
    const Points points = Points::Random(3, 30) * 0.04 + Points::Constant(3, 30, 0.05);
    EXPECT_LT((field_at_points(locator, mesh, field, points) - slope * points).norm(), 1e-12);
    Points outside = points;
    outside.col(4) << 0.05, 0.05, 0.2;
    EXPECT_THAT(test::error_of([&] { (void)field_at_points(locator, mesh, field, outside); }),
                ::testing::AllOf(::testing::HasSubstr("point 4"), ::testing::HasSubstr("outside the head")));
}

TEST(FieldAtNodes, AveragesOneTissueOnly) {
    const TetMesh mesh = shuffled_box({4, 4, 4});
    VectorField values(3, mesh.n_tetrahedra());
    for (int t = 0; t < mesh.n_tetrahedra(); ++t)
        values.col(t) = mesh.labels[static_cast<std::size_t>(t)] == 1 ? Vector3(1, 2, 3) : Vector3(-7, 0, 0);
    const VectorField of_first = field_at_nodes(mesh, values, 1);
    const VectorField of_second = field_at_nodes(mesh, values, 2);
    int n_shared = 0;
    for (int node = 0; node < mesh.n_nodes(); ++node) {
        const bool in_first = of_first.col(node).norm() > 0;
        const bool in_second = of_second.col(node).norm() > 0;
        EXPECT_TRUE(in_first || in_second);
        if (in_first) {
            EXPECT_LT((of_first.col(node) - Vector3(1, 2, 3)).norm(), 1e-14);
        }
        if (in_second) {
            EXPECT_LT((of_second.col(node) - Vector3(-7, 0, 0)).norm(), 1e-14);
        }
        if (in_first && in_second) ++n_shared;
    }
    EXPECT_GE(n_shared, 25) << "the plane between the layers";
    EXPECT_LT(n_shared, mesh.n_nodes() / 2);
}

} // namespace
} // namespace corticoil::solver
