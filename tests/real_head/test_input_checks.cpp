#include "core/error.h"
#include "imaging/contrast_check.h"
#include "imaging/input_checks.h"
#include "imaging/nifti.h"
#include "imaging/templates.h"
#include "support/check_data.h"
#include "support/error_of.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace corticoil::imaging {
namespace {

using corticoil::test::error_of;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string error_for(const ScalarImage& t1, const MniTemplate& mni) {
    return error_of([&] { (void)check_t1(t1, mni.t1); });
}

/// The header turned about the image's centre, the voxels left where they are.
ScalarImage turned(ScalarImage image, const Eigen::Matrix3d& turn) {
    const Vector3 centre =
        image.head_from_voxel * (0.5 * Vector3(image.size[0] - 1, image.size[1] - 1, image.size[2] - 1));
    image.head_from_voxel =
        Eigen::Translation3d(centre) * turn * Eigen::Translation3d(-centre) * image.head_from_voxel;
    return image;
}

TEST(InputChecksOnColin27, TheWholeHeadPassesItsBrainDoesNot) {
    const MniTemplate mni = load_mni_template();
    EXPECT_THAT(check_t1(mni.t1, mni.t1), IsEmpty());
    EXPECT_THAT(error_for(mni.brain, mni), HasSubstr("skull-stripped"));
}

TEST(InputChecksOnColin27, WrongOrientationsAreNamedAndTiltedHeadsPass) {
    const MniTemplate mni = load_mni_template();
    const Eigen::Matrix3d upside_down = Vector3(1, -1, -1).asDiagonal();
    EXPECT_THAT(error_for(turned(mni.t1, upside_down), mni), HasSubstr("calls top is its bottom"));
    const Eigen::Matrix3d back_to_front = Vector3(-1, -1, 1).asDiagonal();
    EXPECT_THAT(error_for(turned(mni.t1, back_to_front), mni), HasSubstr("calls front is its back"));
    const Eigen::Matrix3d tilt =
        Eigen::AngleAxisd(0.35, Vector3(1, 0.7, 0.5).normalized()).toRotationMatrix();
    EXPECT_THAT(check_t1(turned(mni.t1, tilt), mni.t1), IsEmpty());
}

TEST(InputChecksOnColin27, InvertedContrastIsNoT1) {
    const MniTemplate mni = load_mni_template();
    EXPECT_EQ(error_of([&] { refuse_wrong_contrast(find_contrast(mni.t1, mni, {})); }), "no error");
    ScalarImage inverted = mni.t1;
    for (float& voxel : inverted.voxels)
        voxel = voxel > 20 ? 180 - voxel : voxel; // CSF bright, white matter dark.
    EXPECT_THAT(error_of([&] { refuse_wrong_contrast(find_contrast(inverted, mni, {})); }), HasSubstr("T2-"));
}

TEST(InputChecksOnAPerson, AnotherHeadPasses) {
    CORTICOIL_CHECK_DATA_OR_SKIP(path, "heads/individual_t1.nii.gz");
    const ScalarImage t1 = read_nifti(path).image;
    const MniTemplate mni = load_mni_template();
    EXPECT_THAT(check_t1(t1, mni.t1), IsEmpty());
    const Eigen::Matrix3d upside_down = Vector3(1, -1, -1).asDiagonal();
    EXPECT_THAT(error_for(turned(t1, upside_down), mni), HasSubstr("calls top is its bottom"));
}

} // namespace
} // namespace corticoil::imaging
