#include "core/tissue.h"
#include "core/voxel_parts.h"
#include "imaging/brain_classes.h"
#include "imaging/label_import.h"
#include "imaging/lesion_filling.h"
#include "imaging/lesion_labels.h"
#include "imaging/lesion_masks.h"
#include "imaging/mask_algebra.h"
#include "imaging/resample.h"
#include "imaging/segmentation.h"
#include "phantom_head.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace corticoil::imaging {
namespace {

using test::error_of;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Eigen::Affine3d grid(double spacing, const Vector3& origin = Vector3::Zero()) {
    return Eigen::Affine3d(Eigen::Translation3d(origin)) * Eigen::Scaling(spacing);
}

double volume(const LabelImage& mask) {
    return static_cast<double>(count(mask)) * mask.voxel_volume();
}

ScalarImage as_scalar(const LabelImage& mask, float value = 1) {
    ScalarImage image(mask.size, mask.head_from_voxel);
    for (std::size_t n = 0; n < mask.voxels.size(); ++n) image.voxels[n] = mask.voxels[n] != 0 ? value : 0;
    return image;
}

/// The voxels of a grid within `radius` of `centre`.
LabelImage ball(const LabelImage& like, const Vector3& centre, double radius) {
    LabelImage mask(like.size, like.head_from_voxel);
    for (int k = 0; k < mask.size[2]; ++k) {
        for (int j = 0; j < mask.size[1]; ++j) {
            for (int i = 0; i < mask.size[0]; ++i) {
                const Vector3 point = mask.head_from_voxel * Vector3(i, j, k);
                mask.at(i, j, k) = (point - centre).norm() <= radius ? 1 : 0;
            }
        }
    }
    return mask;
}

VoxelParts lesions_in(const LabelImage& mask) {
    return find_voxel_parts(mask, {.through_corners = true, .any_label = true});
}

TEST(VoxelParts, ThroughCornersLesionsConnect) {
    LabelImage mask({5, 5, 5}, grid(1e-3));
    mask.at(0, 0, 0) = mask.at(1, 1, 1) = 1;
    mask.at(3, 3, 3) = mask.at(3, 3, 4) = 7;
    const VoxelParts found = lesions_in(mask);
    ASSERT_EQ(found.n_parts(), 2);
    const std::vector<std::vector<std::size_t>> voxels = voxels_by_part(found);
    EXPECT_THAT(voxels[0], ElementsAre(mask.index(0, 0, 0), mask.index(1, 1, 1)));
    EXPECT_EQ(voxels[1].size(), 2U);
}

TEST(ResampleLesions, OnItsOwnGridChangesNothing) {
    LabelImage mask({20, 20, 20}, grid(1e-3));
    mask.at(3, 3, 3) = 1;
    mask.at(10, 10, 10) = mask.at(10, 11, 10) = mask.at(11, 11, 11) = 1;
    EXPECT_EQ(resample_lesions(as_scalar(mask), "m", mask.size, mask.head_from_voxel).voxels, mask.voxels);
}

TEST(ResampleLesions, KeepsTheVolumeOfEachLesionOnAnotherGrid) {
    LabelImage source({40, 40, 40}, grid(1e-3));
    source = either(ball(source, Vector3(0.010, 0.010, 0.010), 0.004),
                    ball(source, Vector3(0.028, 0.028, 0.025), 0.0065));
    source.at(15, 30, 8) = 1; // A lesion of one voxel.
    Eigen::Affine3d turned = grid(0.9e-3, Vector3(-0.004, -0.0063, -0.00325));
    turned.linear() = Eigen::AngleAxisd(0.3, Vector3::UnitZ()).toRotationMatrix() * turned.linear();
    const LabelImage target = resample_lesions(as_scalar(source), "m", {60, 60, 60}, turned);
    const VoxelParts before = lesions_in(source);
    const VoxelParts after = lesions_in(target);
    ASSERT_EQ(after.n_parts(), before.n_parts());
    EXPECT_NEAR(volume(target), volume(source), 1.5 * target.voxel_volume());
    // Interpolation with a threshold of one half loses the single voxel.
    const LabelImage thresholded =
        resample_mask(as_scalar(source), target.size, target.head_from_voxel, Eigen::Affine3d::Identity());
    EXPECT_LT(lesions_in(thresholded).n_parts(), before.n_parts());
}

TEST(ResampleLesions, SmallLesionsSurviveOnCoarseGrids) {
    LabelImage source({40, 40, 40}, grid(1e-3));
    source.at(10, 10, 10) = 1;
    const LabelImage target = resample_lesions(as_scalar(source), "m", {20, 20, 20}, grid(2e-3));
    EXPECT_EQ(count(target), 1U);
    EXPECT_EQ(target.at(5, 5, 5), 1);
}

TEST(PlaceLesions, RefusesWhatIsNoMaskOfThisHead) {
    const LabelImage head = ball(LabelImage({80, 80, 80}, grid(2e-3)), Vector3::Constant(0.08), 0.078);
    LesionImages images;
    images.lesions_name = "flair.nii.gz";
    const auto message = [&] { return error_of([&] { (void)place_lesions(images, head); }); };

    images.lesions = ScalarImage(head.size, head.head_from_voxel);
    EXPECT_THAT(message(), AllOf(HasSubstr("flair.nii.gz"), HasSubstr("every voxel is 0")));

    images.lesions = as_scalar(ball(head, Vector3::Constant(0.08), 0.01));
    images.lesions->voxels[0] = 0.5F;
    EXPECT_THAT(message(), AllOf(HasSubstr("0.5 and 1"), HasSubstr("threshold")));

    images.lesions = as_scalar(ball(head, Vector3::Constant(0.08), 0.01));
    images.lesions->head_from_voxel.translation() += Vector3(0.15, 0, 0);
    EXPECT_THAT(message(), AllOf(HasSubstr("another space"), HasSubstr("resample")));

    images.lesions = as_scalar(ball(head, Vector3::Constant(0.08), 0.07));
    EXPECT_THAT(message(), HasSubstr("brain mask"));

    images.lesions = as_scalar(ball(head, Vector3::Constant(0.08), 0.01), 255);
    const LesionMasks placed = place_lesions(images, head);
    EXPECT_EQ(placed.lesions.voxels, ball(head, Vector3::Constant(0.08), 0.01).voxels);
    EXPECT_THAT(placed.warnings, IsEmpty());
    images.lesions->head_from_voxel.translation() += Vector3(0.004, 0, 0);
    EXPECT_THAT(place_lesions(images, head).warnings, ElementsAre(HasSubstr("lies elsewhere")));
}

TEST(PlaceLesions, BlackHolesMayBePartOfTheLesionsOrBesideThem) {
    const LabelImage head = ball(LabelImage({40, 40, 40}, grid(2e-3)), Vector3::Constant(0.04), 0.038);
    LesionImages images;
    images.lesions = as_scalar(ball(head, Vector3::Constant(0.04), 0.006));
    images.black_holes = as_scalar(
        either(ball(head, Vector3::Constant(0.04), 0.003), ball(head, Vector3(0.06, 0.04, 0.04), 0.003)));
    const LesionMasks both_masks = place_lesions(images, head);
    EXPECT_EQ(count(both_masks.lesions), count(ball(head, Vector3::Constant(0.04), 0.006)) +
                                             count(ball(head, Vector3(0.06, 0.04, 0.04), 0.003)));
    images.lesions.reset();
    const LesionMasks alone = place_lesions(images, head);
    EXPECT_EQ(alone.lesions.voxels, alone.black_holes.voxels);
}

/// A box of CSF on the left, then grey matter, white matter; bone at the right.
struct Slab {
    LabelImage labels{{30, 12, 12}, grid(1e-3)};
    ScalarImage t1{{30, 12, 12}, grid(1e-3)};
    LesionMasks lesions;

