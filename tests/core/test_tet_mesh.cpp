#include "core/tet_mesh.h"

#include "core/tissue.h"
#include "support/box_mesh.h"

#include <gtest/gtest.h>

#include <random>

namespace corticoil {
namespace {

TetMesh two_layer_box() {
    return test::box_mesh(Vector3(0, 0, 0), Vector3(1, 2, 3), {3, 4, 5}, [](const Vector3& p) {
        return p[2] < 1.2 ? tissue::white_matter : tissue::grey_matter;
    });
}

TEST(TetMesh, VolumesOfABoxAddUp) {
    const TetMesh mesh = two_layer_box();
    EXPECT_GT(tetrahedron_volumes(mesh).minCoeff(), 0);
    const auto volumes = volumes_by_label(mesh);
    EXPECT_NEAR(volumes.at(tissue::white_matter), 2.4, 1e-12);
    EXPECT_NEAR(volumes.at(tissue::grey_matter), 3.6, 1e-12);
}

TEST(TetMesh, OuterBoundaryIsClosedAndHasTheAreaOfTheBox) {
    const BoundarySurface boundary = outer_boundary(two_layer_box());
    const VectorField areas = area_vectors(boundary.surface);
    EXPECT_NEAR(areas.colwise().norm().sum(), 22, 1e-12);
    // A closed surface's area vectors sum to zero; its flux of x is three times the volume.
    EXPECT_LT(areas.rowwise().sum().norm(), 1e-12);
    double flux = 0;
    for (int t = 0; t < boundary.surface.n_triangles(); ++t) {
        Vector3 centre = Vector3::Zero();
        for (int corner = 0; corner < 3; ++corner) {
            centre += boundary.surface.nodes.col(boundary.surface.triangles(corner, t)) / 3;
        }
        flux += centre.dot(areas.col(t));
    }
    EXPECT_NEAR(flux, 18, 1e-10) << "normals must point outwards";
}

TEST(TetMesh, GreyMatterBoundaryLeavesOutWhiteMatter) {
    const TetMesh mesh = two_layer_box();
    const BoundarySurface boundary = grey_matter_boundary(mesh);
    // Five faces of the grey box: top and four sides, not the face that it shares with white matter.
    EXPECT_NEAR(area_vectors(boundary.surface).colwise().norm().sum(), 2 + 2 * 1.8 * (1 + 2), 1e-12);
    for (const int t : boundary.inner_tetrahedron) {
        EXPECT_EQ(mesh.labels[static_cast<std::size_t>(t)], tissue::grey_matter);
    }
}

TEST(TetMesh, ConnectedPartsAreNumberedBySize) {
    TetMesh mesh = two_layer_box();
    // Remove one layer of bricks so that a small and a large part remain.
    const Points centres = barycentres(mesh);
    mesh = extract(mesh, [&](int t) { return centres(2, t) < 0.6 || centres(2, t) > 1.2; });
    const std::vector<int> parts = connected_parts(mesh);
    const Points kept = barycentres(mesh);
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        EXPECT_EQ(parts[static_cast<std::size_t>(t)], kept(2, t) < 0.6 ? 1 : 0);
    }
}

TEST(PointLocator, FindsTheTetrahedronAndNothingOutside) {
    const TetMesh mesh = two_layer_box();
    const PointLocator locator(mesh);
    std::mt19937 generator(1);
    std::uniform_real_distribution<double> uniform(0, 1);
    for (int i = 0; i < 200; ++i) {
        const Vector3 point(uniform(generator), 2 * uniform(generator), 3 * uniform(generator));
        const std::optional<int> t = locator.find(point);
        ASSERT_TRUE(t.has_value());
        EXPECT_EQ(mesh.labels[static_cast<std::size_t>(*t)],
                  point[2] < 1.2 ? tissue::white_matter : tissue::grey_matter);
    }
    EXPECT_FALSE(locator.find(Vector3(0.5, 1, 3.001)).has_value());
    EXPECT_FALSE(locator.find(Vector3(-50, 1, 1)).has_value());
}

TEST(Tissue, KnownTissuesAreFoundByLabelAndKey) {
    ASSERT_TRUE(find_tissue("csf").has_value());
    EXPECT_EQ(find_tissue("csf")->label, tissue::csf);
    EXPECT_DOUBLE_EQ(find_tissue(tissue::csf)->conductivity, 1.654);
    EXPECT_FALSE(find_tissue(17).has_value());
    EXPECT_EQ(describe_tissue(17), "unknown (17)");
}

} // namespace
} // namespace corticoil
