#include "meshing/mesh_surfaces.h"

#include "core/tissue.h"
#include "support/ellipsoid.h"
#include "support/error_of.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace corticoil::meshing {
namespace {

using corticoil::test::ellipsoid;
using corticoil::test::error_of;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr double pi = std::numbers::pi;

double ellipsoid_volume(const Vector3& radii) {
    return 4 * pi / 3 * radii.prod();
}

const std::array<Vector3, 5> radii{Vector3(0.040, 0.050, 0.045), Vector3(0.037, 0.047, 0.042),
                                   Vector3(0.034, 0.044, 0.039), Vector3(0.031, 0.041, 0.036),
                                   Vector3(0.027, 0.037, 0.032)};
const std::array<const char*, 5> names{"scalp", "skull", "csf", "grey", "white"};

/// A small head of five ellipsoids, one of them changed.
std::vector<HeadSurface> small_head() {
    std::vector<HeadSurface> head;
    for (std::size_t i = 0; i < radii.size(); ++i)
        head.push_back({names[i], tissue::scalp - static_cast<int>(i), ellipsoid(radii[i])});
    return head;
}

std::string refusal(const std::vector<HeadSurface>& surfaces) {
    return error_of([&] { (void)HeadSurfaces(surfaces); });
}

TEST(HeadSurfaces, LabelsAreThoseBetweenTheSurfaces) {
    const HeadSurfaces head(small_head());
    for (std::size_t i = 0; i < radii.size(); ++i) {
        const int label = tissue::scalp - static_cast<int>(i);
        const int outside = i == 0 ? tissue::air : label + 1;
        // Where the axes meet the surface there are nodes.
        for (const double sign : {-1.0, 1.0}) {
            for (int axis = 0; axis < 3; ++axis) {
                Vector3 point = Vector3::Zero();
                point[axis] = sign * radii[i][axis];
                EXPECT_EQ(head.label_at(point * (1 - 1e-4)), label);
                EXPECT_EQ(head.label_at(point * (1 + 1e-4)), outside);
            }
        }
        const double inner = i + 1 < radii.size() ? ellipsoid_volume(radii[i + 1]) : 0;
        // 40 facets from pole to pole leave out about 0.4 % of the ball.
        EXPECT_NEAR(head.volumes()[static_cast<std::size_t>(label)] / (ellipsoid_volume(radii[i]) - inner), 1,
                    0.006);
    }
    EXPECT_EQ(head.label_at(Vector3(1, 1, 1)), tissue::air);
}

TEST(HeadSurfaces, VoxelsAgreeWithTheSurfacesEverywhere) {
    std::vector<HeadSurface> surfaces = small_head();
    // Off the voxels' centres: a node right on one is neither inside nor outside.
    for (HeadSurface& surface : surfaces) surface.surface.nodes.colwise() += Vector3(0.3e-3, 0.4e-3, 0.2e-3);
    const HeadSurfaces head(surfaces);
    const LabelImage& voxels = head.voxels();
    std::size_t n_wrong = 0;
    for (int k = 0; k < voxels.size[2]; ++k) {
        for (int j = 0; j < voxels.size[1]; ++j) {
            for (int i = 0; i < voxels.size[0]; ++i)
                n_wrong +=
                    voxels.at(i, j, k) != head.label_at(voxels.head_from_voxel * Vector3(i, j, k)) ? 1 : 0;
        }
    }
    EXPECT_EQ(n_wrong, 0U);
    const std::array<double, 256> volumes = label_volumes(voxels);
    for (int label = 1; label <= 5; ++label) {
        const auto n = static_cast<std::size_t>(label);
        EXPECT_NEAR(volumes[n] / head.volumes()[n], 1, 0.01) << label;
    }
}

TEST(HeadSurfaces, WhatIsNoNestOfClosedSurfacesIsRefusedWithThePlace) {
    std::vector<HeadSurface> open = small_head();
    open[1].surface.triangles.conservativeResize(3, open[1].surface.n_triangles() - 1);
    EXPECT_THAT(refusal(open), HasSubstr("skull: surface is open (3 boundary edges, first at"));

    std::vector<HeadSurface> crossing = small_head();
    crossing[2].surface = ellipsoid(radii[2], Vector3(0.005, 0, 0));
    EXPECT_THAT(refusal(crossing), AllOf(HasSubstr("csf: touches or cuts skull at"), HasSubstr(" mm")));

    std::vector<HeadSurface> outside = small_head();
    outside[4].surface = ellipsoid(Vector3::Constant(0.01), Vector3(0.2, 0, 0));
    EXPECT_THAT(refusal(outside), HasSubstr("white: does not lie within grey, for instance at"));

    std::vector<HeadSurface> swapped = small_head();
    std::swap(swapped[3].surface, swapped[4].surface);
    EXPECT_THAT(refusal(swapped), HasSubstr("white: does not lie within grey"));

    std::vector<HeadSurface> cut = small_head();
    cut[0].surface.nodes.col(1000) *= -1.5; // A node pulled through the opposite side.
    EXPECT_THAT(refusal(cut), HasSubstr("scalp: "));
    EXPECT_THAT(refusal(cut), HasSubstr("cut each other, first at"));

    std::vector<HeadSurface> doubled = small_head();
    SurfaceMesh& twice = doubled[0].surface;
    twice.triangles.conservativeResize(3, twice.n_triangles() + 1);
    twice.triangles.rightCols(1) = twice.triangles.leftCols(1);
    EXPECT_THAT(refusal(doubled), HasSubstr("join more than two triangles"));

    std::vector<HeadSurface> metres = small_head();
    for (HeadSurface& surface : metres) surface.surface.nodes *= 1000;
    EXPECT_THAT(refusal(metres), HasSubstr("are coordinates in mm?"));
}

TEST(HeadSurfaces, OrientationDoesNotMatter) {
    std::vector<HeadSurface> flipped = small_head();
    flipped[2].surface.triangles.row(0).swap(flipped[2].surface.triangles.row(1));
    // Some triangles only.
    flipped[0].surface.triangles.leftCols(7).row(0).swap(flipped[0].surface.triangles.leftCols(7).row(1));
    EXPECT_EQ(HeadSurfaces(flipped).voxels().voxels, HeadSurfaces(small_head()).voxels().voxels);
}

TEST(MeshSurfaces, TissuesHaveTheVolumesOfTheSurfaces) {
    const HeadSurfaces head(small_head());
    HeadMeshOptions options;
    options.resolution = Resolution::draft;
    const HeadMesh result = mesh_surfaces(head, options);
    EXPECT_EQ(result.quality.n_parts, 1);
    EXPECT_GE(result.quality.smallest_dihedral_angle, 5);
    ASSERT_EQ(result.quality.tissues.size(), 5U);
    for (const auto& [label, figures] : result.quality.tissues)
        EXPECT_NEAR(*figures.volume_drift, 0, 0.01) << describe_tissue(label);
    // Interfaces lie on the ellipsoids, not on steps of voxels.
    const BoundarySurface brain = grey_matter_boundary(result.mesh);
    double largest = 0;
    for (int node = 0; node < brain.surface.n_nodes(); ++node) {
        const Vector3 p = brain.surface.nodes.col(node);
        largest = std::max(largest, std::abs(p.cwiseQuotient(radii[3]).norm() - 1) * radii[3].mean());
    }
    EXPECT_LT(largest, 0.5e-3);
    EXPECT_EQ(mesh_surfaces(head, options).mesh.nodes, result.mesh.nodes) << "the same bits";
}

} // namespace
} // namespace corticoil::meshing
