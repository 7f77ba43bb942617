#include "imaging/mni_registration.h"

#include "core/tissue.h"
#include "phantom_head.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace corticoil::imaging {
namespace {

/// The largest distance between two maps over the phantom's brain voxels [m].
double largest_difference(const test::PhantomHead& head, const Eigen::Affine3d& a, const Eigen::Affine3d& b) {
    double largest = 0;
    for (int k = 0; k < head.labels.size[2]; k += 3) {
        for (int j = 0; j < head.labels.size[1]; j += 3) {
            for (int i = 0; i < head.labels.size[0]; i += 3) {
                const int label = head.labels.at(i, j, k);
                if (label == tissue::air || label > tissue::csf) continue;
                const Vector3 point = head.labels.head_from_voxel * Vector3(i, j, k);
                largest = std::max(largest, (a * point - b * point).norm());
            }
        }
    }
    return largest;
}

TEST(MniRegistration, TheTemplateItselfGivesTheIdentity) {
    const test::PhantomHead head = test::make_phantom_head();
    const MniMapping found = register_to_mni(head.t1, head.t1, {.is_deformable = false});
    EXPECT_LT(largest_difference(head, found.mni_from_head, Eigen::Affine3d::Identity()), 0.5e-3);
}

TEST(MniRegistration, RecoversShiftRotationAndScale) {
    test::PhantomGrid even; // Colin27 has no bias field, a subject does.
    even.bias = 0;
    const test::PhantomHead template_head = test::make_phantom_head(even);
    test::PhantomGrid grid;
    grid.phantom_from_head = Eigen::Translation3d(0.010, 0.006, -0.008) *
                             Eigen::AngleAxisd(0.12, Vector3(0.5, -0.4, 1).normalized()) *
                             Eigen::Scaling(1.08, 1.04, 1.06);
    grid.bias = 0.1;
    const test::PhantomHead head = test::make_phantom_head(grid);
    const MniMapping found = register_to_mni(head.t1, template_head.t1, {.is_deformable = false});
    EXPECT_GT(largest_difference(head, grid.phantom_from_head, Eigen::Affine3d::Identity()), 10e-3)
        << "a real task";
    EXPECT_LT(largest_difference(head, found.mni_from_head, grid.phantom_from_head), 1e-3);
}

TEST(MniRegistration, AnImageWithoutAHeadIsAnError) {
    const test::PhantomHead head = test::make_phantom_head();
    ScalarImage speck(head.t1.size, head.t1.head_from_voxel);
    for (int i = 40; i < 46; ++i) speck.at(i, 40, 40) = 100;
    EXPECT_THAT(test::error_of([&] { (void)register_to_mni(speck, head.t1); }),
                ::testing::HasSubstr("less than a head"));
}

} // namespace
} // namespace corticoil::imaging
