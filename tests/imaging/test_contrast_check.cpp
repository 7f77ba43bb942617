#include "imaging/contrast_check.h"

#include "core/tissue.h"
#include "imaging/head_mask.h"
#include "imaging/mask_algebra.h"
#include "phantom_head.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace corticoil::imaging {
namespace {

using test::error_of;
using ::testing::HasSubstr;
using ::testing::Optional;

/// The phantom is head and template at once, so the mapping is the identity.
class ContrastCheck : public ::testing::Test {
  protected:
    test::PhantomHead head = test::make_phantom_head();

    [[nodiscard]] Mask brain() const {
        return mask_where(head.labels, [&](std::size_t n) {
            return head.labels.voxels[n] != 0 && head.labels.voxels[n] <= tissue::csf;
        });
    }
    [[nodiscard]] MniTemplate mni() const {
        ScalarImage set = head.t1;
        const Mask mask = brain();
        for (std::size_t n = 0; n < set.voxels.size(); ++n) set.voxels[n] = mask.voxels[n];
        return {head.t1, set, {}, {}};
    }
    /// Another contrast, keeping noise and bias field: intensities scaled from those of the phantom.
    [[nodiscard]] ScalarImage scaled(const std::array<float, 6>& factor) const {
        ScalarImage image = head.t1;
        for (std::size_t n = 0; n < image.voxels.size(); ++n)
            image.voxels[n] *= factor[head.labels.voxels[n]];
        return image;
    }
    [[nodiscard]] std::string error_for(const ScalarImage& image) const {
        return error_of([&] { refuse_wrong_contrast(find_contrast(image, mni(), {})); });
    }
};

TEST_F(ContrastCheck, AT1PassesUnderAStrongBiasField) {
    const ContrastRatios ratios = find_contrast(head.t1, mni(), {});
    EXPECT_NEAR(ratios.white_to_grey, 110.0 / 82, 0.1);
    EXPECT_LT(ratios.csf_to_grey, 0.7);
    ScalarImage biased = head.t1;
    std::size_t n = 0;
    for (int k = 0; k < biased.size[2]; ++k) {
        for (int j = 0; j < biased.size[1]; ++j) {
            for (int i = 0; i < biased.size[0]; ++i) biased.voxels[n++] *= 1 + static_cast<float>(j) / 60;
        }
    }
    EXPECT_EQ(error_for(biased), "no error");
}

TEST_F(ContrastCheck, OtherContrastsAreNamed) {
    // White 110, grey 82, CSF 42 become 60, 90, 210 and 80, 110, 20.
    EXPECT_THAT(error_for(scaled({1, 0.55F, 1.1F, 5, 1, 1})), HasSubstr("T2- or PD-weighted"));
    EXPECT_THAT(error_for(scaled({1, 0.73F, 1.34F, 0.5F, 1, 1})), HasSubstr("like a FLAIR"));
}

TEST_F(ContrastCheck, BrightVesselsTellOfAContrastAgent) {
    const BrainIntensities intensities = fit_brain_intensities(head.t1, brain());
    ScalarImage flat = scaled({1, 1, 1, 1, 1, 1});
    std::size_t n = 0;
    for (int k = 0; k < flat.size[2]; ++k) { // Without the bias field, as after its correction.
        for (int j = 0; j < flat.size[1]; ++j) {
            for (int i = 0; i < flat.size[0]; ++i, ++n) {
                const double y = (flat.head_from_voxel * Vector3(i, j, k))[1];
                flat.voxels[n] /= static_cast<float>(1 + 0.15 * (y + 0.015) / 0.080);
            }
        }
    }
    EXPECT_EQ(describe_enhancement(flat, brain(), intensities), std::nullopt);
    for (std::size_t voxel = 0; voxel < flat.voxels.size(); voxel += 70) flat.voxels[voxel] = 220;
    EXPECT_THAT(describe_enhancement(flat, brain(), intensities), Optional(HasSubstr("gadolinium")));
}

TEST_F(ContrastCheck, ADefacedHeadIsRecognised) {
    Mask mask = find_head(head.t1).mask;
    EXPECT_EQ(describe_missing_face(mask, head.t1, {}), std::nullopt);
    for (int k = 0; k < mask.size[2]; ++k) {
        for (int j = 0; j < mask.size[1]; ++j) {
            for (int i = 0; i < mask.size[0]; ++i) {
                const Vector3 p = mask.head_from_voxel * Vector3(i, j, k);
                if (p[1] - p[2] > 0.080) mask.at(i, j, k) = 0; // A plane that slants from brow to neck.
            }
        }
    }
    EXPECT_THAT(describe_missing_face(mask, head.t1, {}), Optional(HasSubstr("defaced")));
}

} // namespace
} // namespace corticoil::imaging
