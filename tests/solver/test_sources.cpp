#include "solver/sources.h"

#include "core/error.h"
#include "support/box_mesh.h"
#include "support/error_of.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>

namespace corticoil::solver {
namespace {

TetMesh box() {
    return test::box_mesh(Vector3(0, 0, 0), Vector3(0.1, 0.1, 0.1), {3, 3, 3},
                          [](const Vector3&) { return 1; });
}

/// Volume of the unit simplex' monomial x^a y^b z^c: a! b! c! / (a+b+c+3)!.
double simplex_integral(int a, int b, int c) {
    return std::tgamma(a + 1) * std::tgamma(b + 1) * std::tgamma(c + 1) / std::tgamma(a + b + c + 4);
}

TEST(Quadrature, IntegratesPolynomialsUpToItsDegreeAndNoFurther) {
    const auto error = [](Quadrature quadrature, int a, int b, int c) {
        const QuadratureRule rule = quadrature_rule(quadrature);
        double sum = 0;
        for (Eigen::Index q = 0; q < rule.weights.size(); ++q) {
            const Eigen::Vector4d p = rule.barycentric.col(q);
            sum += rule.weights[q] / 6 * std::pow(p[1], a) * std::pow(p[2], b) * std::pow(p[3], c);
        }
        return std::abs(sum / simplex_integral(a, b, c) - 1);
    };
    EXPECT_LT(error(Quadrature::barycentre, 1, 0, 0), 1e-14);
    EXPECT_GT(error(Quadrature::barycentre, 2, 0, 0), 0.1);
    EXPECT_LT(error(Quadrature::degree_2, 1, 0, 1), 1e-14);
    EXPECT_LT(error(Quadrature::degree_2, 0, 2, 0), 1e-14);
    EXPECT_GT(error(Quadrature::degree_2, 3, 0, 0), 1e-3);
    EXPECT_LT(error(Quadrature::degree_4, 4, 0, 0), 1e-13);
    EXPECT_LT(error(Quadrature::degree_4, 2, 1, 1), 1e-13);
    EXPECT_LT(error(Quadrature::degree_4, 0, 2, 2), 1e-13);
    EXPECT_GT(error(Quadrature::degree_4, 5, 0, 0), 1e-4);
}

TEST(Sources, LoadsSumToZero) {
    const TetMesh mesh = box();
    const Eigen::VectorXd conductivity = Eigen::VectorXd::LinSpaced(mesh.n_tetrahedra(), 0.1, 2);
    for (const int order : {1, 2}) {
        const ElementSpace space(mesh, order);
        const ElementField random(order - 1,
                                  VectorField::Random(3, (order == 1 ? 1 : 4) * mesh.n_tetrahedra()));
        const Eigen::VectorXd volume = load_of_rate_of_vector_potential(space, conductivity, random);
        EXPECT_LT(std::abs(volume.sum()), 1e-13 * volume.cwiseAbs().sum());
        const Eigen::VectorXd current = load_of_impressed_current(space, random);
        EXPECT_LT(std::abs(current.sum()), 1e-13 * current.cwiseAbs().sum());
    }
}

TEST(Sources, BoundaryCurrentOfAUniformFieldEqualsItsVolumeForm) {
    // For a uniform J, −∮ λ J·n dS = −∫ ∇λ·J dV.
    const TetMesh mesh = box();
    const Vector3 current(0.3, -1, 2);
    const FieldFunction uniform = [&](const Points& points) -> VectorField {
        return current.replicate(1, points.cols());
    };
    for (const int order : {1, 2}) {
        const ElementSpace space(mesh, order);
        const Eigen::VectorXd boundary = load_of_boundary_current(space, uniform);
        const Eigen::VectorXd volume =
            load_of_impressed_current(space, projected(space, uniform, Quadrature::degree_2));
        EXPECT_LT((boundary + volume).norm(), 1e-13 * volume.norm()) << order;
    }
}

/// A divergence-free field of degree `degree`.
FieldFunction divergence_free(int degree) {
    return [degree](const Points& points) -> VectorField {
        VectorField values(3, points.cols());
        for (Eigen::Index i = 0; i < points.cols(); ++i) {
            const Vector3 p = points.col(i) / 0.1;
            values.col(i) = Vector3(p.y() + 2 * p.x(), p.x() - p.y(), 3 * p.x() - p.z());
            if (degree == 2)
                values.col(i) += Vector3(p.y() * p.z() - p.z() * p.z(), p.x() * p.x(), p.x() * p.y());
        }
        return values;
    };
}

TEST(Sources, InterfaceFormIsExactForLinearFieldsAndFailsWithOneJumpWrong) {
    const TetMesh mesh =
        test::box_mesh(Vector3(0, 0, 0), Vector3(0.1, 0.1, 0.1), {3, 4, 3}, [](const Vector3& p) {
            return p.x() < 0.034 ? 1 : p.y() < 0.05 ? 2 : 3;
        });
    const auto conductivity = [&](const std::array<double, 3>& of_label) {
        Eigen::VectorXd result(mesh.n_tetrahedra());
        for (int t = 0; t < mesh.n_tetrahedra(); ++t)
            result[t] = of_label[static_cast<std::size_t>(mesh.labels[static_cast<std::size_t>(t)] - 1)];
        return result;
    };
    const std::array<double, 3> sigma{0.126, 1.654, 0.01};
    for (const int order : {1, 2}) {
        const ElementSpace space(mesh, order);
        const auto difference = [&](const std::array<double, 3>& of_interfaces, int degree) {
            const FieldFunction rate = divergence_free(degree);
            const InterfaceSource source(space, conductivity(of_interfaces));
            const Eigen::VectorXd volume = load_of_rate_of_vector_potential(
                space, conductivity(sigma), projected(space, rate, Quadrature::degree_4));
            return (source.load(rate(source.points())) - volume).norm() / volume.norm();
        };
        EXPECT_LT(difference(sigma, 1), 1e-13) << order;
        EXPECT_GT(difference(sigma, 2), 1e-4) << "beyond its degree, order " << order;
        for (std::size_t layer = 0; layer < 3; ++layer) {
            std::array<double, 3> wrong = sigma;
            wrong[layer] *= 1.1;
            EXPECT_GT(difference(wrong, 1), 1e-4) << "one σ 10 % off, order " << order;
        }
    }
}

TEST(Sources, InterfaceFormRefusesTensors) {
    const TetMesh mesh = box();
    SymmetricTensors tensors = SymmetricTensors::Zero(6, mesh.n_tetrahedra());
    tensors.topRows(3).setOnes();
    const ElementSpace space(mesh, 1);
    EXPECT_THAT(test::error_of([&] { (void)InterfaceSource(space, Conductivity(tensors)); }),
                ::testing::HasSubstr("volume form"));
}

TEST(Sources, AValueThatIsNotFiniteIsNamedWithItsPlace) {
    const TetMesh mesh = box();
    const FieldFunction broken = [](const Points& points) {
        VectorField values = VectorField::Zero(3, points.cols());
        values(1, 7) = std::numeric_limits<double>::quiet_NaN();
        return values;
    };
    EXPECT_THAT(
        test::error_of([&] { (void)projected(ElementSpace(mesh, 1), broken, Quadrature::barycentre); }),
        ::testing::HasSubstr("not a finite number in tetrahedron 7"));
}

} // namespace
} // namespace corticoil::solver
