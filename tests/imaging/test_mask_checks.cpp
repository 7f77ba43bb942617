#include "imaging/mask_checks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace corticoil::imaging {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Optional;

Eigen::Affine3d spaced(double spacing) {
    Eigen::Affine3d affine = Eigen::Affine3d::Identity();
    affine.linear() *= spacing;
    return affine;
}

TEST(MaskChecks, TheHeadsOwnGridIsNothingToMention) {
    const Mask head({40, 40, 40}, spaced(4e-3));
    EXPECT_EQ(describe_foreign_grid(ScalarImage({40, 40, 40}, spaced(4e-3)), head, "a.nii.gz"), std::nullopt);
}

TEST(MaskChecks, AnotherGridMayHideAShift) {
    const Mask head({40, 40, 40}, spaced(4e-3));
    EXPECT_THAT(
        describe_foreign_grid(ScalarImage({40, 40, 20}, spaced(4e-3)), head, "a.nii.gz"),
        Optional(AllOf(HasSubstr("a.nii.gz: "), HasSubstr("FLAIR"), HasSubstr("register them first"))));
    ScalarImage shifted({40, 40, 40}, spaced(4e-3));
    shifted.head_from_voxel.translation()[2] += 1e-3;
    EXPECT_THAT(describe_foreign_grid(shifted, head, "a.nii.gz"),
                Optional(HasSubstr("placed by its affine")));
}

TEST(MaskChecks, ATemplatesGridIsNamed) {
    const Mask head({40, 40, 40}, spaced(4e-3));
    EXPECT_THAT(describe_foreign_grid(ScalarImage({91, 109, 91}, spaced(2e-3)), head, "a.nii.gz"),
                Optional(HasSubstr("inverse of the normalisation")));
}

} // namespace
} // namespace corticoil::imaging
