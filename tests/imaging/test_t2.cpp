#include "core/tissue.h"
#include "imaging/head_layers.h"
#include "imaging/mask_algebra.h"
#include "imaging/t2_evidence.h"
#include "imaging/t2_registration.h"
#include "phantom_head.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <itkMultiThreaderBase.h>

#include <algorithm>
#include <array>
#include <random>

namespace corticoil::imaging {
namespace {

using test::error_of;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// Intensities from air to scalp.
using Contrast = std::array<float, 6>;
constexpr Contrast t1_contrast{0, 110, 82, 42, 14, 120};
constexpr Contrast t2_contrast{0, 33, 48, 110, 6, 45};
constexpr Contrast flair_contrast{0, 60, 80, 14, 6, 70};
constexpr Contrast pd_contrast{0, 60, 72, 78, 8, 64};
/// CSF as dark as bone.
constexpr Contrast blind_t1_contrast{0, 110, 82, 24, 24, 120};

ScalarImage image_of(const LabelImage& labels, const Contrast& contrast, unsigned seed) {
    ScalarImage image(labels.size, labels.head_from_voxel);
    std::mt19937 generator(seed);
    std::normal_distribution<float> noise(0, 3);
    for (std::size_t n = 0; n < image.voxels.size(); ++n)
        image.voxels[n] = std::max(0.0F, contrast[labels.voxels[n]] + noise(generator));
    return image;
}

/// An atrophic head: 10 mm of CSF around the phantom's brain, then bone and scalp.
LabelImage atrophic_head() {
    const LabelImage given = test::make_phantom_head().labels;
    const auto up_to = [&](int last) {
        return mask_where(
            given, [&](std::size_t n) { return given.voxels[n] != tissue::air && given.voxels[n] <= last; });
    };
    const Mask intracranial = dilate(up_to(tissue::csf), 6e-3);
    const Mask cranium = dilate(intracranial, 6e-3);
    const Mask head = either(dilate(cranium, 6e-3), up_to(tissue::scalp));
    LabelImage labels = given;
    for (std::size_t n = 0; n < labels.voxels.size(); ++n) {
        if (given.voxels[n] == tissue::white_matter || given.voxels[n] == tissue::grey_matter) continue;
        labels.voxels[n] = static_cast<std::uint8_t>(intracranial.voxels[n] != 0 ? tissue::csf
                                                     : cranium.voxels[n] != 0    ? tissue::bone
                                                     : head.voxels[n] != 0       ? tissue::scalp
                                                                                 : tissue::air);
    }
    return labels;
}

PlacedT2 in_place(ScalarImage image) {
    PlacedT2 placed;
    placed.covered = Mask(image.size, image.head_from_voxel, 1);
    placed.image = std::move(image);
    placed.coarsest_voxel = 1e-3;
    return placed;
}

/// The head's labels where they are brain or CSF.
LabelImage classes_of(const LabelImage& labels) {
    LabelImage classes = labels;
    for (std::uint8_t& label : classes.voxels) {
        if (label > tissue::csf) label = tissue::air;
    }
    return classes;
}

Mask head_of(const LabelImage& labels) {
    return mask_where(labels, [&](std::size_t n) { return labels.voxels[n] != tissue::air; });
}

TEST(SegmentWithT2, FindsTheSkullWhereTheT1IsBlind) {
    const LabelImage truth = atrophic_head();
    const ScalarImage t1 = image_of(truth, blind_t1_contrast, 1);
    HeadEvidence evidence;
    evidence.head = {head_of(truth), 10};
    evidence.brain_hint = mask_where(truth, [&](std::size_t n) {
        return truth.voxels[n] == tissue::white_matter || truth.voxels[n] == tissue::grey_matter;
    });
    evidence.is_hint_exact = true;
    const LabelledHead alone = label_head(t1, evidence);
    evidence.t2 = in_place(image_of(truth, t2_contrast, 2));
    const LabelledHead with_t2 = label_head(t1, evidence);
    evidence.t2 = in_place(image_of(truth, flair_contrast, 3));
    const LabelledHead with_flair = label_head(t1, evidence);
    const auto dice_of = [&](const LabelledHead& head, int label) {
        return test::dice(head.labels, truth, label);
    };
    EXPECT_LT(dice_of(alone, tissue::csf), 0.7);
    EXPECT_GT(dice_of(with_t2, tissue::csf), 0.95);
    EXPECT_GT(dice_of(with_t2, tissue::bone), dice_of(alone, tissue::bone) + 0.2);
    EXPECT_GT(dice_of(with_t2, tissue::grey_matter), 0.95);
    EXPECT_LT(dice_of(with_flair, tissue::csf), 0.7) << "a FLAIR cannot tell CSF from bone either";
    ASSERT_TRUE(with_t2.t2 && with_flair.t2);
    EXPECT_TRUE(with_t2.t2->is_used_for_skull);
    EXPECT_FALSE(with_flair.t2->is_used_for_skull);
    EXPECT_FALSE(alone.t2.has_value());
}

TEST(SegmentWithT2, ItsPriorsTellCsfFromBrainByBothContrasts) {
    const LabelImage truth = test::make_phantom_head().labels;
    ScalarImage undecided(truth.size, truth.head_from_voxel, 0.5F);
    for (const Contrast& contrast : {t2_contrast, flair_contrast}) {
        const JudgedT2 judged =
            judge_t2(in_place(image_of(truth, contrast, 2)), classes_of(truth), head_of(truth));
        const ScalarImage prior = with_t2(undecided, judged.evidence);
        double n_right = 0;
        double n_all = 0;
        for (std::size_t n = 0; n < truth.voxels.size(); ++n) {
            const int label = truth.voxels[n];
            if (label == tissue::air || label > tissue::csf) continue;
            n_all += 1;
            n_right += (prior.voxels[n] < 0.5F) == (label == tissue::csf) ? 1 : 0;
        }
        EXPECT_GT(n_right, 0.99 * n_all);
    }
}

TEST(JudgeT2, RecognisesContrasts) {
    const LabelImage labels = test::make_phantom_head().labels;
    const auto judge = [&](const Contrast& contrast) {
        return judge_t2(in_place(image_of(labels, contrast, 4)), classes_of(labels), head_of(labels)).report;
    };
    EXPECT_EQ(judge(t2_contrast).contrast, T2Contrast::t2);
    EXPECT_NEAR(judge(t2_contrast).csf_to_grey, 110.0 / 48, 0.1);
    EXPECT_EQ(judge(flair_contrast).contrast, T2Contrast::flair);
    EXPECT_THAT(judge(flair_contrast).warnings, IsEmpty());
    EXPECT_THAT(error_of([&] { (void)judge(t1_contrast); }),
                AllOf(HasSubstr("T2: white matter has 1.3"), HasSubstr("looks like a T1")));
    EXPECT_THAT(error_of([&] { (void)judge(pd_contrast); }), HasSubstr("another contrast"));
}

TEST(JudgeT2, ABrainWithoutItsHeadIsRefused) {
    const LabelImage labels = test::make_phantom_head().labels;
    const ScalarImage brain = image_of(classes_of(labels), t2_contrast, 4);
    EXPECT_THAT(error_of([&] { (void)judge_t2(in_place(brain), classes_of(labels), head_of(labels)); }),
                HasSubstr("brain-extracted"));
}

TEST(JudgeT2, AnotherHeadIsRefused) {
    const LabelImage labels = test::make_phantom_head().labels;
    test::PhantomGrid grid; // Its ventricle lies elsewhere, its brain is smaller.
    grid.phantom_from_head = Eigen::Translation3d(0.014, 0, 0.008) * Eigen::Scaling(1.08);
    const LabelImage other = test::make_phantom_head(grid).labels;
    for (const Contrast& contrast : {t2_contrast, flair_contrast}) {
        EXPECT_THAT(error_of([&] {
                        (void)judge_t2(in_place(image_of(other, contrast, 4)), classes_of(labels),
                                       head_of(labels));
                    }),
                    HasSubstr("another person's head"));
    }
}

TEST(JudgeT2, ThickSlicesAndSlabsAreUsedWithAWarning) {
    const LabelImage labels = test::make_phantom_head().labels;
    PlacedT2 placed = in_place(image_of(labels, t2_contrast, 4));
    placed.coarsest_voxel = 5e-3;
    const JudgedT2 thick = judge_t2(placed, classes_of(labels), head_of(labels));
    EXPECT_FALSE(thick.report.is_used_for_skull);
    EXPECT_THAT(thick.report.warnings, ElementsAre(AllOf(HasSubstr("5 mm"), HasSubstr("helps little"))));
    std::size_t bone = 0;
    while (labels.voxels[bone] != tissue::bone) ++bone;
    EXPECT_EQ(skull_side(thick.evidence, bone), SkullSide::undecided);
    placed.coarsest_voxel = 1e-3;
    EXPECT_EQ(skull_side(judge_t2(placed, classes_of(labels), head_of(labels)).evidence, bone),
              SkullSide::bone);
    std::fill_n(placed.covered.voxels.begin(), placed.covered.voxels.size() / 2, std::uint8_t{0});
    const JudgedT2 slab = judge_t2(placed, classes_of(labels), head_of(labels));
    EXPECT_THAT(slab.report.warnings, ElementsAre(HasSubstr("% of the brain")));
    EXPECT_LT(slab.report.brain_covered, 0.7);
    EXPECT_EQ(with_t2({}, slab.evidence).voxels.front(), 0.5F) << "it says nothing where it does not reach";
    std::fill(placed.covered.voxels.begin(), placed.covered.voxels.end(), std::uint8_t{0});
    EXPECT_THAT(error_of([&] { (void)judge_t2(placed, classes_of(labels), head_of(labels)); }),
                HasSubstr("too little of the brain"));
}

/// A T2 of the phantom, its head moved by a rigid motion, on other voxels.
ScalarImage moved_t2(const Eigen::Affine3d& t1_from_t2) {
    test::PhantomGrid grid;
    grid.size = {80, 96, 64};
    grid.head_from_voxel.linear() = Vector3(2.1e-3, 2.1e-3, 2.6e-3).asDiagonal();
    grid.head_from_voxel.translation() += t1_from_t2.inverse().translation();
    grid.phantom_from_head = t1_from_t2;
    return image_of(test::make_phantom_head(grid).labels, t2_contrast, 5);
}

/// The largest distance between two maps at points of the brain [m].
double largest_difference(const Eigen::Affine3d& a, const Eigen::Affine3d& b) {
    double largest = 0;
    for (const Vector3& point : {Vector3(0.05, -0.015, 0.015), Vector3(-0.05, -0.015, 0.015),
                                 Vector3(0, 0.055, 0.02), Vector3(0, -0.085, 0.01), Vector3(0, 0, 0.065)})
        largest = std::max(largest, (a * point - b * point).norm());
    return largest;
}

TEST(RegisterT2, RecoversAKnownMotionOnAnyNumberOfThreads) {
    const ScalarImage t1 = test::make_phantom_head().t1;
    const Eigen::Affine3d t1_from_t2 = Eigen::Translation3d(0.006, -0.004, 0.009) *
                                       Eigen::AngleAxisd(0.12, Vector3(1, 0.5, -0.3).normalized());
    const Eigen::Affine3d truth = t1_from_t2.inverse();
    const ScalarImage t2 = moved_t2(t1_from_t2);
    itk::MultiThreaderBase::SetGlobalDefaultNumberOfThreads(1);
    const Eigen::Affine3d found = register_t2(t1, t2, "t2");
    EXPECT_GT(largest_difference(Eigen::Affine3d::Identity(), truth), 12e-3) << "a real task";
    EXPECT_LT(largest_difference(found, truth), 0.5e-3);
    const Eigen::Matrix3d turn = found.linear();
    EXPECT_LT((turn.transpose() * turn - Eigen::Matrix3d::Identity()).norm(), 1e-6) << "rigid";
    itk::MultiThreaderBase::SetGlobalDefaultNumberOfThreads(2);
    EXPECT_EQ(register_t2(t1, t2, "t2").matrix(), found.matrix());
}

TEST(RegisterT2, AnImageFarAwayIsFoundAndPlaced) {
    const test::PhantomHead head = test::make_phantom_head();
    const Eigen::Affine3d t1_from_t2(Eigen::Translation3d(0, 0.4, 0.3)); // The frames do not meet.
    const PlacedT2 placed = place_t2(moved_t2(t1_from_t2), "t2", head.t1);
    EXPECT_LT(largest_difference(placed.t2_from_t1, t1_from_t2.inverse()), 0.5e-3);
    EXPECT_NEAR(placed.coarsest_voxel, 2.6e-3, 1e-9);
    const ScalarImage expected = image_of(head.labels, t2_contrast, 6);
    double off = 0;
    double spread = 0;
    double n_brain = 0;
    for (std::size_t n = 0; n < expected.voxels.size(); ++n) {
        const int label = head.labels.voxels[n];
        if (placed.covered.voxels[n] == 0 || label == tissue::air || label > tissue::csf) continue;
        n_brain += 1;
        off += std::abs(placed.image.voxels[n] - expected.voxels[n]);
        spread += std::abs(expected.voxels[n] - t2_contrast[tissue::grey_matter]);
    }
    EXPECT_GT(n_brain, 1000);
    EXPECT_LT(off, 0.5 * spread) << "less than if every voxel were grey matter";
    EXPECT_GT(count(placed.covered), placed.covered.voxels.size() / 2);
    EXPECT_LT(count(placed.covered), placed.covered.voxels.size()) << "its field of view is smaller";
}

TEST(RegisterT2, AConstantImageIsNamed) {
    const ScalarImage constant({20, 20, 20}, Eigen::Affine3d::Identity(), 7);
    EXPECT_THAT(error_of([&] { (void)place_t2(constant, "flair.nii.gz", constant); }),
                AllOf(HasSubstr("flair.nii.gz"), HasSubstr("same value everywhere")));
}

} // namespace
} // namespace corticoil::imaging
