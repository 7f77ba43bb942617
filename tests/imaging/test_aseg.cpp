#include "imaging/aseg.h"

#include "core/tissue.h"
#include "support/error_of.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace corticoil::imaging {
namespace {

using corticoil::test::error_of;
using ::testing::AllOf;
using ::testing::HasSubstr;

ScalarImage row_of(const std::vector<float>& values) {
    ScalarImage image({static_cast<int>(values.size()), 1, 1}, Eigen::Affine3d(Eigen::Scaling(1e-3)));
    image.voxels = values;
    return image;
}

int tissue_of(int label) {
    // A second voxel keeps the brain from being empty.
    return aseg_brain(row_of({static_cast<float>(label), 2})).tissues.voxels[0];
}

TEST(Aseg, EveryStructureHasItsTissueOnBothSides) {
    for (const int label : {2, 41, 7, 46, 16, 85, 251, 255, 77, 3001, 4035, 5002, 13101})
        EXPECT_EQ(tissue_of(label), tissue::white_matter) << label;
    for (const int label : {3,  42, 8,  47, 10, 49, 11, 50, 12,   51,   13,    52,
                            17, 53, 18, 54, 26, 58, 28, 60, 1001, 2035, 11101, 12175}) {
        EXPECT_EQ(tissue_of(label), tissue::grey_matter) << label;
    }
    for (const int label : {4, 43, 5, 44, 14, 15, 24, 30, 62, 31, 63, 72})
        EXPECT_EQ(tissue_of(label), tissue::csf) << label;
    for (const int label : {0, 165, 258}) EXPECT_EQ(tissue_of(label), tissue::air) << label;
    // Left and right differ by 39 or 40 in number and not in tissue.
    for (const int left : {2, 3, 4, 5, 7, 8, 10, 11, 12, 13})
        EXPECT_EQ(tissue_of(left), tissue_of(left + 39));
}

TEST(Aseg, HypointensitiesStayWhiteMatterAndAreCounted) {
    const AsegBrain brain = aseg_brain(row_of({2, 77, 78, 79, 3, 99}));
    EXPECT_EQ(brain.n_hypointensities, 4U);
    EXPECT_EQ(brain.tissues.voxels, (std::vector<std::uint8_t>{1, 1, 1, 1, 2, 1}));
}

TEST(Aseg, WhatIsUnknownIsListedWithCounts) {
    EXPECT_THAT(error_of([] {
                    (void)aseg_brain(row_of({2, 29, 29, 9999}));
                }),
                AllOf(HasSubstr("29 (2 voxels), 9999 (1 voxels)"), HasSubstr("--labels")));
    EXPECT_THAT(error_of([] { (void)aseg_brain(row_of({2, 20'000'000})); }), HasSubstr("integers"));
    EXPECT_THAT(error_of([] { (void)aseg_brain(row_of({2, 2.5F})); }), HasSubstr("interpolation"));
    EXPECT_THAT(error_of([] { (void)aseg_brain(row_of({2, -1})); }), HasSubstr("holds -1"));
    EXPECT_THAT(error_of([] { (void)aseg_brain(row_of({0, 4})); }), HasSubstr("no grey or white matter"));
}

} // namespace
} // namespace corticoil::imaging
