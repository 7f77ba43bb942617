#include "core/tissue.h"
#include "planning/lesion_table.h"
#include "support/box_mesh.h"
#include "support/error_of.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace corticoil::planning {
namespace {

using ::testing::HasSubstr;

/// A box of white matter between grey matter (x > 20 mm) and CSF, edges of 2 mm, with two lesions of 4 mm,
/// the second a black hole in half; bricks that share a corner only are one lesion.
TetMesh box() {
    const auto within = [](const Vector3& p, const Vector3& low, const Vector3& high) {
        return ((p - low).array() > 0).all() && ((high - p).array() > 0).all();
    };
    return test::box_mesh(Vector3::Zero(), Vector3(0.030, 0.020, 0.020), {15, 10, 10}, [&](const Vector3& p) {
        if (within(p, Vector3(0.004, 0.004, 0.004), Vector3(0.008, 0.008, 0.008))) return tissue::lesion;
        if (within(p, Vector3(0.008, 0.008, 0.008), Vector3(0.010, 0.010, 0.010))) return tissue::lesion;
        if (within(p, Vector3(0.014, 0.012, 0.012), Vector3(0.016, 0.016, 0.016))) return tissue::lesion;
        if (within(p, Vector3(0.016, 0.012, 0.012), Vector3(0.018, 0.016, 0.016))) return tissue::black_hole;
        if (p.x() < 0.002) return tissue::csf;
        return p.x() > 0.020 ? tissue::grey_matter : tissue::white_matter;
    });
}

TEST(LesionRegions, PartsOfAMeshThatShareNodesAreOneLesion) {
    const TetMesh mesh = box();
    const std::vector<LesionRegion> regions = lesion_regions(mesh);
    ASSERT_EQ(regions.size(), 2U);
    EXPECT_NEAR(regions[0].volume, 72e-9, 1e-15);
    EXPECT_NEAR(regions[0].black_hole_volume, 0, 1e-15);
    EXPECT_NEAR(regions[1].volume, 64e-9, 1e-15);
    EXPECT_NEAR(regions[1].black_hole_volume, 32e-9, 1e-15);
    EXPECT_LT((regions[1].centre - Vector3(0.016, 0.014, 0.014)).norm(), 1e-9);
}

TEST(LesionAtlas, SaysWhereLesionsLie) {
    const TetMesh mesh = box();
    const LesionAtlas atlas(mesh, lesion_regions(mesh));
    const RigidTransform head_from_coil(Eigen::Matrix3d::Identity(), Vector3(0.016, 0.0, 0.030));
    const Roi roi = ball_roi("there", Vector3(0.026, 0.014, 0.014), 0.004);
    const std::vector<LesionPlace> places = atlas.places(roi, head_from_coil);
    EXPECT_NEAR(places[0].distance_to_grey_matter, 0.010, 1e-9);
    EXPECT_NEAR(places[1].distance_to_grey_matter, 0.002, 1e-9);
    EXPECT_NEAR(places[1].distance_to_roi.value(), 0.004, 2e-4);
    EXPECT_NEAR(places[1].distance_from_coil_axis, 0.012, 1e-9);
    EXPECT_NEAR(places[0].distance_to_skull, 0.004, 1e-9);
    EXPECT_FALSE(places[0].is_juxtacortical);
    EXPECT_FALSE(places[1].is_juxtacortical) << "2 mm of white matter lie between";
}

TEST(LesionAtlas, RimIsBrainWithinTwoMillimetres) {
    const TetMesh mesh = box();
    const LesionAtlas atlas(mesh, lesion_regions(mesh));
    // |E| grows along x: the rim's largest value is no more than 2 mm beyond the lesion.
    VectorField values = VectorField::Zero(3, mesh.n_tetrahedra());
    const Points centres = barycentres(mesh);
    values.row(1) = 1000 * centres.row(0);
    const LesionField field = atlas.fields(solver::ElementField(values))[1];
    EXPECT_NEAR(field.mean_inside, 16, 1e-9);
    EXPECT_GT(field.largest_rim, 18);
    EXPECT_LT(field.largest_rim, 20.6);
    EXPECT_LE(field.p99_rim, field.largest_rim);
    const std::vector<double> factors =
        atlas.rim_factors(solver::ElementField(VectorField(2.5 * values)), solver::ElementField(values));
    EXPECT_NEAR(factors[0], 2.5, 1e-12);
}

TEST(LesionCoverage, OnlyBrainIsCovered) {
    const TetMesh mesh = box();
    LesionMaskPair masks;
    Eigen::Affine3d affine(Eigen::Scaling(2e-3));
    affine.translation() = Vector3::Constant(1e-3);
    masks.lesions = LabelImage({15, 10, 10}, affine);
    masks.lesions.at(0, 5, 5) = masks.lesions.at(1, 5, 5) = 1; // The first is CSF.
    const LesionCoverage coverage = cover_tetrahedra(mesh, masks);
    EXPECT_NEAR(coverage.mask_volume, 16e-9, 1e-15);
    EXPECT_NEAR(coverage.covered_volume, 8e-9, 1e-12);
    EXPECT_EQ(coverage.tetrahedra.size(), 6U);
    EXPECT_NEAR(coverage.shares.minCoeff(), 1, 1e-12);
    masks.lesions.at(1, 5, 5) = 0;
    EXPECT_THAT(corticoil::test::error_of([&] { (void)cover_tetrahedra(mesh, masks); }),
                HasSubstr("another space"));
}

} // namespace
} // namespace corticoil::planning
