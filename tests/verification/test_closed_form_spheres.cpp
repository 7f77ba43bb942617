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

#include <string>
#include <vector>

namespace corticoil {
namespace {

constexpr double didt = 1e6;
constexpr double brain_radius = 0.068;

const std::vector<double>& edges() {
    static const std::vector<double> lengths{0.012, 0.0085, 0.006};
    return lengths;
}

/// Five layers with the conductivities of a head, thick enough that edges of 12 mm still resolve them.

HeadModel layered_sphere(double edge) {
    meshing::NestedSpheresOptions options;
    options.radii = {0.056, brain_radius, 0.076, 0.084, 0.092};
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
};

DipoleRun run_dipoles(const HeadModel& head, double sign) {
    const coils::Coil coil = near_dipoles();
    const planning::Simulation simulation =
        planning::Simulator(head).simulate(coil, RigidTransform(), {.didt = sign * didt, .tolerance = 1e-8});
    EXPECT_TRUE(simulation.report.converged);
    const solver::FieldFunction exact = [&](const Points& points) {
        return coils::electric_field_in_sphere(coil.dipoles, didt, Vector3::Zero(), points);
    };
    // No radial E in the closed form: what there is measures the error directly.
    const Points centres = barycentres(head.mesh);
    const Eigen::VectorXd volumes = tetrahedron_volumes(head.mesh);
    double radial = 0;
    double total = 0;
    for (int t = 0; t < head.mesh.n_tetrahedra(); ++t) {
        if (!in_brain(centres.col(t))) continue;
        const double component = simulation.field.mean(t).dot(centres.col(t).normalized());
        radial += volumes[t] * component * component;
        total += volumes[t] * simulation.field.mean(t).squaredNorm();
    }
    return {test::mesh_size(extract(head.mesh, [&](int t) { return in_brain(centres.col(t)); })),
            test::relative_l2_error(head.mesh, simulation.field, exact, in_brain), std::sqrt(radial / total)};
}

TEST(ClosedFormSphere, DipolesOutsideALayeredSphereConverge) {
    std::vector<double> sizes;
    std::vector<double> errors;
    std::vector<double> radial;
    for (const double edge : edges()) {
        const DipoleRun result = run_dipoles(layered_sphere(edge), 1);
        sizes.push_back(result.size);
        errors.push_back(result.error);
        radial.push_back(result.radial_share);
    }
    const double order = test::observed_order(sizes, errors);
    RecordProperty("order", std::to_string(order));
    RecordProperty("finest_error", std::to_string(errors.back()));
    RecordProperty("finest_radial_share", std::to_string(radial.back()));
    EXPECT_GE(order, 0.9);
    // E varies by about a sixth over a 6 mm edge there: the error of elements that hold it constant, not of
    // the source.
    EXPECT_LT(errors.back(), 0.18);
    EXPECT_LT(radial.back(), 0.09);
    EXPECT_GE(sizes.front() / sizes.back(), 1.8);
}

TEST(ClosedFormSphere, WrongSignMissesAndConductivityIsNotSeen) {
    HeadModel head = layered_sphere(edges().front());
    const double right = run_dipoles(head, 1).error;
    EXPECT_GT(run_dipoles(head, -1).error, 1.9) << "sign flipped";
    // What this row cannot see: the skull's σ doubled changes the error by little.
    for (int t = 0; t < head.mesh.n_tetrahedra(); ++t) {
        if (head.mesh.labels[static_cast<std::size_t>(t)] == 4) head.conductivity[t] *= 2;
    }
    EXPECT_NEAR(run_dipoles(head, 1).error, right, 0.3 * right);
}

struct UniformRun {
    double size;
    double error;
};

UniformRun run_uniform(double edge, double factor_on_one_component) {
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
    const solver::PotentialSolver solver(head.mesh, head.conductivity);
    const solver::ElementField means =
        solver::projected(solver.space(), rate, solver::Quadrature::barycentre);
    const solver::Potential potential =
        solver.solve(solver::load_of_rate_of_vector_potential(solver.space(), head.conductivity, means),
                     {.tolerance = 1e-9});
    EXPECT_TRUE(potential.report.converged);
    const solver::ElementField field = solver::electric_field(solver.space(), potential.values, means);
    return {test::mesh_size(head.mesh),
            test::relative_l2_error(head.mesh, field, exact, [](const Vector3&) { return true; })};
}

TEST(ClosedFormSphere, UniformRateOfFieldConverges) {
    std::vector<double> sizes;
    std::vector<double> errors;
    for (const double edge : {0.014, 0.0095, 0.0065}) {
        const UniformRun result = run_uniform(edge, 1);
        sizes.push_back(result.size);
        errors.push_back(result.error);
    }
    const double order = test::observed_order(sizes, errors);
    RecordProperty("order", std::to_string(order));
    RecordProperty("finest_error", std::to_string(errors.back()));
    EXPECT_GE(order, 0.9);
    EXPECT_LT(errors.back(), 0.07);
    EXPECT_GE(sizes.front() / sizes.back(), 1.8);
    EXPECT_GT(run_uniform(0.0095, 2).error, 0.25) << "wrong variant: one component of ∂A/∂t doubled";
}

} // namespace
} // namespace corticoil
