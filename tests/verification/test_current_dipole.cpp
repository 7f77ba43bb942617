// A radial current dipole in a three-layer sphere, through the impressed-current source. Sees every σ and the
// sign of the source; blind to ∂A/∂t. E is compared in the outermost layer, as an electrode would: all
// current there has crossed the poorly conducting one.
#include "core/constants.h"
#include "core/head_model.h"
#include "meshing/nested_spheres.h"
#include "solver/electric_field.h"
#include "solver/potential_solver.h"
#include "solver/sources.h"
#include "support/convergence.h"
#include "verification/field_error.h"

#include <Eigen/Geometry>
#include <Eigen/LU>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <string>
#include <vector>

namespace corticoil {
namespace {

constexpr std::array<double, 3> radii{0.060, 0.068, 0.076};
constexpr std::array<double, 3> sigma{0.275, 0.010, 0.465};
constexpr double moment = 1e-6; // [A·m]

/// Series solution for a radial dipole at distance r0 on the z axis. In layer j
/// φ = Σ_n (A_j r^n + B_j r^−(n+1)) P_n(cos θ), with B_1 = p n r0^(n−1)/(4πσ_1) from the dipole itself,
/// continuity of φ and σ ∂φ/∂r at both interfaces and ∂φ/∂r = 0 at the surface. In the dipole's own layer its
/// part of the series, which converges slowly there, is replaced by the field of a dipole in an unbounded
/// medium.
class RadialDipoleSeries {
  public:
    explicit RadialDipoleSeries(double r0) : r0_(r0) {
        for (int n = 1; n <= n_terms; ++n) solve_term(n, r0);
    }

    /// E = −∇φ at a point further from the centre than the dipole.
    [[nodiscard]] Vector3 field(const Vector3& point) const {
        const double r = point.norm();
        const std::size_t layer = r < radii[0] ? 0 : r < radii[1] ? 1 : 2;
        const double cosine = point.z() / r;
        const double sine = std::sqrt(std::max(0.0, 1 - cosine * cosine));
        double radial = 0;
        double polar = 0;
        // P_n and P_n' by their recurrences.
        double p_before = 1;
        double p = cosine;
        double derivative_before = 0;
        double derivative = 1;
        for (int n = 1; n <= n_terms; ++n) {
            const Coefficients& c = terms_[static_cast<std::size_t>(n - 1)];
            const double grows = c.a[layer] * std::pow(r / radii[2], n);
            const double decays = layer == 0 ? 0 : c.b[layer] * std::pow(radii[0] / r, n + 1);
            radial -= (n * grows - (n + 1) * decays) / r * p;
            polar -= (grows + decays) / r * (-sine) * derivative;
            const double p_next = ((2 * n + 1) * cosine * p - n * p_before) / (n + 1);
            const double derivative_next = derivative_before + (2 * n + 1) * p;
            p_before = p;
            p = p_next;
            derivative_before = derivative;
            derivative = derivative_next;
        }
        const Vector3 r_hat = point / r;
        const Vector3 across(point.x(), point.y(), 0);
        const double rho = across.norm();
        const Vector3 theta_hat =
            rho > 0 ? Vector3(cosine * across.x() / rho, cosine * across.y() / rho, -sine) : Vector3::Zero();
        const Vector3 of_layers = radial * r_hat + polar * theta_hat;
        return layer == 0 ? of_layers + unbounded_field(point) : of_layers;
    }

  private:
    static constexpr int n_terms = 60;
    struct Coefficients {
        std::array<double, 3> a;
        std::array<double, 3> b;
    };

    /// (3 (p·d̂) d̂ − p)/(4πσ d³)
    [[nodiscard]] Vector3 unbounded_field(const Vector3& point) const {
        const Vector3 difference = point - r0_ * Vector3::UnitZ();
        const double distance = difference.norm();
        const Vector3 direction = difference / distance;
        return moment * (3 * direction.z() * direction - Vector3::UnitZ()) /
               (4 * pi * sigma[0] * std::pow(distance, 3));
    }

    /// Unknowns A1, A2, B2, A3, B3 with r^n scaled by the outer and r^−(n+1) by the inner radius.
    void solve_term(int n, double r0) {
        const auto grow = [&](double r) { return std::pow(r / radii[2], n); };
        const auto decay = [&](double r) { return std::pow(radii[0] / r, n + 1); };
        const double source =
            moment * n * std::pow(r0, n - 1) / (4 * pi * sigma[0]) / std::pow(radii[0], n + 1);
        Eigen::Matrix<double, 5, 5> system = Eigen::Matrix<double, 5, 5>::Zero();
        Eigen::Matrix<double, 5, 1> right = Eigen::Matrix<double, 5, 1>::Zero();
        const double ra = radii[0];
        const double rb = radii[1];
        const double rc = radii[2];
        system.row(0) << grow(ra), -grow(ra), -decay(ra), 0, 0;
        right[0] = -source * decay(ra);
        system.row(1) << sigma[0] * n * grow(ra), -sigma[1] * n * grow(ra), sigma[1] * (n + 1) * decay(ra), 0,
            0;
        right[1] = sigma[0] * (n + 1) * source * decay(ra);
        system.row(2) << 0, grow(rb), decay(rb), -grow(rb), -decay(rb);
        system.row(3) << 0, sigma[1] * n * grow(rb), -sigma[1] * (n + 1) * decay(rb),
            -sigma[2] * n * grow(rb), sigma[2] * (n + 1) * decay(rb);
        system.row(4) << 0, 0, 0, n * grow(rc), -(n + 1) * decay(rc);
        const Eigen::Matrix<double, 5, 1> x = system.fullPivLu().solve(right);
        terms_.push_back({{x[0], x[1], x[3]}, {source, x[2], x[4]}});
    }

