// Recovered E, its error estimate and the interval of ROI means, against closed forms. Blind to σ: see
// test_recovery_at_jumps.cpp.
#include "coils/coil_library.h"
#include "coils/primary_field.h"
#include "coils/sphere_field.h"
#include "core/head_model.h"
#include "meshing/nested_spheres.h"
#include "planning/metrics.h"
#include "planning/simulate.h"
#include "support/convergence.h"
#include "verification/field_error.h"
#include "verification/recovery_checks.h"

#include <Eigen/Geometry>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

namespace corticoil {
namespace {

constexpr double didt = 1e6;
constexpr double tolerance = 1e-8; // of the linear solves
constexpr double brain_radius = 0.068;
constexpr double scalp_radius = 0.092;

void record(const std::string& what, double value) {
    testing::Test::RecordProperty(what, std::to_string(value));
}

/// Five layers with the conductivities of a head, thick enough that edges of 12 mm still resolve them.
HeadModel layered_sphere(double edge) {
    meshing::NestedSpheresOptions options;
    options.radii = {0.056, brain_radius, 0.076, 0.084, scalp_radius};
    options.edge_length = edge;
    return make_head_model(meshing::nested_spheres(options), default_conductivities());
}

/// The figure-of-eight as the dipoles of its turns: exact for the closed form and for the simulation.
const coils::Coil& coil() {
    static const coils::Coil of_dipoles = [] {
        constexpr int n_rings = 3;
        coils::Coil made;
        made.name = "dipoles of a figure-of-eight";
        made.dipoles = coils::equivalent_dipoles(coils::load_coil("figure8_70mm"), n_rings);
        return made;
    }();
    return of_dipoles;
}

/// The coil 4 mm above the scalp in a direction from the centre, its handle turned by `angle` [rad].
RigidTransform pose_over(const Vector3& direction, double angle) {
    Eigen::Matrix3d axes;
    const Vector3 z = -direction.normalized();
    const Vector3 x = Eigen::AngleAxisd(angle, z) * z.unitOrthogonal();
    axes << x, z.cross(x), z;
    return {axes, -(scalp_radius + 0.004) * z};
}

const Vector3 over_the_top(0.2, -0.1, 0.97);
const RigidTransform& pose() {
    static const RigidTransform placed = pose_over(over_the_top, 0.6);
    return placed;
}

VectorField exact_field(const RigidTransform& head_from_coil, const Points& points) {
    const coils::MagneticDipoles placed{head_from_coil.apply_to_points(coil().dipoles.positions),
                                        head_from_coil.apply_to_vectors(coil().dipoles.moments)};
    return coils::electric_field_in_sphere(placed, didt, Vector3::Zero(), points);
}

bool near_the_coil(const Vector3& p) {
    return (p - scalp_radius * over_the_top.normalized()).norm() < 0.05;
}
bool in_brain(const Vector3& p) {
    return p.norm() < brain_radius && near_the_coil(p);
}

planning::Simulation simulate(const HeadModel& head, int order) {
    const planning::Simulation simulation =
        planning::Simulator(head, {.order = order, .solver = solver::SolverChoice::multigrid})
            .simulate(coil(), pose(), {.didt = didt, .tolerance = tolerance});
    EXPECT_TRUE(simulation.report.converged);
    return simulation;
}

TEST(RecoveryOnASphere, FirstOrderGainsAndConvergesFaster) {
    std::vector<double> sizes;
    std::vector<double> raw;
    std::vector<double> recovered;
    double averaged = 0;
    for (const double edge : {0.012, 0.0085, 0.006}) {
        const HeadModel head = layered_sphere(edge);
        const planning::Simulation simulation = simulate(head, 1);
        const test::FieldComparison comparison(
            head.mesh, in_brain, [](const Points& points) { return exact_field(pose(), points); });
        const test::FieldError error = comparison.error_of(simulation.field);
        sizes.push_back(test::mesh_size(head.mesh));
        raw.push_back(error.relative);
        recovered.push_back(comparison.error_of(simulation.recovered->field).relative);
        averaged = comparison.error_of(test::averaged_at_nodes(head.mesh, simulation.field)).relative;
        const double effectivity =
            test::estimate_over(head.mesh, simulation.recovered->error, in_brain) / error.absolute;
        record("effectivity_" + std::to_string(edge), effectivity);
        EXPECT_NEAR(effectivity, 1, 0.1);
    }
    const double order = test::observed_order(sizes, recovered);
    record("order_recovered", order);
    record("order_raw", test::observed_order(sizes, raw));
    record("finest_raw", raw.back());
    record("finest_recovered", recovered.back());
    record("finest_averaged_at_nodes", averaged);
    EXPECT_GE(order, 1.5);
    EXPECT_LT(recovered.back(), 0.3 * raw.back());
    EXPECT_LT(recovered.back(), 0.6 * averaged);
}

TEST(RecoveryOnASphere, EstimateOfSecondOrderIsOfTheErrorsSize) {
    const HeadModel head = layered_sphere(0.0085);
    const planning::Simulation simulation = simulate(head, 2);
    const test::FieldComparison comparison(head.mesh, in_brain,
                                           [](const Points& points) { return exact_field(pose(), points); });
    const test::FieldError error = comparison.error_of(simulation.field);
    const double effectivity =
        test::estimate_over(head.mesh, simulation.recovered->error, in_brain) / error.absolute;
    const double recovered = comparison.error_of(simulation.recovered->field).relative;
    record("effectivity", effectivity);
    record("raw", error.relative);
    record("recovered", recovered);
    EXPECT_GT(effectivity, 0.7);
    EXPECT_LT(effectivity, 1.3);
    EXPECT_LT(recovered, 1.2 * error.relative) << "facets";
}

TEST(RecoveryOnASphere, FieldRespectsTissueInterfaces) {
    const HeadModel head = layered_sphere(0.0085);
    const planning::Simulation simulation = simulate(head, 1);
    const test::InterfaceJumps raw = test::interface_jumps(head, near_the_coil, simulation.field);
    const test::InterfaceJumps recovered =
        test::interface_jumps(head, near_the_coil, simulation.recovered->field);
    const test::InterfaceJumps averaged =
        test::interface_jumps(head, near_the_coil, test::averaged_at_nodes(head.mesh, simulation.field));
    record("tangential_field", recovered.tangential_field / raw.tangential_field);
    record("normal_current", recovered.normal_current / raw.normal_current);
    record("normal_current_averaged_at_nodes", averaged.normal_current / raw.normal_current);
    EXPECT_LT(recovered.tangential_field, 1e-9 * raw.tangential_field);
    EXPECT_LT(recovered.normal_current, 0.5 * raw.normal_current);
}

test::RoiErrors roi_errors(const HeadModel& head, int order) {
    constexpr int n_poses = 12;
    constexpr double golden_angle = 2.399963; // Poses and ROIs spread over the sphere on a spiral.
    const planning::SimulateOptions options{.didt = didt, .tolerance = tolerance};
    const planning::Simulator simulator(head, {.order = order, .solver = solver::SolverChoice::multigrid});
    test::RoiErrors errors;
    for (int i = 0; i < n_poses; ++i) {
        const double z = 1 - (2 * i + 1.0) / n_poses;
        const double rho = std::sqrt(1 - z * z);
        const Vector3 direction(rho * std::cos(golden_angle * i), rho * std::sin(golden_angle * i), z);
        const RigidTransform placed = pose_over(direction, 0.7 * i);
        // In grey matter near the coil, but not always under its centre.
        const Vector3 aside = Eigen::AngleAxisd(0.05 * (i % 5), direction.unitOrthogonal()) * direction;
        const planning::RoiSamples samples = planning::roi_samples(
            head.mesh, planning::ball_roi("ball", 0.062 * aside, 0.01 + 0.001 * (i % 4)));
        const planning::Simulation simulation = simulator.simulate(coil(), placed, options);
        EXPECT_TRUE(simulation.report.converged);
        const solver::FunctionalError error = simulator.error_of(
            planning::mean_magnitude_functional(samples, simulation.best()), simulation, options);
        const double exact =
            exact_field(placed, samples.points).colwise().norm().dot(samples.volumes) / samples.volumes.sum();
        // As Simulator::estimate_mean() does; raw is the mean over the elements' own E.
        const double own_mean = planning::mean_magnitude(samples, simulation.field);
        errors.add(exact, order == 1 ? error.uncorrected : own_mean, error);
        errors.raw.back() = std::abs(own_mean - exact) / exact;
    }
    return errors;
}

// First order alone: of second order's error on a sphere almost all is that of the facets, which no estimate
// on the same facets can see; see RecoveryInABox.
TEST(RecoveryOnASphere, IntervalOfRoiMeansCoversTheTruth) {
    const test::RoiErrors errors = roi_errors(layered_sphere(0.0085), 1);
    test::record_roi_errors(errors);
    EXPECT_GE(errors.covered(), 0.9);
    EXPECT_LE(test::median(errors.half_width), 4 * test::median(errors.corrected));
    EXPECT_LT(test::median(errors.corrected), 0.4 * test::median(errors.raw));
    // What is left is mostly ∂A/∂t interpolated over 8.5 mm, so a flipped sign costs a fifth only.
    EXPECT_GT(test::median(errors.other_way), 1.1 * test::median(errors.corrected))
        << "sign of the correction flipped";
}

} // namespace
} // namespace corticoil
