// A spherical lesion, σ_l in σ_m, under a uniform field E0, driven by the current that the unbounded solution
// sends through the outer boundary: with k = (σ_l − σ_m)/(σ_l + 2σ_m) outside E = E0 + k (a/r)³ (3 (E0·r̂) r̂ −
// E0), inside E = (1 − k) E0. What the lesion table and the scenarios say is compared with it, on a mesh that
// has the lesion's surface, and on one that has not and takes shares of its tetrahedra from a mask.
#include "core/tissue.h"
#include "meshing/nested_spheres.h"
#include "planning/lesion_coverage.h"
#include "planning/lesion_table.h"
#include "solver/electric_field.h"
#include "solver/potential_solver.h"
#include "solver/sources.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <functional>

namespace corticoil {
namespace {

constexpr double lesion_radius = 0.010;
constexpr double outer_radius = 0.042;
constexpr double white = 0.126;
const Vector3 direction = Vector3(0.5, -0.3, 1.0).normalized(); // E0 = 1 V/m along it.

/// What the closed form says of a conductivity.
struct Closed {
    double k;

    explicit Closed(double lesion) : k((lesion - white) / (lesion + 2 * white)) {}
    [[nodiscard]] double inside() const { return 1 - k; }
    [[nodiscard]] double on_axis(double radii) const { return 1 + 2 * k / std::pow(radii, 3); }
    [[nodiscard]] Vector3 at(const Vector3& point) const {
        const double r = point.norm();
        if (r < lesion_radius) return inside() * direction;
        const Vector3 u = point / r;
        return direction + k * std::pow(lesion_radius / r, 3) * (3 * direction.dot(u) * u - direction);
    }
    [[nodiscard]] VectorField at(const Points& points) const {
        VectorField values(3, points.cols());
        for (Eigen::Index i = 0; i < points.cols(); ++i) values.col(i) = at(Vector3(points.col(i)));
        return values;
    }
};

/// A ball of white matter, with or without the lesion's surface in the mesh.
TetMesh ball(double edge, bool has_lesion) {
    meshing::NestedSpheresOptions options;
    options.radii = {outer_radius};
    options.labels = {tissue::white_matter};
    if (has_lesion) {
        options.radii.insert(options.radii.begin(), lesion_radius);
        options.labels.insert(options.labels.begin(), tissue::lesion);
    }
    options.edge_length = edge;
    return meshing::nested_spheres(options);
}

/// The field on a head for the closed form's current through the outer boundary.
solver::ElementField solve(const HeadModel& head, const Closed& closed, int order) {
    const solver::PotentialSolver solver(head.mesh, head.conductivity,
                                         {.order = order, .choice = solver::SolverChoice::multigrid});
    const solver::FieldFunction current = [&](const Points& points) -> VectorField {
        return white * closed.at(points);
    };
    const solver::Potential potential =
        solver.solve(solver::load_of_boundary_current(solver.space(), current), {.tolerance = 1e-9});
    EXPECT_TRUE(potential.report.converged);
    return solver::electric_field(solver.space(), potential.values, std::nullopt);
}

/// The field that the lesion adds to E0, in a shell [in radii], by least squares against the dipole's shape:
/// gives k. Shells, not the pole, where a single value is the mesh's.
double k_from_shell(const TetMesh& mesh, const solver::ElementField& field, double from, double to) {
    const planning::RoiSamples samples = planning::roi_samples(mesh, std::nullopt, tissue::white_matter);
    double numerator = 0;
    double denominator = 0;
    for (Eigen::Index i = 0; i < samples.volumes.size(); ++i) {
        const double r = samples.points.col(i).norm();
        if (r < from * lesion_radius || r > to * lesion_radius) continue;
        const Vector3 u = samples.points.col(i) / r;
        const Vector3 shape = std::pow(lesion_radius / r, 3) * (3 * direction.dot(u) * u - direction);
        const Vector3 e =
            field.at(samples.tetrahedra[static_cast<std::size_t>(i)], samples.barycentric.col(i));
        numerator += samples.volumes[i] * shape.dot(e - direction);
        denominator += samples.volumes[i] * shape.squaredNorm();
    }
    return numerator / denominator;
}

/// The lesion as a mask of voxels of a millimetre, its centre between voxel centres.
planning::LesionMaskPair voxels() {
    planning::LesionMaskPair masks;
    Eigen::Affine3d head_from_voxel = Eigen::Affine3d::Identity();
    head_from_voxel.linear() *= 1e-3;
    head_from_voxel.translation() = Vector3(-0.0147, -0.0152, -0.0149);
    masks.lesions = LabelImage({30, 30, 30}, head_from_voxel);
    for (int k = 0; k < 30; ++k) {
        for (int j = 0; j < 30; ++j) {
            for (int i = 0; i < 30; ++i)
                masks.lesions.at(i, j, k) =
                    (head_from_voxel * Vector3(i, j, k)).norm() < lesion_radius ? 1 : 0;
        }
    }
    return masks;
}

/// What the closed form says of each scenario, and beside it σ = 1 S/m: inside, at the pole, on the axis at
/// three radii.
struct Expected {
    double conductivity;
    double inside;
    double pole;
    double at_three_radii;
};
constexpr std::array<Expected, 4> expected{{{0.275, 0.717, 1.565, 1.021},
                                            {0.5, 0.503, 1.995, 1.037},
                                            {1.0, 0.302, 2.396, 1.052},
                                            {1.654, 0.198, 2.603, 1.059}}};

constexpr double edge = 0.0034;

HeadModel head_with(const TetMesh& mesh, double lesion, double medium = white) {
    return make_head_model(mesh, {{tissue::lesion, lesion}, {tissue::white_matter, medium}});
}

TEST(LesionSphere, ScenariosHaveTheirFieldInsideAndAtThreeRadii) {
    const TetMesh mesh = ball(edge, true);
    const planning::LesionAtlas atlas(mesh, planning::lesion_regions(mesh));
    ASSERT_EQ(atlas.regions().size(), 1U);
    EXPECT_NEAR(atlas.regions().front().volume, 4e-6 / 3 * M_PI, 0.2e-6);
    for (const Expected& e : expected) {
        const Closed closed(e.conductivity);
        EXPECT_NEAR(closed.inside(), e.inside, 6e-4);
        EXPECT_NEAR(closed.on_axis(1), e.pole, 6e-4);
        EXPECT_NEAR(closed.on_axis(3), e.at_three_radii, 6e-4);
        const solver::ElementField field = solve(head_with(mesh, e.conductivity), closed, 2);
        EXPECT_NEAR(atlas.fields(field).front().mean_inside / closed.inside(), 1, 0.03) << e.conductivity;
        const double k = k_from_shell(mesh, field, 2, 3.8);
        EXPECT_NEAR(1 + 2 * k / 27, e.at_three_radii, 0.002) << e.conductivity;
    }
}

TEST(LesionSphere, WrongConductivitiesMiss) {
    const TetMesh mesh = ball(edge, true);
    const planning::LesionAtlas atlas(mesh, planning::lesion_regions(mesh));
    const Closed closed(expected[3].conductivity);
    const auto check = [&](const HeadModel& head, const char* what) {
        const solver::ElementField field = solve(head, closed, 1);
        EXPECT_GT(std::abs(atlas.fields(field).front().mean_inside / closed.inside() - 1), 0.3) << what;
        EXPECT_GT(std::abs(2 * k_from_shell(mesh, field, 2, 3.8) / 27 + 1 - 1.059), 0.015) << what;
    };
    check(head_with(mesh, white, expected[3].conductivity), "σ of both swapped");
    check(head_with(mesh, white), "no lesion");
}

TEST(LesionSphere, RimOfTheTableIsThatOfTheClosedForm) {
    const TetMesh mesh = ball(edge, true);
    const planning::LesionAtlas atlas(mesh, planning::lesion_regions(mesh));
    for (const double conductivity : {0.275, 1.654}) {
        const Closed closed(conductivity);
        const HeadModel head = head_with(mesh, conductivity);
        const solver::ElementSpace space(mesh, 2);
        const planning::LesionField exact =
            atlas
                .fields(solver::projected(
                    space, [&](const Points& points) { return closed.at(points); },
                    solver::Quadrature::degree_4))
                .front();
        const planning::LesionField found = atlas.fields(solve(head, closed, 2)).front();
        EXPECT_NEAR(found.mean_rim / exact.mean_rim, 1, 0.02);
        EXPECT_NEAR(found.p99_rim / exact.p99_rim, 1, 0.05);
        EXPECT_GT(found.p99_rim, 0.8 * closed.on_axis(1)) << "the rim factor of the table";
        EXPECT_LT(found.p99_rim, 1.02 * closed.on_axis(1));
        EXPECT_GE(found.largest_rim, found.p99_rim);
    }
}

/// The error of the field outside, as that of k, for shares of tetrahedra mixed by a rule.
using Mix = std::function<double(double host, double other, double share)>;
double error_outside(const TetMesh& mesh, const planning::LesionCoverage& coverage, double lesion,
                     const Mix& rule) {
    HeadModel head = make_head_model(mesh, {{tissue::white_matter, white}});
    for (std::size_t i = 0; i < coverage.tetrahedra.size(); ++i) {
        head.conductivity[coverage.tetrahedra[i]] =
            rule(white, lesion, coverage.shares[static_cast<Eigen::Index>(i)]);
    }
    const Closed closed(lesion);
    return k_from_shell(mesh, solve(head, closed, 1), 1.3, 2.5) / closed.k - 1;
}

TEST(PartialVolumeLesion, FieldOutsideIsThatOfASphere) {
    const planning::LesionMaskPair masks = voxels();
    const Mix arithmetic = [](double h, double o, double f) { return (1 - f) * h + f * o; };
    const Mix bruggeman = [](double h, double o, double f) {
        const double b = (3 * f - 1) * o + (2 - 3 * f) * h;
        return (b + std::sqrt(b * b + 8 * h * o)) / 4;
    };
    for (const double length : {0.0050, 0.0035}) {
        const TetMesh mesh = ball(length, false);
        const planning::LesionCoverage coverage = planning::cover_tetrahedra(mesh, masks);
        EXPECT_EQ(coverage.n_lesions, 1);
        EXPECT_NEAR(coverage.covered_volume / coverage.mask_volume, 1, 0.01);
        for (const double lesion : {0.275, 0.5, 1.654}) {
            const double error = error_outside(mesh, coverage, lesion, planning::mixed_conductivity);
            RecordProperty("error_outside", std::to_string(error));
            EXPECT_LT(std::abs(error), 0.07) << lesion << " S/m, edges " << length;
        }
        EXPECT_GT(error_outside(mesh, coverage, 1.654, arithmetic), 0.25) << "arithmetic mean";
        EXPECT_GT(error_outside(mesh, coverage, 1.654, bruggeman), 0.15) << "Bruggeman's mixture";
    }
}

TEST(PartialVolumeLesion, TheHeadGetsTheMixture) {
    const planning::LesionMaskPair masks = voxels();
    const HeadModel head = make_head_model(ball(0.006, false), {{tissue::white_matter, white}});
    const planning::LesionCoverage coverage = planning::cover_tetrahedra(head.mesh, masks);
    const HeadModel with = planning::with_lesions(head, coverage, 0.275, 0.5);
    const int t = coverage.tetrahedra.front();
    EXPECT_DOUBLE_EQ(with.conductivity[t], planning::mixed_conductivity(white, 0.275, coverage.shares[0]));
    EXPECT_EQ(with.mesh.labels, head.mesh.labels);
    planning::LesionMaskPair black = masks;
    black.black_holes = black.lesions;
    EXPECT_DOUBLE_EQ(planning::with_lesions(head, planning::cover_tetrahedra(head.mesh, black), 0.275, 0.5)
                         .conductivity[t],
                     planning::mixed_conductivity(white, 0.5, coverage.shares[0]));
}

} // namespace
} // namespace corticoil