    Slab() {
        for (std::size_t n = 0; n < labels.voxels.size(); ++n) {
            const std::size_t i = n % 30;
            labels.voxels[n] = static_cast<std::uint8_t>(i < 5    ? tissue::csf
                                                         : i < 8  ? tissue::grey_matter
                                                         : i < 26 ? tissue::white_matter
                                                                  : tissue::bone);
            t1.voxels[n] = i < 5 ? 30.0F : i < 8 ? 70.0F : i < 26 ? 110.0F : 10.0F;
        }
        lesions.lesions = lesions.black_holes = LabelImage(labels.size, labels.head_from_voxel);
    }
    void add(int first, int last) {
        for (int i = first; i <= last; ++i) lesions.lesions.at(i, 6, 6) = 1;
    }
};

TEST(InsertLesions, LabelsBrainAndLeavesOutTheRest) {
    Slab slab;
    slab.add(3, 20); // Two voxels reach into CSF, three are grey matter.
    slab.lesions.black_holes.at(15, 6, 6) = 1;
    slab.t1.at(12, 6, 6) = 30;             // As dark as CSF, but inside the lesion.
    slab.lesions.lesions.at(27, 2, 2) = 1; // Bone.
    LabelImage labels = slab.labels;
    const LesionReport report = insert_lesions(slab.lesions, slab.t1, labels);
    EXPECT_EQ(report.n_in_csf, 2U);
    EXPECT_EQ(report.n_outside, 1U);
    EXPECT_EQ(report.n_grey_matter, 3U);
    EXPECT_EQ(report.n_lesions, 1);
    EXPECT_NEAR(report.lesion_volume, 15e-9, 1e-15);
    EXPECT_NEAR(report.black_hole_volume, 1e-9, 1e-15);
    EXPECT_THAT(report.warnings, ElementsAre(HasSubstr("3 of 19 voxels")));
    EXPECT_EQ(labels.at(4, 6, 6), tissue::csf);
    EXPECT_EQ(labels.at(5, 6, 6), tissue::lesion);
    EXPECT_EQ(labels.at(12, 6, 6), tissue::lesion);
    EXPECT_EQ(labels.at(15, 6, 6), tissue::black_hole);
    EXPECT_EQ(labels.at(27, 2, 2), tissue::bone);
}

TEST(InsertLesions, SpillIntoCsfIsSeenInTheUnfilledT1) {
    Slab slab;
    slab.add(3, 20);
    // The labels of the filled T1 take what the mask covers for white matter.
    for (int i = 3; i <= 20; ++i) slab.labels.at(i, 6, 6) = tissue::white_matter;
    LabelImage with_t1 = slab.labels;
    EXPECT_EQ(insert_lesions(slab.lesions, slab.t1, with_t1).n_in_csf, 2U);
    EXPECT_EQ(with_t1.at(4, 6, 6), tissue::csf);
    LabelImage without_t1 = slab.labels;
    EXPECT_EQ(insert_lesions(slab.lesions, std::nullopt, without_t1).n_in_csf, 0U) << "needs the T1";
}

TEST(InsertLesions, AMaskMostlyOutsideTheBrainIsRefusedAndChangesNothing) {
    Slab slab;
    slab.add(26, 29);
    slab.add(25, 25);
    LabelImage labels = slab.labels;
    EXPECT_THAT(error_of([&] { (void)insert_lesions(slab.lesions, slab.t1, labels); }),
                AllOf(HasSubstr("4 of 5 voxels"), HasSubstr("another image")));
    EXPECT_EQ(labels.voxels, slab.labels.voxels);
}

TEST(InsertLesions, IntoAnImportedLabelMap) {
    const test::PhantomHead head = test::make_phantom_head();
    ImportOptions options;
    options.neck_extension = 0;
    options.lesions.lesions = as_scalar(ball(head.labels, Vector3(-0.025, -0.02, 0.02), 0.006));
    const ImportedLabels imported = import_labels(head.labels, {}, options);
    ASSERT_TRUE(imported.lesions.has_value());
    EXPECT_EQ(imported.lesions->n_lesions, 1);
    EXPECT_NEAR(imported.volumes[tissue::lesion],
                volume(ball(head.labels, Vector3(-0.025, -0.02, 0.02), 0.006)), 1e-12);
}

/// Dark lesions of 4.9 ml in the phantom's white matter, one of them at the cortex.
struct LesionedHead {
    test::PhantomHead head = test::make_phantom_head();
    LabelImage mask = either(ball(head.labels, Vector3(-0.025, -0.02, 0.02), 0.008),
                             either(ball(head.labels, Vector3(-0.010, 0.030, 0.02), 0.006),
                                    ball(head.labels, Vector3(0.030, -0.045, 0.025), 0.007)));
    ScalarImage t1 = head.t1;
    SegmentationOptions options;

