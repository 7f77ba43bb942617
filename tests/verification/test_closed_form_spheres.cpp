// Closed forms on spheres. Both answers do not depend on σ(r): blind to a wrong σ, which the manufactured,
// inclusion and current-dipole rows see.
#include "coils/coil.h"
#include "coils/primary_field.h"
#include "coils/sphere_field.h"
#include "core/head_model.h"
#include "meshing/nested_spheres.h"
#include "planning/simulate.h"
#include "solver/electric_field.h"
#include "solver/sources.h"
#include "support/convergence.h"
#include "verification/field_error.h"

#include <Eigen/Geometry>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

namespace corticoil {
namespace {

constexpr double didt = 1e6;
constexpr double white_matter_radius = 0.056;
constexpr double brain_radius = 0.068;

const std::vector<double>& edges() {
    static const std::vector<double> lengths{0.012, 0.0085, 0.006};
    return lengths;
}

/// Five layers with the conductivities of a head, thick enough that edges of 12 mm still resolve them.
HeadModel layered_sphere(double edge) {
    meshing::NestedSpheresOptions options;
    options.radii = {white_matter_radius, brain_radius, 0.076, 0.084, 0.092};
    options.edge_length = edge;
    return make_head_model(meshing::nested_spheres(options), default_conductivities());
}

/// A tangential and a radial dipole 12 mm above the scalp at a generic place.
coils::Coil near_dipoles() {
    coils::Coil coil;
    coil.name = "two dipoles";
    const Vector3 direction = Vector3(0.3, -0.2, 0.93).normalized();
    coil.dipoles.positions = (0.104 * direction).replicate(1, 2);
    coil.dipoles.moments.resize(3, 2);
    coil.dipoles.moments.col(0) = 0.03 * direction.unitOrthogonal();
    coil.dipoles.moments.col(1) = -0.02 * direction;
    return coil;
}

bool in_brain(const Vector3& p) {
    return p.norm() < brain_radius;
}

struct DipoleRun {
    double size;
    double error;
    double radial_share;
    double error_off_interfaces; ///< More than one edge from the brain's two interfaces.
};

DipoleRun run_dipoles(const HeadModel& head, int order, double sign, double edge) {
    const coils::Coil coil = near_dipoles();
    const planning::Simulation simulation =
        planning::Simulator(head, {.order = order, .solver = solver::SolverChoice::multigrid})
            .simulate(coil, RigidTransform(), {.didt = sign * didt, .tolerance = 1e-8});
    EXPECT_TRUE(simulation.report.converged);
    const test::FieldComparison comparison(head.mesh, in_brain, [&](const Points& points) {
        return coils::electric_field_in_sphere(coil.dipoles, didt, Vector3::Zero(), points);
    });
    const test::FieldError error = comparison.error_of(simulation.field);
    const test::FieldError off_interfaces = comparison.error_of(simulation.field, [&](const Vector3& p) {
        return std::abs(p.norm() - white_matter_radius) > edge && p.norm() < brain_radius - edge;
    });
    const Points centres = barycentres(head.mesh);
    return {test::mesh_size(extract(head.mesh, [&](int t) { return in_brain(centres.col(t)); })),
            error.relative, error.radial_share, off_interfaces.relative};
}

/// What the errors must be, by order of the elements.
struct Expectation {
    int order;
    double least_order;
    double least_order_off_interfaces;
    double finest_error;
    double finest_radial_share;
};

class ClosedFormSphere : public testing::TestWithParam<Expectation> {};

// P1: E varies by about a sixth over a 6 mm edge there: the error of elements that hold it constant, not of
// the source. P2: the facets of the interfaces, where σ jumps, limit it.
INSTANTIATE_TEST_SUITE_P(Orders, ClosedFormSphere,
                         testing::Values(Expectation{1, 0.9, 0.9, 0.18, 0.09},
                                         Expectation{2, 1.4, 1.9, 0.008, 0.004}),
                         [](const auto& instance) { return "P" + std::to_string(instance.param.order); });

TEST_P(ClosedFormSphere, DipolesOutsideALayeredSphereConverge) {
    std::vector<double> sizes;
    std::vector<double> errors;
    std::vector<double> off_interfaces;
    double radial = 0;
    for (const double edge : edges()) {
        const DipoleRun result = run_dipoles(layered_sphere(edge), GetParam().order, 1, edge);
        sizes.push_back(result.size);
        errors.push_back(result.error);
        off_interfaces.push_back(result.error_off_interfaces);
        radial = result.radial_share;
    }
    const double order = test::observed_order(sizes, errors);
    const double order_off_interfaces = test::observed_order(sizes, off_interfaces);
    RecordProperty("order", std::to_string(order));
    RecordProperty("order_off_interfaces", std::to_string(order_off_interfaces));
    RecordProperty("finest_error", std::to_string(errors.back()));
    RecordProperty("finest_error_off_interfaces", std::to_string(off_interfaces.back()));
    RecordProperty("finest_radial_share", std::to_string(radial));
    EXPECT_GE(order, GetParam().least_order);
    EXPECT_GE(order_off_interfaces, GetParam().least_order_off_interfaces);
    EXPECT_LT(errors.back(), GetParam().finest_error);
    EXPECT_LT(radial, GetParam().finest_radial_share);
    EXPECT_GE(sizes.front() / sizes.back(), 1.8);
}

TEST_P(ClosedFormSphere, WrongSignMissesAndConductivityIsNotSeen) {
    const double edge = edges().front();
    HeadModel head = layered_sphere(edge);
    const double right = run_dipoles(head, GetParam().order, 1, edge).error;
    EXPECT_GT(run_dipoles(head, GetParam().order, -1, edge).error, 1.9) << "sign flipped";
    // What this row cannot see: the skull's σ doubled changes the error by little.
    for (int t = 0; t < head.mesh.n_tetrahedra(); ++t) {
        if (head.mesh.labels[static_cast<std::size_t>(t)] == 4) head.conductivity[t] *= 2;
    }
    EXPECT_NEAR(run_dipoles(head, GetParam().order, 1, edge).error, right, 0.3 * right);
}

const std::vector<double>& uniform_edges() {
    static const std::vector<double> lengths{0.012, 0.0085, 0.006};
    return lengths;
}

struct UniformRun {
    double size;
    double error;
    double error_off_surface; ///< More than two of the coarsest edges from the surface.
};

UniformRun run_uniform(double edge, int order, double factor_on_one_component) {
    meshing::NestedSpheresOptions options;
    options.radii = {0.08};
    options.edge_length = edge;
    const HeadModel head = make_head_model(meshing::nested_spheres(options), default_conductivities());
    const Vector3 b_rate(1e4, -2e4, 3e4); // dB/dt [T/s]
    // A gauge without symmetry, so that the potential has work to do: ∂A/∂t = (Ḃ_y z, Ḃ_z x, Ḃ_x y), curl =
    // Ḃ.
    const solver::FieldFunction rate = [&](const Points& points) {
        VectorField values(3, points.cols());
        values.row(0) = b_rate[1] * points.row(2);
        values.row(1) = b_rate[2] * points.row(0);
        values.row(2) = factor_on_one_component * b_rate[0] * points.row(1);
        return values;
    };
    const solver::FieldFunction exact = [&](const Points& points) {
        VectorField values(3, points.cols());
        for (Eigen::Index i = 0; i < points.cols(); ++i)
            values.col(i) = -0.5 * b_rate.cross(Vector3(points.col(i)));
        return values;
    };
    const solver::PotentialSolver solver(head.mesh, head.conductivity,
                                         {.order = order, .choice = solver::SolverChoice::multigrid});
    const solver::ElementField seen = solver::projected(solver.space(), rate, solver::Quadrature::degree_2);
    const solver::Potential potential =
        solver.solve(solver::load_of_rate_of_vector_potential(solver.space(), head.conductivity, seen),
                     {.tolerance = 1e-9});
    EXPECT_TRUE(potential.report.converged);
    const solver::ElementField field = solver::electric_field(solver.space(), potential.values, seen);
    const test::FieldComparison comparison(
        head.mesh, [](const Vector3&) { return true; }, exact);
    const auto off_surface = [&](const Vector3& p) {
        return p.norm() < options.radii[0] - 2 * uniform_edges().front();
    };
    return {test::mesh_size(head.mesh), comparison.error_of(field).relative,
            comparison.error_of(field, off_surface).relative};
}

class UniformRate : public testing::TestWithParam<Expectation> {};

// P2 holds the exact potential, which is quadratic: all that is wrong are the surface's facets, whose tilt
// falls with h in a layer as thick as h: order 1.5.
INSTANTIATE_TEST_SUITE_P(Orders, UniformRate,
                         testing::Values(Expectation{1, 0.9, 0.9, 0.06, 0},
                                         Expectation{2, 1.4, 1.9, 0.002, 0}),
                         [](const auto& instance) { return "P" + std::to_string(instance.param.order); });

TEST_P(UniformRate, OfFieldConverges) {
    std::vector<double> sizes;
    std::vector<double> errors;
    std::vector<double> off_surface;
    for (const double edge : uniform_edges()) {
        const UniformRun result = run_uniform(edge, GetParam().order, 1);
        sizes.push_back(result.size);
        errors.push_back(result.error);
        off_surface.push_back(result.error_off_surface);
    }
    const double order = test::observed_order(sizes, errors);
    const double order_off_surface = test::observed_order(sizes, off_surface);
    RecordProperty("order", std::to_string(order));
    RecordProperty("order_off_surface", std::to_string(order_off_surface));
    RecordProperty("finest_error", std::to_string(errors.back()));
    RecordProperty("finest_error_off_surface", std::to_string(off_surface.back()));
    EXPECT_GE(order, GetParam().least_order);
    EXPECT_GE(order_off_surface, GetParam().least_order_off_interfaces);
    EXPECT_LT(errors.back(), GetParam().finest_error);
    EXPECT_GE(sizes.front() / sizes.back(), 1.8);
    EXPECT_GT(run_uniform(0.0095, GetParam().order, 2).error, 0.25)
        << "wrong variant: one component of ∂A/∂t doubled";
}

} // namespace
} // namespace corticoil
