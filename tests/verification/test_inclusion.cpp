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
constexpr double coarsest_edge = 0.0066; // [m]
const Vector3 e0(0.5, -0.3, 1.0);        // [V/m]

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
    double error_off_interfaces; ///< More than the coarsest edge from the lesion's surface and the outer
                                 ///< boundary.
};

struct Variant {
    double factor_on_lesion = 1;
    double sign = 1;
};

Result run(double edge, int order, const Variant& variant) {
    meshing::NestedSpheresOptions options;
    options.radii = {inner_radius, outer_radius};
    options.labels = {lesion, 2};
    options.edge_length = edge;
    HeadModel head = make_head_model(meshing::nested_spheres(options),
                                     {{lesion, variant.factor_on_lesion * sigma_lesion}, {2, sigma_medium}});
    const solver::FieldFunction current = [&](const Points& points) -> VectorField {
        return variant.sign * sigma_medium * exact_field(points);
    };
    const solver::PotentialSolver solver(head.mesh, head.conductivity,
                                         {.order = order, .choice = solver::SolverChoice::multigrid});
    const solver::Potential potential =
        solver.solve(solver::load_of_boundary_current(solver.space(), current), {.tolerance = 1e-9});
    EXPECT_TRUE(potential.report.converged);
    const solver::ElementField field = solver::electric_field(solver.space(), potential.values, std::nullopt);
    const test::FieldComparison comparison(
        head.mesh, [](const Vector3&) { return true; }, exact_field);
    const auto inside = [](const Vector3& p) { return p.norm() < inner_radius; };
    const auto off_interfaces = [&](const Vector3& p) {
        return std::abs(p.norm() - inner_radius) > coarsest_edge && p.norm() < outer_radius - coarsest_edge;
    };
    return {test::mesh_size(head.mesh), comparison.error_of(field).relative,
            comparison.error_of(field, inside).relative, comparison.error_of(field, off_interfaces).relative};
}

/// What the errors must be, by order of the elements.
struct Expectation {
    int order;
    double least_order;
    double least_order_off_interfaces;
    double finest_error;
    double finest_error_inside;
};

class Inclusion : public testing::TestWithParam<Expectation> {};

// The lesion's facets limit P2: they are all that is wrong inside, where E is uniform.
INSTANTIATE_TEST_SUITE_P(Orders, Inclusion,
                         testing::Values(Expectation{1, 0.9, 0.9, 0.06, 0.04},
                                         Expectation{2, 1.4, 1.9, 0.012, 0.025}),
                         [](const auto& instance) { return "P" + std::to_string(instance.param.order); });

TEST_P(Inclusion, FieldInsideAndAroundALesionConverges) {
    std::vector<double> sizes;
    std::vector<double> errors;
    std::vector<double> off_interfaces;
    double inside = 0;
    for (const double edge : {coarsest_edge, 0.0047, 0.0033}) {
        const Result result = run(edge, GetParam().order, {});
        sizes.push_back(result.size);
        errors.push_back(result.error);
        off_interfaces.push_back(result.error_off_interfaces);
        inside = result.lesion_error;
    }
    const double order = test::observed_order(sizes, errors);
    const double order_off_interfaces = test::observed_order(sizes, off_interfaces);
    RecordProperty("order", std::to_string(order));
    RecordProperty("order_off_interfaces", std::to_string(order_off_interfaces));
    RecordProperty("finest_error", std::to_string(errors.back()));
    RecordProperty("finest_error_inside", std::to_string(inside));
    RecordProperty("finest_error_off_interfaces", std::to_string(off_interfaces.back()));
    EXPECT_GE(order, GetParam().least_order);
    EXPECT_GE(order_off_interfaces, GetParam().least_order_off_interfaces);
    EXPECT_LT(errors.back(), GetParam().finest_error);
    EXPECT_LT(inside, GetParam().finest_error_inside);
    EXPECT_GE(sizes.front() / sizes.back(), 1.8);
}

TEST_P(Inclusion, WrongVariantsMiss) {
    constexpr double edge = 0.0055;
    const Result right = run(edge, GetParam().order, {});
    EXPECT_GT(run(edge, GetParam().order, {.factor_on_lesion = 2}).lesion_error, 2 * right.lesion_error)
        << "σ of the lesion doubled";
    EXPECT_GT(run(edge, GetParam().order, {.sign = -1}).error, 1.5)
        << "sign of the impressed current flipped";
}

} // namespace
} // namespace corticoil
