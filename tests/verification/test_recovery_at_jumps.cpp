// Recovery where current crosses jumps of σ, against fields that σ decides: a spherical inclusion, and two
// layers of a box whose faces are exact.
#include "core/constants.h"
#include "core/head_model.h"
#include "meshing/nested_spheres.h"
#include "solver/adjoint.h"
#include "solver/electric_field.h"
#include "solver/potential_solver.h"
#include "solver/sources.h"
#include "support/box_mesh.h"
#include "verification/field_error.h"
#include "verification/recovery_checks.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <random>
#include <string>
#include <vector>

namespace corticoil {
namespace {

constexpr double tolerance = 1e-10; // of the linear solves

void record(const std::string& what, double value) {
    testing::Test::RecordProperty(what, std::to_string(value));
}

// The inclusion, as in test_inclusion.cpp.
constexpr double inner_radius = 0.015;
constexpr double outer_radius = 0.045;
constexpr double edge = 0.0045; // [m]
constexpr double sigma_medium = 0.126;
constexpr double sigma_lesion = 1.654;
const Vector3 e0(0.5, -0.3, 1.0); // [V/m]

/// With k = (σ_l − σ_m)/(σ_l + 2σ_m): outside E = E0 + k (a/r)³ (3 (E0·r̂) r̂ − E0), inside E = (1 − k) E0.
VectorField field_of_inclusion(const Points& points) {
    const double k = (sigma_lesion - sigma_medium) / (sigma_lesion + 2 * sigma_medium);
    VectorField values(3, points.cols());
    for (Eigen::Index i = 0; i < points.cols(); ++i) {
        const double r = points.col(i).norm();
        const Vector3 direction = points.col(i) / r;
        values.col(i) =
            r < inner_radius
                ? Vector3((1 - k) * e0)
                : Vector3(e0 + k * std::pow(inner_radius / r, 3) * (3 * e0.dot(direction) * direction - e0));
    }
    return values;
}

/// Away from the outer boundary, where P2's surplus would need a load of its own.
bool in_and_around(const Vector3& p) {
    return p.norm() < 2 * inner_radius;
}
bool off_the_surface(const Vector3& p) {
    return in_and_around(p) && std::abs(p.norm() - inner_radius) > edge;
}

/// The head with its σ and with both swapped, and the potential of the first.
struct Inclusion {
    explicit Inclusion(int order)
        : head(make(sigma_lesion, sigma_medium)), wrong(make(sigma_medium, sigma_lesion)),
          solver(head.mesh, head.conductivity, {.order = order, .choice = solver::SolverChoice::multigrid}) {
        const solver::FieldFunction current = [](const Points& points) -> VectorField {
            return sigma_medium * field_of_inclusion(points);
        };
        potential =
            solver.solve(solver::load_of_boundary_current(solver.space(), current), {.tolerance = tolerance})
                .values;
        field = solver::electric_field(solver.space(), potential, std::nullopt);
        if (order == 2) return;
        const solver::ElementSpace next(head.mesh, 2);
        boundary_load = solver::load_of_boundary_current(next, current).tail(next.edges().cols());
    }
    [[nodiscard]] static HeadModel make(double inside, double outside) {
        meshing::NestedSpheresOptions options;
        options.radii = {inner_radius, outer_radius};
        options.edge_length = edge;
        return make_head_model(meshing::nested_spheres(options), {{1, inside}, {2, outside}});
    }
    [[nodiscard]] solver::RecoveredField recovered(const Conductivity& conductivity) const {
        return solver::FieldRecovery(solver.space(), conductivity)
            .recover(potential, {.boundary_load = boundary_load.size() > 0 ? &boundary_load : nullptr});
    }

