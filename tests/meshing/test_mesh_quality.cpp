#include "meshing/mesh_quality.h"

#include "core/tissue.h"
#include "support/box_mesh.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace corticoil::meshing {
namespace {

TetMesh one_tetrahedron(const Vector3& a, const Vector3& b, const Vector3& c, const Vector3& d) {
    TetMesh mesh;
    mesh.nodes.resize(3, 4);
    mesh.nodes << a, b, c, d;
    mesh.tetrahedra.resize(4, 1);
    mesh.tetrahedra << 0, 1, 2, 3;
    mesh.labels = {1};
    return mesh;
}

TEST(MeshQuality, RegularTetrahedron) {
    const MeshQuality quality = assess(one_tetrahedron({1, 1, 1}, {1, -1, -1}, {-1, 1, -1}, {-1, -1, 1}));
    // All six angles are arccos(1/3).
    EXPECT_NEAR(quality.smallest_dihedral_angle, 70.528779365509308, 1e-9);
    EXPECT_NEAR(quality.largest_dihedral_angle, 70.528779365509308, 1e-9);
    EXPECT_NEAR(quality.smallest_radius_ratio, 1.0, 1e-12);
    EXPECT_EQ(quality.dihedral_histogram[14], 1);
    EXPECT_NEAR(quality.tissues.at(1).edge_length_mean, std::sqrt(8.0), 1e-12);
}

TEST(MeshQuality, RightCornerTetrahedron) {
    const MeshQuality quality = assess(one_tetrahedron({0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}));
    // Three right angles at the corner, three of arccos(1/√3) at the slanted face.
    EXPECT_NEAR(quality.smallest_dihedral_angle, 54.735610317245346, 1e-9);
    EXPECT_NEAR(quality.largest_dihedral_angle, 90.0, 1e-9);
    // inradius 1/(3+√3), circumradius √3/2
    EXPECT_NEAR(quality.smallest_radius_ratio, 3.0 / (3.0 + std::sqrt(3.0)) / (std::sqrt(3.0) / 2.0), 1e-12);
    EXPECT_NEAR(quality.tissues.at(1).volume, 1.0 / 6.0, 1e-15);
    EXPECT_NEAR(quality.surface_area, 1.5 + std::sqrt(3.0) / 2.0, 1e-12);
    EXPECT_EQ(quality.n_inverted, 0);
}

TEST(MeshQuality, CountsInvertedTetrahedraPartsAndUnusedNodes) {
    TetMesh mesh = one_tetrahedron({0, 0, 0}, {0, 1, 0}, {1, 0, 0}, {0, 0, 1});
    mesh.nodes.conservativeResize(3, 5);
    mesh.nodes.col(4) = Vector3(9, 9, 9);
    const MeshQuality quality = assess(mesh);
    EXPECT_EQ(quality.n_inverted, 1);
    EXPECT_EQ(quality.n_unused_nodes, 1);
    EXPECT_EQ(quality.n_parts, 1);
}

TEST(MeshQuality, VolumesAreasAndDriftsOfABox) {
    const TetMesh mesh = test::box_mesh({0, 0, 0}, {0.04, 0.02, 0.02}, {8, 4, 4},
                                        [](const Vector3& p) { return p.x() < 0.01 ? 3 : 4; });
    LabelImage reference({40, 20, 20}, Eigen::Affine3d(Eigen::Scaling(0.001)), std::uint8_t{4});
    for (int k = 0; k < 20; ++k) {
        for (int j = 0; j < 20; ++j) {
            for (int i = 0; i < 8; ++i) reference.at(i, j, k) = 3;
        }
    }
    reference.at(39, 0, 0) = 2;
    const MeshQuality quality = assess(mesh, &reference);
    EXPECT_NEAR(quality.tissues.at(3).volume_drift.value(), 0.25, 1e-9);
    EXPECT_NEAR(quality.tissues.at(3).surface_area, 2 * 0.02 * 0.02 + 4 * 0.01 * 0.02, 1e-12);
    EXPECT_NEAR(quality.surface_area, 2 * 0.02 * 0.02 + 4 * 0.04 * 0.02, 1e-12);
    EXPECT_EQ(quality.tissues.at(2).volume_drift.value(), -1.0) << "a tissue that the mesh has lost";
    EXPECT_EQ(quality.n_parts, 1);
    EXPECT_NEAR(quality.tissues.at(4).edge_length_min, 0.005, 1e-12);
    const std::string text = describe(quality);
    EXPECT_THAT(text, testing::HasSubstr(describe_tissue(3) + " 4.0 ml (+25.0 %)"));
    EXPECT_THAT(text, testing::HasSubstr("in 1 connected part;"));
}

TEST(MeshQuality, CountsPartsPerTissue) {
    const TetMesh mesh = test::box_mesh({0, 0, 0}, {3, 1, 1}, {3, 1, 1},
                                        [](const Vector3& p) { return p.x() > 1 && p.x() < 2 ? 2 : 1; });
    const MeshQuality quality = assess(mesh);
    EXPECT_EQ(quality.n_parts, 1);
    EXPECT_EQ(quality.tissues.at(1).n_parts, 2);
    EXPECT_EQ(quality.tissues.at(2).n_parts, 1);
}

TEST(MeshQuality, EmptyMesh) {
    const MeshQuality quality = assess(TetMesh());
    EXPECT_EQ(quality.n_tetrahedra, 0);
    EXPECT_EQ(quality.n_parts, 0);
}

} // namespace
} // namespace corticoil::meshing
