// A sphere of σ_l in a medium σ_m under a uniform field E0, by the current that the unbounded solution sends
// through the outer boundary. Inside: E = 3σ_m/(2σ_m+σ_l) E0. Sees σ: it is the check for lesions. Blind to
// ∂A/∂t.
#include "core/head_model.h"
#include "meshing/nested_spheres.h"
#include "solver/electric_field.h"
#include "solver/potential_solver.h"
#include "solver/sources.h"
#include "support/convergence.h"
#include "verification/field_error.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

namespace corticoil {
namespace {

constexpr double inner_radius = 0.015;
constexpr double outer_radius = 0.045;
constexpr double sigma_medium = 0.126;
constexpr double sigma_lesion = 1.654;
constexpr int lesion = 1;
const Vector3 e0(0.5, -0.3, 1.0); // [V/m]

/// With k = (σ_l − σ_m)/(σ_l + 2σ_m): outside E = E0 + k (a/r)³ (3 (E0·r̂) r̂ − E0), inside E = (1 − k) E0.
VectorField exact_field(const Points& points) {
    const double k = (sigma_lesion - sigma_medium) / (sigma_lesion + 2 * sigma_medium);
    VectorField values(3, points.cols());
    for (Eigen::Index i = 0; i < points.cols(); ++i) {
        const double r = points.col(i).norm();
        if (r < inner_radius) {
            values.col(i) = (1 - k) * e0;
            continue;
        }
        const Vector3 direction = points.col(i) / r;
        values.col(i) = e0 + k * std::pow(inner_radius / r, 3) * (3 * e0.dot(direction) * direction - e0);
    }
    return values;
}

struct Result {
    double size;
    double error;
    double lesion_error;
};

Result run(double edge, double factor_on_lesion, double sign) {
    meshing::NestedSpheresOptions options;
    options.radii = {inner_radius, outer_radius};
    options.labels = {lesion, 2};
    options.edge_length = edge;
    HeadModel head = make_head_model(meshing::nested_spheres(options),
                                     {{lesion, factor_on_lesion * sigma_lesion}, {2, sigma_medium}});
    const solver::FieldFunction current = [&](const Points& points) -> VectorField {
        return sign * sigma_medium * exact_field(points);
    };
    const solver::PotentialSolver solver(head.mesh, head.conductivity);
    const solver::Potential potential =
        solver.solve(solver::load_of_boundary_current(solver.space(), current), {.tolerance = 1e-9});
    EXPECT_TRUE(potential.report.converged);
    const solver::ElementField field = solver::electric_field(solver.space(), potential.values, std::nullopt);
    const auto everywhere = [](const Vector3&) { return true; };
    const auto inside = [](const Vector3& p) { return p.norm() < inner_radius; };
    return {test::mesh_size(head.mesh), test::relative_l2_error(head.mesh, field, exact_field, everywhere),
            test::relative_l2_error(head.mesh, field, exact_field, inside)};
}

TEST(Inclusion, FieldInsideAndAroundALesionConverges) {
    std::vector<double> sizes;
    std::vector<double> errors;
    std::vector<double> inside;
    for (const double edge : {0.008, 0.0055, 0.0038}) {
        const Result result = run(edge, 1, 1);
        sizes.push_back(result.size);
        errors.push_back(result.error);
        inside.push_back(result.lesion_error);
    }
    const double order = test::observed_order(sizes, errors);
    RecordProperty("order", std::to_string(order));
    RecordProperty("finest_error", std::to_string(errors.back()));
    RecordProperty("finest_error_inside", std::to_string(inside.back()));
    EXPECT_GE(order, 0.9);
    EXPECT_LT(errors.back(), 0.12);
    EXPECT_LT(inside.back(), 0.12);
    EXPECT_GE(sizes.front() / sizes.back(), 1.8);
}

TEST(Inclusion, WrongVariantsMiss) {
    const Result right = run(0.0055, 1, 1);
    EXPECT_GT(run(0.0055, 2, 1).lesion_error, 2 * right.lesion_error) << "σ of the lesion doubled";
    EXPECT_GT(run(0.0055, 1, -1).error, 1.5) << "sign of the impressed current flipped";
}

} // namespace
} // namespace corticoil
