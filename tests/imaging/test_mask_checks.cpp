#include "imaging/mask_checks.h"

#include "imaging/mask_algebra.h"
#include "support/error_of.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace corticoil::imaging {
namespace {

using corticoil::test::error_of;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// A ball of 60 mm on a grid of 4 mm around 0.
ScalarImage grid() {
    Eigen::Affine3d affine = Eigen::Affine3d::Identity();
    affine.linear() *= 4e-3;
    affine.translation() = Vector3::Constant(-0.078);
    return {{40, 40, 40}, affine};
}

ScalarImage ball(const Vector3& centre, double radius, float value = 1) {
    ScalarImage image = grid();
    for (int k = 0; k < 40; ++k) {
        for (int j = 0; j < 40; ++j) {
            for (int i = 0; i < 40; ++i) {
                if ((image.head_from_voxel * Vector3(i, j, k) - centre).norm() < radius)
                    image.at(i, j, k) = value;
            }
        }
    }
    return image;
}

Mask head() {
    const ScalarImage image = ball(Vector3::Zero(), 0.060);
    return mask_where(image, [&](std::size_t n) { return image.voxels[n] != 0; });
}

TEST(MaskChecks, AMaskOnTheHeadPasses) {
    EXPECT_THAT(check_overlap(ball(Vector3(0.02, 0, 0), 0.012), head(), "lesions.nii.gz"), IsEmpty());
}

TEST(MaskChecks, AnEmptyMaskIsRefused) {
    EXPECT_THAT(error_of([] { (void)check_overlap(grid(), head(), "lesions.nii.gz"); }),
                AllOf(HasSubstr("lesions.nii.gz: the mask is empty"), HasSubstr("leave it out")));
}

TEST(MaskChecks, AnImageIsNoMask) {
    ScalarImage flair = ball(Vector3::Zero(), 0.060);
    for (std::size_t n = 0; n < flair.voxels.size(); ++n) flair.voxels[n] *= static_cast<float>(n % 200);
    EXPECT_THAT(error_of([&] { (void)check_overlap(flair, head(), "flair.nii.gz"); }),
                HasSubstr("this is an image, not a mask"));
}

TEST(MaskChecks, SeveralValuesAreMentioned) {
    ScalarImage mask = ball(Vector3(0.02, 0, 0), 0.012);
    mask.at(20, 20, 20) = 2;
    EXPECT_THAT(check_overlap(mask, head(), "lesions.nii.gz"), ElementsAre(HasSubstr("2 different values")));
}

TEST(MaskChecks, AMaskFromAnotherSpaceIsRefusedWithWhatItsGridTells) {
    ScalarImage elsewhere = ball(Vector3(0.02, 0, 0), 0.012);
    elsewhere.head_from_voxel.translation()[1] += 0.150;
    EXPECT_THAT(error_of([&] { (void)check_overlap(elsewhere, head(), "lesions.nii.gz"); }),
                AllOf(HasSubstr("another space"), HasSubstr("copy the T1's sform")));
    ScalarImage mni({91, 109, 91}, elsewhere.head_from_voxel);
    mni.at(80, 80, 80) = 1;
    EXPECT_THAT(error_of([&] { (void)check_overlap(mni, head(), "lesions.nii.gz"); }),
                HasSubstr("inverse of the normalisation"));
}

TEST(MaskChecks, ADisplacedMaskAndAnotherGridAreMentioned) {
    const ScalarImage rim = ball(Vector3(0.058, 0, 0), 0.012);
    EXPECT_THAT(check_overlap(rim, head(), "lesions.nii.gz"), ElementsAre(HasSubstr("beside the head")));
    ScalarImage shifted = ball(Vector3(0.02, 0, 0), 0.012);
    shifted.head_from_voxel.translation()[2] += 1e-3;
    EXPECT_THAT(check_overlap(shifted, head(), "lesions.nii.gz"),
                ElementsAre(HasSubstr("placed by its affine")));
}

} // namespace
} // namespace corticoil::imaging
