#include "imaging/what_if.h"

#include "core/tissue.h"
#include "phantom_head.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace corticoil::imaging {
namespace {

using test::error_of;
using ::testing::HasSubstr;

double thickness_above(const LabelImage& tissues, int label) {
    // Along the line up from the middle of the phantom's brain.
    double n_voxels = 0;
    for (int k = 47; k < tissues.size[2]; ++k) n_voxels += tissues.at(42, 49, k) == label ? 1 : 0;
    return n_voxels * 2e-3;
}

double ml(const LabelImage& tissues, int label) {
    return label_volumes(tissues)[static_cast<std::size_t>(label)] * 1e6;
}

TEST(WhatIf, CsfLayerDrawsTheBrainBackAndKeepsSkullAndCortex) {
    const LabelImage before = test::make_phantom_head().labels;
    const LabelImage after = apply({.csf_layer = 4e-3}, before);
    EXPECT_NEAR(thickness_above(after, tissue::csf), thickness_above(before, tissue::csf) + 4e-3, 1e-6);
    EXPECT_NEAR(thickness_above(after, tissue::grey_matter), thickness_above(before, tissue::grey_matter),
                4.1e-3);
    EXPECT_GT(thickness_above(after, tissue::grey_matter),
              0.5 * thickness_above(before, tissue::grey_matter));
    for (std::size_t n = 0; n < before.voxels.size(); ++n) {
        const bool was_outside = before.voxels[n] == 0 || before.voxels[n] >= tissue::bone;
        const bool is_outside = after.voxels[n] == 0 || after.voxels[n] >= tissue::bone;
        ASSERT_EQ(was_outside, is_outside);
        if (was_outside) {
            ASSERT_EQ(before.voxels[n], after.voxels[n]);
        }
    }
    EXPECT_NEAR(ml(after, tissue::csf) - ml(before, tissue::csf),
                ml(before, 1) + ml(before, 2) - ml(after, 1) - ml(after, 2), 1e-6);
}

TEST(WhatIf, PosteriorLayerThickensTheScalpAtTheBackOnly) {
    const LabelImage before = test::make_phantom_head().labels;
    const LabelImage after = apply({.posterior_layer = 6e-3}, before);
    const int added = after.size[1] - before.size[1];
    EXPECT_EQ(added, 4);
    double back = 0, front = 0, back_before = 0, front_before = 0;
    for (int j = 0; j < after.size[1]; ++j) {
        const bool is_scalp = after.at(42, j, 47) == tissue::scalp;
        (j < after.size[1] / 2 ? back : front) += is_scalp ? 1 : 0;
    }
    for (int j = 0; j < before.size[1]; ++j)
        (j < before.size[1] / 2 ? back_before : front_before) +=
            before.at(42, j, 47) == tissue::scalp ? 1 : 0;
    EXPECT_NEAR(2 * (back - back_before), 6, 0.1) << "mm";
    EXPECT_EQ(front, front_before);
    for (const int label : {1, 2, 3, 4}) EXPECT_DOUBLE_EQ(ml(after, label), ml(before, label));
    // The head stays where it was.
    EXPECT_LT(
        (after.head_from_voxel * Vector3(42, 49 + added, 47) - before.head_from_voxel * Vector3(42, 49, 47))
            .norm(),
        1e-9);
}

TEST(WhatIf, AtrophyWidensVentriclesAndThinsTheCortex) {
    const LabelImage before = test::make_phantom_head().labels;
    const LabelImage ventricles = apply({.ventricle_growth = 4e-3}, before);
    EXPECT_GT(ml(ventricles, tissue::csf), ml(before, tissue::csf) + 5);
    EXPECT_DOUBLE_EQ(thickness_above(ventricles, tissue::grey_matter),
                     thickness_above(before, tissue::grey_matter));
    const LabelImage thinned = apply({.cortex_thinning = 2e-3}, before);
    EXPECT_NEAR(thickness_above(thinned, tissue::grey_matter),
                thickness_above(before, tissue::grey_matter) - 2e-3, 1e-6);
    EXPECT_NEAR(ml(thinned, tissue::white_matter), ml(before, tissue::white_matter), 1e-9);
}

TEST(WhatIf, NothingChangesNothingAndNonsenseIsRefused) {
    const LabelImage before = test::make_phantom_head().labels;
    EXPECT_EQ(apply({}, before).voxels, before.voxels);
    EXPECT_THAT(error_of([&] { (void)apply({.csf_layer = -1e-3}, before); }), HasSubstr("-1 mm"));
    EXPECT_THAT(error_of([&] { (void)apply({.csf_layer = 0.2}, before); }), HasSubstr("0 to 20 mm"));
    const LabelImage bone(before.size, before.head_from_voxel, tissue::bone);
    EXPECT_THAT(error_of([&] { (void)apply({.csf_layer = 1e-3}, bone); }),
                HasSubstr("no white or grey matter"));
}

} // namespace
} // namespace corticoil::imaging
