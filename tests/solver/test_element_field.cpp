#include "solver/element_field.h"

#include "support/box_mesh.h"

#include <gtest/gtest.h>

#include <cmath>

namespace corticoil::solver {
namespace {

TetMesh box() {
    return test::box_mesh(Vector3(0, 0, 0), Vector3(0.1, 0.2, 0.15), {3, 2, 4},
                          [](const Vector3&) { return 1; });
}

VectorField linear(const Points& points) {
    return (Eigen::Matrix3d() << 1, 2, 3, -1, 0, 4, 2, 2, -5).finished() * points;
}

VectorField quadratic(const Points& points) {
    VectorField values(3, points.cols());
    values.row(0) = points.row(0).cwiseProduct(points.row(1));
    values.row(1) = points.row(2).cwiseAbs2();
    values.row(2) = points.row(1).cwiseProduct(points.row(2)) - points.row(0).cwiseAbs2();
    return values;
}

VectorField wavy(const Points& points) {
    VectorField values(3, points.cols());
    values.row(0) = (40 * points.row(0).array()).sin();
    values.row(1) = (30 * points.row(1).array()).cos();
    values.row(2) = (20 * points.row(2) + 30 * points.row(0)).array().sin();
    return values;
}

/// A point of a tetrahedron.
Vector3 point_of(const TetMesh& mesh, int t, const Eigen::Vector4d& barycentric) {
    Vector3 point = Vector3::Zero();
    for (int corner = 0; corner < 4; ++corner)
        point += barycentric[corner] * mesh.nodes.col(mesh.tetrahedra(corner, t));
    return point;
}

TEST(ElementField, ProjectionKeepsWhatTheElementsSee) {
    const TetMesh mesh = box();
    const Eigen::Vector4d somewhere(0.1, 0.25, 0.35, 0.3);
    const ElementField of_p1 = projected(ElementSpace(mesh, 1), linear, Quadrature::barycentre);
    const ElementField of_p2 = projected(ElementSpace(mesh, 2), linear, Quadrature::degree_2);
    EXPECT_EQ(of_p1.degree, 0);
    EXPECT_EQ(of_p2.degree, 1);
    EXPECT_EQ(of_p1.n_tetrahedra(), mesh.n_tetrahedra());
    EXPECT_EQ(of_p2.n_tetrahedra(), mesh.n_tetrahedra());
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        const Vector3 at_centre = linear(point_of(mesh, t, Eigen::Vector4d::Constant(0.25)));
        EXPECT_LT((of_p1.at(t, somewhere) - at_centre).norm(), 1e-14);
        EXPECT_LT((of_p2.at(t, somewhere) - linear(point_of(mesh, t, somewhere))).norm(), 1e-14);
        EXPECT_LT((of_p2.mean(t) - at_centre).norm(), 1e-14);
        EXPECT_LT((of_p2.means().col(t) - at_centre).norm(), 1e-14);
    }
}

TEST(ElementField, ProjectionIsTheClosestInL2) {
    // What is left over is orthogonal to every λ_i: Σ_q w_q λ_i(q) (f − P f)(q) = 0.
    const TetMesh mesh = box();
    const QuadratureRule rule = quadrature_rule(Quadrature::degree_4);
    const ElementField field = projected(ElementSpace(mesh, 2), wavy, Quadrature::degree_4);
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        Eigen::Matrix<double, 3, 4> moments = Eigen::Matrix<double, 3, 4>::Zero();
        double size = 0;
        for (Eigen::Index q = 0; q < rule.weights.size(); ++q) {
            const Eigen::Vector4d place = rule.barycentric.col(q);
            const Vector3 left = wavy(point_of(mesh, t, place)) - field.at(t, place);
            moments += rule.weights[q] * left * place.transpose();
            size += std::abs(rule.weights[q]) * left.norm();
        }
        EXPECT_LT(moments.cwiseAbs().maxCoeff(), 1e-13);
        EXPECT_GT(size, 1e-4) << "something must be left over";
    }
}

TEST(ElementField, NodalValuesAreInterpolatedByTheSpacesOwnFunctions) {
    // A quadratic field at P2's unknowns is known everywhere, so both projections agree; P1's are linear
    // between nodes.
    const TetMesh mesh = box();
    const ElementSpace p2(mesh, 2);
    const VectorField exact = projected(p2, quadratic, Quadrature::degree_4).values;
    EXPECT_LT((projected_nodal(p2, quadratic(p2.positions())).values - exact).norm(), 1e-13 * exact.norm());
    const ElementSpace p1(mesh, 1);
    const VectorField means = projected(p1, linear, Quadrature::barycentre).values;
    EXPECT_LT((projected_nodal(p1, linear(p1.positions())).values - means).norm(), 1e-14 * means.norm());
    const VectorField other = projected(p1, quadratic, Quadrature::degree_2).values;
    EXPECT_GT((projected_nodal(p1, quadratic(p1.positions())).values - other).norm(), 1e-3 * other.norm());
}

} // namespace
} // namespace corticoil::solver