    HeadModel head;
    HeadModel wrong;
    solver::PotentialSolver solver;
    Eigen::VectorXd potential;
    Eigen::VectorXd boundary_load;
    solver::ElementField field;
};

TEST(RecoveryAroundAnInclusion, FirstOrder) {
    const Inclusion inclusion(1);
    const HeadModel& head = inclusion.head;
    const solver::RecoveredField recovered = inclusion.recovered(head.conductivity);
    const test::FieldComparison comparison(head.mesh, in_and_around, field_of_inclusion);
    const test::FieldError raw = comparison.error_of(inclusion.field);
    const double error = comparison.error_of(recovered.field).relative;
    const solver::ElementField averaged = test::averaged_at_nodes(head.mesh, inclusion.field);
    const double of_averaged = comparison.error_of(averaged).relative;
    const double effectivity = test::estimate_over(head.mesh, recovered.error, in_and_around) / raw.absolute;
    const test::InterfaceJumps raw_jumps = test::interface_jumps(head, in_and_around, inclusion.field);
    const test::InterfaceJumps jumps = test::interface_jumps(head, in_and_around, recovered.field);
    const test::InterfaceJumps averaged_jumps = test::interface_jumps(head, in_and_around, averaged);
    record("raw", raw.relative);
    record("recovered", error);
    record("averaged_at_nodes", of_averaged);
    record("effectivity", effectivity);
    record("tangential_field", jumps.tangential_field / raw_jumps.tangential_field);
    record("normal_current", jumps.normal_current / raw_jumps.normal_current);
    record("normal_current_averaged", averaged_jumps.normal_current / raw_jumps.normal_current);
    EXPECT_LT(error, 0.5 * raw.relative);
    EXPECT_LT(error, 0.3 * of_averaged);
    EXPECT_NEAR(effectivity, 1, 0.3);
    EXPECT_LT(jumps.normal_current, 0.5 * raw_jumps.normal_current);

    const solver::RecoveredField wrong = inclusion.recovered(inclusion.wrong.conductivity);
    const double wrong_effectivity =
        test::estimate_over(head.mesh, wrong.error, in_and_around) / raw.absolute;
    const double wrong_error = comparison.error_of(wrong.field).relative;
    record("wrong", wrong_error);
    record("wrong_effectivity", wrong_effectivity);
    EXPECT_GT(wrong_error, 2 * error) << "σ of lesion and medium swapped in the recovery";
}

TEST(RecoveryAroundAnInclusion, SecondOrder) {
    const Inclusion inclusion(2);
    const HeadModel& head = inclusion.head;
    const solver::RecoveredField recovered = inclusion.recovered(head.conductivity);
    const test::FieldComparison comparison(head.mesh, in_and_around, field_of_inclusion);
    for (const auto& [name, region] :
         {std::pair<std::string, test::Region>{"all", in_and_around}, {"off_the_surface", off_the_surface}}) {
        const test::FieldError raw = comparison.error_of(inclusion.field, region);
        record(name + "_raw", raw.relative);
        record(name + "_recovered", comparison.error_of(recovered.field, region).relative);
        const double effectivity = test::estimate_over(head.mesh, recovered.error, region) / raw.absolute;
        record(name + "_effectivity", effectivity);
        EXPECT_GT(effectivity, 0.5); // The facets' error is not in it.
        EXPECT_LT(effectivity, 1.3);
        EXPECT_LT(comparison.error_of(recovered.field, region).relative, 0.95 * raw.relative);
    }
    const solver::RecoveredField wrong = inclusion.recovered(inclusion.wrong.conductivity);
    const double wrong_error = comparison.error_of(wrong.field).relative;
    record("wrong", wrong_error);
    EXPECT_GT(wrong_error, 2 * comparison.error_of(recovered.field).relative)
        << "σ of lesion and medium swapped in the recovery";
}

constexpr double length = 0.1; // of the box [m]
constexpr std::array<double, 2> sigma{0.3, 0.01};

TetMesh two_layers() {
    constexpr int n = 10;
    TetMesh mesh = test::box_mesh(Vector3::Zero(), Vector3::Constant(length), {n, n, n},
                                  [](const Vector3& p) { return p.z() < length / 2 ? 1 : 2; });
    std::mt19937_64 random(5);
    std::uniform_real_distribution<double> step(-0.15 * length / n, 0.15 * length / n);
    for (Eigen::Index i = 0; i < mesh.nodes.cols(); ++i) {
        const Eigen::Array3d p = mesh.nodes.col(i);
        const Vector3 move(step(random), step(random), step(random));
        constexpr double margin = 1e-6;
        const bool is_fixed =
            (p < margin).any() || (p > length - margin).any() || std::abs(p.z() - length / 2) < margin;
        if (!is_fixed) mesh.nodes.col(i) += move;
    }
    return mesh;
}

/// Current through two layers. J_z = c(x, y) q(z) with q = sin²(πz/L), c = a cos(πx/L) + b cos(πy/L); q' = 0
/// at the layers' plane keeps E's tangential part −(L/π)² ∇c q'/σ continuous. φ = −c Q with Q = ∫ q/σ dz
/// makes ∂A/∂t = −∇φ − E continuous as well; its z component is zero.
struct LayeredCurrent {
    double a = 1; ///< [A/m²]
    double b = 1; ///< [A/m²]

    [[nodiscard]] VectorField field(const Points& points) const {
        VectorField values(3, points.cols());
        for (Eigen::Index i = 0; i < points.cols(); ++i) {
            const Vector3 p = points.col(i);
            const double s = sigma_at(p.z());
            values.col(i) << std::pow(length / pi, 2) * slope(p) * dq(p.z()) / s, amplitude(p) * q(p.z()) / s;
        }
        return values;
    }
    [[nodiscard]] VectorField rate(const Points& points) const {
        VectorField values(3, points.cols());
        for (Eigen::Index i = 0; i < points.cols(); ++i) {
            const Vector3 p = points.col(i);
            values.col(i) << slope(p) *
                                 (integral(p.z()) - std::pow(length / pi, 2) * dq(p.z()) / sigma_at(p.z())),
                0;
        }
        return values;
    }