    double r0_;
    std::vector<Coefficients> terms_;
};

struct Variant {
    double factor_on_skull = 1;
    double sign = 1;
};

struct Result {
    double size;
    double error;
};

Result run(double edge, int order, const Variant& variant) {
    meshing::NestedSpheresOptions options;
    options.radii = {radii[0], radii[1], radii[2]};
    options.edge_length = edge;
    const HeadModel head =
        make_head_model(meshing::nested_spheres(options),
                        {{1, sigma[0]}, {2, variant.factor_on_skull * sigma[1]}, {3, sigma[2]}});
    // J fills the tetrahedron nearest to the wanted place; its moment is J·V at its barycentre, directed
    // outwards.
    const Points centres = barycentres(head.mesh);
    Eigen::Index source = 0;
    (centres.colwise() - Vector3(0.012, -0.02, 0.03)).colwise().norm().minCoeff(&source);
    const Vector3 place = centres.col(source);
    const Eigen::Index n_values = order == 1 ? 1 : 4;
    solver::ElementField current(order - 1, VectorField::Zero(3, n_values * head.mesh.n_tetrahedra()));
    current.values.middleCols(n_values * source, n_values).colwise() =
        variant.sign * moment * place.normalized() / tetrahedron_volumes(head.mesh)[source];
    const solver::PotentialSolver solver(head.mesh, head.conductivity,
                                         {.order = order, .choice = solver::SolverChoice::multigrid});
    const solver::Potential potential =
        solver.solve(solver::load_of_impressed_current(solver.space(), current), {.tolerance = 1e-9});
    EXPECT_TRUE(potential.report.converged);
    const solver::ElementField field = solver::electric_field(solver.space(), potential.values, std::nullopt);

    const RadialDipoleSeries series(place.norm());
    const Eigen::Matrix3d to_axis =
        Eigen::Quaterniond::FromTwoVectors(place, Vector3::UnitZ()).toRotationMatrix();
    const solver::FieldFunction exact = [&](const Points& points) {
        VectorField values(3, points.cols());
        for (Eigen::Index i = 0; i < points.cols(); ++i) {
            values.col(i) = to_axis.transpose() * series.field(to_axis * points.col(i));
        }
        return values;
    };
    const auto region = [](const Vector3& p) { return p.norm() > radii[1]; };
    return {test::mesh_size(head.mesh), test::relative_l2_error(head.mesh, field, exact, region)};
}

/// What the errors must be, by order of the elements.
struct Expectation {
    int order;
    double least_order;
    double finest_error;
};

class CurrentDipole : public testing::TestWithParam<Expectation> {};

INSTANTIATE_TEST_SUITE_P(Orders, CurrentDipole,
                         testing::Values(Expectation{1, 0.9, 0.12}, Expectation{2, 1.4, 0.008}),
                         [](const auto& instance) { return "P" + std::to_string(instance.param.order); });

TEST_P(CurrentDipole, InAThreeLayerSphereConverges) {
    std::vector<double> sizes;
    std::vector<double> errors;
    for (const double edge : {0.011, 0.0078, 0.0055}) {
        const Result result = run(edge, GetParam().order, {});
        sizes.push_back(result.size);
        errors.push_back(result.error);
    }
    const double order = test::observed_order(sizes, errors);
    RecordProperty("order", std::to_string(order));
    RecordProperty("finest_error", std::to_string(errors.back()));
    EXPECT_GE(order, GetParam().least_order);
    EXPECT_LT(errors.back(), GetParam().finest_error);
    EXPECT_GE(sizes.front() / sizes.back(), 1.8);
}

TEST_P(CurrentDipole, WrongVariantsMiss) {
    constexpr double edge = 0.0078;
    const double right = run(edge, GetParam().order, {}).error;
    EXPECT_GT(run(edge, GetParam().order, {.factor_on_skull = 2}).error, 2 * right)
        << "σ of the skull doubled";
    EXPECT_GT(run(edge, GetParam().order, {.sign = -1}).error, 1.9) << "sign of the dipole flipped";
}

} // namespace
} // namespace corticoil
