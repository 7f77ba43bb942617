#include "meshing/refine.h"

#include "meshing/mesh_quality.h"
#include "support/box_mesh.h"

#include <gtest/gtest.h>

namespace corticoil::meshing {
namespace {

TetMesh two_tissue_box() {
    return test::box_mesh({-1, 0, 0.5}, {2, 1, 2}, {3, 2, 2},
                          [](const Vector3& p) { return p.x() < 0 ? 1 : 5; });
}

TEST(SplitEachInEight, MultipliesByEightAndKeepsVolumesAndLabels) {
    const TetMesh coarse = two_tissue_box();
    const TetMesh fine = split_each_in_eight(coarse);
    ASSERT_EQ(fine.n_tetrahedra(), 8 * coarse.n_tetrahedra());
    const Eigen::VectorXd before = tetrahedron_volumes(coarse);
    const Eigen::VectorXd after = tetrahedron_volumes(fine);
    EXPECT_GT(after.minCoeff(), 0.0);
    for (int t = 0; t < fine.n_tetrahedra(); ++t) {
        EXPECT_NEAR(after[t], before[t / 8] / 8.0, 1e-14);
        EXPECT_EQ(fine.labels[static_cast<std::size_t>(t)], coarse.labels[static_cast<std::size_t>(t / 8)]);
    }
}

TEST(SplitEachInEight, IsConforming) {
    const TetMesh coarse = two_tissue_box();
    const TetMesh fine = split_each_in_eight(coarse);
    // An open face inside would add to the outer area, a doubled midpoint to the nodes.
    const MeshQuality before = assess(coarse);
    const MeshQuality after = assess(fine);
    EXPECT_NEAR(after.surface_area, before.surface_area, 1e-12);
    EXPECT_EQ(after.n_parts, 1);
    EXPECT_EQ(after.n_unused_nodes, 0);
    EXPECT_EQ(fine.nodes.leftCols(coarse.n_nodes()), coarse.nodes);
    // Kuhn's division of 3×2×2 bricks refined once is that of 6×4×4: 7·5·5 nodes.
    EXPECT_EQ(fine.n_nodes(), 7 * 5 * 5);
}

TEST(SplitEachInEight, RepeatedRefinementDoesNotDegenerate) {
    TetMesh mesh;
    mesh.nodes.resize(3, 4);
    mesh.nodes << Vector3(0, 0, 0), Vector3(1, 0.1, 0), Vector3(0.2, 1.3, 0), Vector3(0.3, 0.2, 0.7);
    mesh.tetrahedra.resize(4, 1);
    mesh.tetrahedra << 0, 1, 2, 3;
    mesh.labels = {2};
    const double first = assess(split_each_in_eight(mesh)).smallest_dihedral_angle;
    TetMesh fine = mesh;
    for (int level = 0; level < 4; ++level) fine = split_each_in_eight(fine);
    EXPECT_EQ(fine.n_tetrahedra(), 4096);
    EXPECT_GT(assess(fine).smallest_dihedral_angle, 0.6 * first);
}

TEST(SplitEachInEight, EmptyMeshStaysEmpty) {
    EXPECT_EQ(split_each_in_eight(TetMesh()).n_tetrahedra(), 0);
}

} // namespace
} // namespace corticoil::meshing
