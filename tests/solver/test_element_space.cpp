#include "solver/element_space.h"

#include "support/box_mesh.h"

#include <gtest/gtest.h>

#include <set>
#include <utility>

namespace corticoil::solver {
namespace {

TetMesh box() {
    return test::box_mesh(Vector3(0, 0, 0), Vector3(0.1, 0.2, 0.15), {3, 2, 4},
                          [](const Vector3&) { return 1; });
}

const Eigen::Vector4d somewhere(0.1, 0.25, 0.35, 0.3);

/// The value of a function of the space at a point of a tetrahedron.
double value_at(const ElementSpace& space, const Eigen::VectorXd& unknowns, int t,
                const Eigen::Vector4d& place) {
    const ElementSpace::ShapeValues values = space.shape_values(place);
    double sum = 0;
    for (int i = 0; i < space.n_local(); ++i) sum += values[i] * unknowns[space.unknown(t, i)];
    return sum;
}

TEST(ElementSpace, UnknownsAreTheNodesAndThenTheEdges) {
    const TetMesh mesh = box();
    EXPECT_EQ(ElementSpace(mesh, 1).n_unknowns(), mesh.n_nodes());
    const ElementSpace space(mesh, 2);
    std::set<std::pair<int, int>> edges;
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        for (const auto& [i, j] : edge_corners)
            edges.insert(std::minmax(mesh.tetrahedra(i, t), mesh.tetrahedra(j, t)));
    }
    ASSERT_EQ(space.n_unknowns(), mesh.n_nodes() + static_cast<int>(edges.size()));
    Eigen::Index e = 0;
    for (const auto& [low, high] : edges) {
        EXPECT_EQ(space.edges()(0, e), low);
        EXPECT_EQ(space.edges()(1, e++), high);
    }
}

TEST(ElementSpace, ShapeFunctionsAreOneAtTheirOwnUnknownAndZeroAtTheOthers) {
    const TetMesh mesh = box();
    for (const int order : {1, 2}) {
        const ElementSpace space(mesh, order);
        for (int i = 0; i < space.n_local(); ++i) {
            Eigen::Vector4d place = Eigen::Vector4d::Zero();
            if (i < 4) {
                place[i] = 1;
            } else {
                for (const int corner : edge_corners[static_cast<std::size_t>(i - 4)]) place[corner] = 0.5;
            }
            const ElementSpace::ShapeValues values = space.shape_values(place);
            for (int j = 0; j < space.n_local(); ++j) EXPECT_NEAR(values[j], i == j ? 1 : 0, 1e-15);
        }
        EXPECT_NEAR(space.shape_values(somewhere).sum(), 1, 1e-15);
    }
}

TEST(ElementSpace, GradientsAreDerivativesOfTheValues) {
    const TetMesh mesh = box();
    const int t = 5;
    const TetrahedronGradients element = gradients_of(mesh, t);
    for (const int order : {1, 2}) {
        const ElementSpace space(mesh, order);
        const ElementSpace::ShapeGradients gradients = space.shape_gradients(element, somewhere);
        constexpr double step = 1e-6;
        for (int axis = 0; axis < 3; ++axis) {
            // Central differences are exact for quadratics; λ moves by ∇λ · step.
            const Eigen::Vector4d shift = step * element.gradients.row(axis).transpose();
            const ElementSpace::ShapeValues difference =
                (space.shape_values(somewhere + shift) - space.shape_values(somewhere - shift)) / (2 * step);
            for (int i = 0; i < space.n_local(); ++i)
                EXPECT_NEAR(gradients(axis, i), difference[i], 1e-7 * element.gradients.norm());
        }
    }
}

TEST(ElementSpace, HoldsPolynomialsOfItsOrderAndNoMore) {
    const TetMesh mesh = box();
    const auto linear = [](const Vector3& p) { return 1 + p.x() - 2 * p.y() + 3 * p.z(); };
    const auto quadratic = [](const Vector3& p) { return p.x() * p.y() - 4 * p.z() * p.z(); };
    const auto worst_error = [&](int order, const auto& function) {
        const ElementSpace space(mesh, order);
        const Points positions = space.positions();
        Eigen::VectorXd unknowns(space.n_unknowns());
        for (int i = 0; i < space.n_unknowns(); ++i) unknowns[i] = function(positions.col(i));
        double worst = 0;
        for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
            Vector3 point = Vector3::Zero();
            for (int corner = 0; corner < 4; ++corner)
                point += somewhere[corner] * mesh.nodes.col(mesh.tetrahedra(corner, t));
            worst = std::max(worst, std::abs(value_at(space, unknowns, t, somewhere) - function(point)));
        }
        return worst;
    };
    EXPECT_LT(worst_error(1, linear), 1e-15);
    EXPECT_LT(worst_error(2, linear), 1e-15);
    EXPECT_LT(worst_error(2, quadratic), 1e-15);
    EXPECT_GT(worst_error(1, quadratic), 1e-4);
}

TEST(ElementSpace, NumberingForLocalityIsAPermutationThatPositionsFollow) {
    const TetMesh mesh = box();
    const ElementSpace space(mesh, 2);
    const ElementSpace along_curve = space.numbered_for_locality();
    const Points before = space.positions();
    const Points after = along_curve.positions();
    std::set<int> numbers;
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        for (int i = 0; i < space.n_local(); ++i) {
            numbers.insert(along_curve.unknown(t, i));
            EXPECT_EQ(after.col(along_curve.unknown(t, i)), before.col(space.unknown(t, i)));
        }
    }
    EXPECT_EQ(static_cast<int>(numbers.size()), space.n_unknowns());
    EXPECT_EQ(*numbers.rbegin(), space.n_unknowns() - 1);
    // Neighbours in the list are nearer to one another than with edges after nodes.
    const auto mean_step = [](const Points& p) {
        return (p.rightCols(p.cols() - 1) - p.leftCols(p.cols() - 1)).colwise().norm().mean();
    };
    EXPECT_LT(mean_step(after), mean_step(before));
}

} // namespace
} // namespace corticoil::solver