    LesionedHead() {
        for (std::size_t n = 0; n < t1.voxels.size(); ++n) {
            if (mask.voxels[n] != 0) t1.voxels[n] *= 0.55F; // Between grey matter and CSF.
        }
        const LabelImage brain = mask_where(head.labels, [&](std::size_t n) {
            return head.labels.voxels[n] == tissue::white_matter ||
                   head.labels.voxels[n] == tissue::grey_matter;
        });
        options.mni_template = MniTemplate{head.t1, as_scalar(brain), {}, head.labels};
        options.brain_mask = as_scalar(brain);
        options.mni = MniMapping{}; // The registration has tests of its own.
        options.neck_extension = 0;
    }
};

TEST(SegmentWithLesions, LabelsThemAndLeavesTheRestAlone) {
    LesionedHead lesioned;
    lesioned.options.lesions.lesions = as_scalar(lesioned.mask);
    const Segmentation aware = segment_t1(lesioned.t1, lesioned.options);
    ASSERT_TRUE(aware.lesions.has_value());
    EXPECT_EQ(aware.lesions->n_lesions, 3);
    EXPECT_NEAR(aware.volumes[tissue::lesion] / volume(lesioned.mask), 1, 0.02);
    EXPECT_GT(test::dice(aware.tissues, lesioned.head.labels, tissue::white_matter), 0.92);
    const LabelImage near = without(dilate(lesioned.mask, 5e-3), lesioned.mask);
    std::size_t n_wrong = 0;
    for (std::size_t n = 0; n < near.voxels.size(); ++n)
        n_wrong += near.voxels[n] != 0 && aware.tissues.voxels[n] != lesioned.head.labels.voxels[n] ? 1U : 0U;
    EXPECT_LT(static_cast<double>(n_wrong), 0.12 * static_cast<double>(count(near)));
}

TEST(SegmentWithLesions, AMaskIsComparedWithTheWholeT1) {
    // Air around the head, which is cropped away before the tissues are found.
    test::PhantomGrid wide;
    wide.size = {124, 138, 120};
    wide.head_from_voxel.translation() -= Vector3::Constant(0.030);
    const test::PhantomHead head = test::make_phantom_head(wide);
    LesionedHead lesioned;
    LesionImages& lesions = lesioned.options.lesions;
    lesions.lesions = as_scalar(ball(head.labels, Vector3(-0.025, -0.02, 0.02), 0.008));
    const Segmentation same_grid = segment_t1(head.t1, lesioned.options);
    EXPECT_THAT(same_grid.lesions->warnings, IsEmpty());
    EXPECT_NEAR(same_grid.volumes[tissue::lesion],
                volume(ball(head.labels, Vector3(-0.025, -0.02, 0.02), 0.008)), 1e-12);
    lesions.lesions->head_from_voxel.translation() += Vector3(0.004, 0, 0);
    EXPECT_THAT(segment_t1(head.t1, lesioned.options).lesions->warnings,
                ElementsAre(HasSubstr("lies elsewhere")));
}

TEST(SegmentWithLesions, UnfilledLesionsWouldBeTakenForOtherTissue) {
    const LesionedHead lesioned;
    const LabelImage brain =
        mask_where(lesioned.t1, [&](std::size_t n) { return lesioned.options.brain_mask->voxels[n] != 0; });
    const auto n_white = [&](const ScalarImage& t1) {
        const LabelImage classes = classify_brain(t1, brain, fit_brain_intensities(t1, brain));
        return count(mask_where(classes, [&](std::size_t n) {
            return lesioned.mask.voxels[n] != 0 && classes.voxels[n] == tissue::white_matter;
        }));
    };
    EXPECT_LT(n_white(lesioned.t1), count(lesioned.mask) / 4);
    EXPECT_GT(n_white(fill_lesions(lesioned.t1, lesioned.mask).t1), 9 * count(lesioned.mask) / 10);
}

} // namespace
} // namespace corticoil::imaging
