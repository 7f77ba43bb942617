#include "meshing/nested_spheres.h"

#include "core/constants.h"
#include "core/error.h"
#include "meshing/ball_label_map.h"
#include "meshing/mesh_quality.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace corticoil::meshing {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

double largest_radial_error(const TetMesh& mesh, int label, double radius) {
    const BoundarySurface surface = boundary_between(
        mesh, [=](int l) { return l <= label; }, [](int) { return false; });
    EXPECT_GT(surface.surface.n_nodes(), 50);
    return (surface.surface.nodes.colwise().norm().array() - radius).abs().maxCoeff();
}

TEST(NestedSpheres, FiveLayersWithAThinShellUnderLongEdges) {
    NestedSpheresOptions options = five_layer_head(0.010);
    EXPECT_EQ(options.radii, (std::vector<double>{0.070, 0.078, 0.080, 0.086, 0.092}));
    // As thick as in the head, and quicker.
    options.radii = {0.030, 0.038, 0.040, 0.046, 0.052};
    const TetMesh mesh = nested_spheres(options);
    const MeshQuality quality = assess(mesh);
    EXPECT_EQ(quality.n_inverted, 0);
    EXPECT_EQ(quality.n_parts, 1);
    EXPECT_EQ(quality.n_unused_nodes, 0);
    EXPECT_GE(quality.smallest_dihedral_angle, 10.0);
    double inner = 0.0;
    for (int label = 1; label <= 5; ++label) {
        const double radius = options.radii[static_cast<std::size_t>(label) - 1];
        EXPECT_LT(largest_radial_error(mesh, label, radius), 1e-15) << label;
        const double truth = 4.0 / 3.0 * pi * (std::pow(radius, 3) - std::pow(inner, 3));
        EXPECT_NEAR(quality.tissues.at(label).volume / truth, 1.0, 0.02) << label;
        EXPECT_EQ(quality.tissues.at(label).n_parts, 1) << label;
        inner = radius;
        for (int other = label + 2; other <= 5; ++other) EXPECT_FALSE(test::share_a_face(mesh, label, other));
    }
}

TEST(NestedSpheres, HomogeneousBallHasTheWantedEdges) {
    NestedSpheresOptions options;
    options.radii = {0.09};
    options.edge_length = 0.009;
    const MeshQuality quality = assess(nested_spheres(options));
    EXPECT_NEAR(quality.tissues.at(1).edge_length_mean, 0.009, 0.0009);
    EXPECT_NEAR(quality.tissues.at(1).volume / (4.0 / 3.0 * pi * std::pow(0.09, 3)), 1.0, 0.01);
    EXPECT_GE(quality.smallest_dihedral_angle, 10.0);
}

TEST(NestedSpheres, SmallInclusionInALargeBall) {
    NestedSpheresOptions options;
    options.radii = {0.01, 0.09};
    options.labels = {51, 1};
    options.edge_length = 0.015;
    const TetMesh mesh = nested_spheres(options);
    const MeshQuality quality = assess(mesh);
    EXPECT_NEAR(quality.tissues.at(51).volume / (4.0 / 3.0 * pi * std::pow(0.01, 3)), 1.0, 0.1);
    EXPECT_GT(quality.tissues.at(51).n_tetrahedra, 100);
}

TEST(NestedSpheres, IsTheSameBitForBitTwice) {
    NestedSpheresOptions options;
    options.radii = {0.020, 0.023, 0.030};
    options.edge_length = 0.006;
    const TetMesh first = nested_spheres(options);
    const TetMesh second = nested_spheres(options);
    ASSERT_EQ(first.n_nodes(), second.n_nodes());
    ASSERT_EQ(first.n_tetrahedra(), second.n_tetrahedra());
    EXPECT_TRUE((first.nodes.array() == second.nodes.array()).all());
    EXPECT_TRUE((first.tetrahedra.array() == second.tetrahedra.array()).all());
    EXPECT_EQ(first.labels, second.labels);
}

TEST(NestedSpheres, RefusesWhatMakesNoMesh) {
    const auto meshing = [](NestedSpheresOptions options) {
        return [options] { (void)nested_spheres(options); };
    };
    NestedSpheresOptions options;
    EXPECT_THAT(meshing(options), ThrowsMessage<Error>(HasSubstr("no radius given")));
    options.radii = {0.08, 0.07};
    EXPECT_THAT(meshing(options), ThrowsMessage<Error>(HasSubstr("radius 0.07 m follows 0.08 m")));
    options.radii = {std::nan("")};
    EXPECT_THAT(meshing(options), ThrowsMessage<Error>(HasSubstr("radius nan m")));
    options.radii = {0.08};
    options.edge_length = 0.0;
    EXPECT_THAT(meshing(options), ThrowsMessage<Error>(HasSubstr("edge length 0 m")));
    options.edge_length = 1e-4;
    EXPECT_THAT(meshing(options), ThrowsMessage<Error>(HasSubstr("million tetrahedra")));
    options.edge_length = 0.01;
    options.labels = {1, 2};
    EXPECT_THAT(meshing(options), ThrowsMessage<Error>(HasSubstr("2 labels for 1 radii")));
    options.labels = {0};
    EXPECT_THAT(meshing(options), ThrowsMessage<Error>(HasSubstr("label 0 is air")));
}

} // namespace
} // namespace corticoil::meshing