  private:
    static double sigma_at(double z) { return z < length / 2 ? sigma[0] : sigma[1]; }
    static double q(double z) { return std::pow(std::sin(pi * z / length), 2); }
    static double dq(double z) { return pi / length * std::sin(2 * pi * z / length); }
    static double integral(double z) {
        const auto of_q = [](double x) { return x / 2 - length / (4 * pi) * std::sin(2 * pi * x / length); };
        const double half = length / 2;
        return z < half ? of_q(z) / sigma[0] : of_q(half) / sigma[0] + (of_q(z) - of_q(half)) / sigma[1];
    }
    [[nodiscard]] double amplitude(const Vector3& p) const {
        return a * std::cos(pi * p.x() / length) + b * std::cos(pi * p.y() / length);
    }
    /// ∇c in the plane.
    [[nodiscard]] Eigen::Vector2d slope(const Vector3& p) const {
        return -pi / length *
               Eigen::Vector2d(a * std::sin(pi * p.x() / length), b * std::sin(pi * p.y() / length));
    }
};

class RecoveryInABox : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Orders, RecoveryInABox, testing::Values(1, 2),
                         [](const auto& instance) { return "P" + std::to_string(instance.param); });

TEST_P(RecoveryInABox, EstimatesOfFieldAndRoiMeansAreOfTheErrorsSize) {
    const HeadModel head = make_head_model(two_layers(), {{1, sigma[0]}, {2, sigma[1]}});
    const solver::PotentialSolver solver(head.mesh, head.conductivity, {.order = GetParam()});
    const solver::ElementSpace& space = solver.space();
    const solver::FieldRecovery recovery(space, head.conductivity);
    const HeadModel swapped = make_head_model(head.mesh, {{1, sigma[1]}, {2, sigma[0]}});
    const solver::FieldRecovery wrong_recovery(space, swapped.conductivity);
    std::mt19937_64 random(11);
    std::uniform_real_distribution<double> place(0.2 * length, 0.8 * length);
    std::uniform_real_distribution<double> size(0.012, 0.02);
    test::RoiErrors errors;
    const auto anywhere = [](const Vector3&) { return true; };
    for (const LayeredCurrent& current : {LayeredCurrent{1, 0.4}, LayeredCurrent{-0.3, 1}}) {
        const auto rate_at = [&](const Points& points) { return current.rate(points); };
        const solver::ElementField rate = solver::projected(space, rate_at, solver::Quadrature::degree_4);
        const Eigen::VectorXd potential =
            solver
                .solve(solver::load_of_rate_of_vector_potential(space, head.conductivity, rate),
                       {.tolerance = tolerance})
                .values;
        const solver::ElementField field = solver::electric_field(space, potential, rate);
        const VectorField at_unknowns = current.rate(space.positions());
        const solver::RecoveredField recovered =
            recovery.recover(potential, {.rate_at_unknowns = &at_unknowns});
        const test::FieldComparison comparison(head.mesh, anywhere,
                                               [&](const Points& points) { return current.field(points); });
        const test::FieldError raw = comparison.error_of(field);
        const double effectivity = test::estimate_over(head.mesh, recovered.error, anywhere) / raw.absolute;
        const double error = comparison.error_of(recovered.field).relative;
        const solver::RecoveredField wrong =
            wrong_recovery.recover(potential, {.rate_at_unknowns = &at_unknowns});
        record("raw", raw.relative);
        record("recovered", error);
        record("wrong", comparison.error_of(wrong.field).relative);
        record("effectivity", effectivity);
        record("wrong_effectivity", test::estimate_over(head.mesh, wrong.error, anywhere) / raw.absolute);
        EXPECT_NEAR(effectivity, 1, 0.3);
        EXPECT_LT(error, raw.relative);
        EXPECT_GT(comparison.error_of(wrong.field).relative, 2 * error)
            << "σ of both layers swapped in the recovery";
        // The interval is P2's alone here: ∂A/∂t is so curved that its interpolation decides P1's means.
        if (GetParam() == 1) continue;
        std::vector<planning::RoiSamples> rois;
        std::vector<solver::FieldFunctional> functionals;
        for (int i = 0; i < 15; ++i) {
            const Vector3 centre(place(random), place(random), place(random));
            rois.push_back(planning::roi_samples(head.mesh, planning::ball_roi("ball", centre, size(random)),
                                                 centre.z() < length / 2 ? 1 : 2));
            functionals.push_back(planning::mean_magnitude_functional(rois.back(), recovered.field));
        }
        const solver::Potentials adjoint =
            solver::solve_adjoint(solver, functionals, {.tolerance = tolerance});
        for (std::size_t i = 0; i < rois.size(); ++i) {
            const double exact =
                current.field(rois[i].points).colwise().norm().dot(rois[i].volumes) / rois[i].volumes.sum();
            errors.add(exact, planning::mean_magnitude(rois[i], field),
                       recovery.error_of(functionals[i], adjoint.values.col(static_cast<Eigen::Index>(i)),
                                         recovered));
        }
    }
    if (GetParam() == 1) return;
    test::record_roi_errors(errors);
    EXPECT_GE(errors.covered(), 0.9);
    EXPECT_LE(test::median(errors.half_width), 4 * test::median(errors.corrected));
    EXPECT_LT(test::median(errors.corrected), test::median(errors.raw));
    EXPECT_GT(test::median(errors.other_way), 1.3 * test::median(errors.raw))
        << "sign of the correction flipped";
}

} // namespace
} // namespace corticoil
