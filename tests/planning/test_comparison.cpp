#include "planning/comparison.h"

#include "planning/target.h"
#include "support/error_of.h"
#include "support/round_head.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace corticoil::planning {
namespace {

using ::testing::HasSubstr;

const TetMesh& head() {
    static const TetMesh mesh = test::round_head(16);
    return mesh;
}

/// |E| = 10 V/m per metre of height, exactly, of degree 1.
solver::ElementField rising_field(const TetMesh& mesh) {
    VectorField values = VectorField::Zero(3, Eigen::Index{4} * mesh.n_tetrahedra());
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        for (int corner = 0; corner < 4; ++corner)
            values(0, Eigen::Index{4} * t + corner) = 10 * mesh.nodes(2, mesh.tetrahedra(corner, t));
    }
    return {1, values};
}

TEST(DepthProfile, FollowsTheFieldAlongTheLineAndEndsWithTheHead) {
    const PointLocator locator(head());
    const solver::ElementField field = rising_field(head());
    const Line line{Vector3(0.01, 0.005, 0.088), -Vector3::UnitZ()};
    const DepthProfile profile = depth_profile(head(), locator, field, line);
    ASSERT_EQ(profile.depths.size(), 12U);
    EXPECT_NEAR(profile.depths.back(), 0.060, 1e-12);
    for (std::size_t i = 0; i < profile.depths.size(); ++i) {
        ASSERT_TRUE(profile.magnitudes[i].has_value());
        EXPECT_NEAR(*profile.magnitudes[i], 10 * (0.088 - profile.depths[i]), 1e-9);
    }
    EXPECT_EQ(profile.labels.front(), tissue::scalp);
    EXPECT_EQ(profile.labels.back(), tissue::grey_matter);
    // Outwards there is no head, and no number is made up.
    const DepthProfile outwards = depth_profile(head(), locator, field, {line.start, Vector3::UnitZ()});
    EXPECT_FALSE(outwards.magnitudes.front().has_value());
    EXPECT_EQ(outwards.labels.front(), tissue::air);
}

TEST(Regions, AreTheOtherPlacesWithoutTheGreyMatterOfTheRoi) {
    const TetMesh head = test::round_head(32);
    const Target target = find_target("M1_LEG_L");
    MniMapping mni;
    mni.mni_from_head.scale(1.4); // The test head's grey matter ends at three quarters of its radius.
    const Roi roi = ball_roi(target.name, mni.to_head(*target.mni), target.roi_radius);
    const std::vector<Region> regions = non_target_regions(head, mni, target.name, roi);
    std::set<std::string> names;
    for (const Region& region : regions) {
        names.insert(region.name);
        for (Eigen::Index i = 0; i < region.samples.points.cols(); ++i) {
            EXPECT_FALSE(roi.contains(region.samples.points.col(i))) << region.name;
            EXPECT_LE((region.samples.points.col(i) - region.centre).norm(), region.radius);
        }
        // The other leg area shares grey matter with the ROI, places farther than both radii cannot.
        if (region.name == "M1_LEG_R" || region.name == "M1_LEG_BILAT") {
            EXPECT_TRUE(region.overlaps_roi);
        }
        if ((region.centre - roi.centre).norm() > region.radius + roi.radius) {
            EXPECT_FALSE(region.overlaps_roi) << region.name;
        }
    }
    EXPECT_TRUE(names.contains("DLPFC_L_SGC"));
    EXPECT_FALSE(names.contains("M1_LEG_L"));
}

TEST(TissuePercentile, IsThatOfTheTissueOnly) {
    const solver::ElementField field = rising_field(head());
    const double grey = tissue_percentile(head(), field, tissue::grey_matter, 99).value();
    const double scalp = tissue_percentile(head(), field, tissue::scalp, 99).value();
    EXPECT_LT(grey, 10 * 0.075);
    EXPECT_GT(scalp, 10 * 0.080);
    EXPECT_FALSE(tissue_percentile(head(), field, tissue::eyes, 99).has_value());
}

TEST(Dose, IsLinearInTheRate) {
    coils::Coil coil;
    EXPECT_FALSE(dose_at(coil, 1e6).percent_mso.has_value());
    EXPECT_FALSE(dose_at(coil, 1e6).exceeds_output().has_value());
    coil.didt_at_full_output = 80e6;
    EXPECT_DOUBLE_EQ(dose_at(coil, -20e6).percent_mso.value(), 25);
    EXPECT_FALSE(dose_at(coil, 80e6).exceeds_output().value());
    EXPECT_TRUE(dose_at(coil, 80.1e6).exceeds_output().value());
    EXPECT_DOUBLE_EQ(rate_for_mean(100, 0.8, 1e6), 125e6);
    EXPECT_DOUBLE_EQ(rate_for_mean(100, 0.8, -1e6), -125e6);
    EXPECT_THAT(test::error_of([] { (void)rate_for_mean(100, 0, 1e6); }), HasSubstr("nothing to scale"));
}

} // namespace
} // namespace corticoil::planning
