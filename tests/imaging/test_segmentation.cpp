#include "imaging/segmentation.h"

#include "core/tissue.h"
#include "core/voxel_parts.h"
#include "imaging/mask_algebra.h"
#include "imaging/voxel_parts.h"
#include "phantom_head.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <itkMultiThreaderBase.h>

#include <array>
#include <cstdlib>

namespace corticoil::imaging {
namespace {

using test::error_of;
using ::testing::HasSubstr;

/// The phantom is subject and template at once; its brain is the hint.
SegmentationOptions phantom_options(const test::PhantomHead& head) {
    SegmentationOptions options;
    options.mni = MniMapping{}; // The registration has tests of its own.
    ScalarImage brain(head.labels.size, head.labels.head_from_voxel);
    for (std::size_t n = 0; n < brain.voxels.size(); ++n) {
        const int label = head.labels.voxels[n];
        brain.voxels[n] = label == tissue::white_matter || label == tissue::grey_matter ? 1.0F : 0.0F;
    }
    options.mni_template = MniTemplate{head.t1, brain, {}, head.labels};
    options.brain_mask = brain;
    options.neck_extension = 0;
    return options;
}

/// Runs once for all tests on the phantom.
class PhantomSegmentation : public ::testing::Test {
  protected:
    static void SetUpTestSuite() {
        itk::MultiThreaderBase::SetGlobalDefaultNumberOfThreads(1);
        head = new test::PhantomHead(test::make_phantom_head());
        result = new Segmentation(segment_t1(head->t1, phantom_options(*head)));
    }
    static void TearDownTestSuite() {
        delete head;
        delete result;
    }
    [[nodiscard]] static Mask up_to(int last) {
        return mask_where(result->tissues, [&](std::size_t n) {
            return result->tissues.voxels[n] != 0 && result->tissues.voxels[n] <= last;
        });
    }
    static inline test::PhantomHead* head = nullptr;
    static inline Segmentation* result = nullptr;
};

TEST_F(PhantomSegmentation, FindsTheKnownLabels) {
    EXPECT_EQ(result->tissues.size, head->labels.size);
    EXPECT_GT(test::dice(result->tissues, head->labels, tissue::white_matter), 0.93);
    EXPECT_GT(test::dice(result->tissues, head->labels, tissue::grey_matter), 0.88);
    EXPECT_GT(test::dice(result->tissues, head->labels, tissue::csf), 0.80);
    EXPECT_GT(test::dice(result->tissues, head->labels, tissue::bone), 0.85);
    EXPECT_GT(test::dice(result->tissues, head->labels, tissue::scalp), 0.93);
}

TEST_F(PhantomSegmentation, VolumesAreThoseOfTheLabels) {
    const auto expected = label_volumes(head->labels);
    // CSF is two voxels thick here: a third of a voxel on either side is a sixth of it.
    for (const int label :
         {tissue::white_matter, tissue::grey_matter, tissue::csf, tissue::bone, tissue::scalp}) {
        const auto n = static_cast<std::size_t>(label);
        EXPECT_NEAR(result->volumes[n] / expected[n], 1, label == tissue::csf ? 0.20 : 0.15)
            << describe_tissue(label);
    }
}

TEST_F(PhantomSegmentation, LayersAreClosedAndNested) {
    const double corner = 2e-3 * std::sqrt(3.0);
    const auto outside_of = [&](const Mask& inner, const Mask& outer) {
        return count(without(dilate(inner, corner), outer));
    };
    EXPECT_EQ(outside_of(up_to(tissue::grey_matter), up_to(tissue::csf)), 0U) << "CSF all around the brain";
    EXPECT_EQ(outside_of(up_to(tissue::csf), up_to(tissue::bone)), 0U) << "bone all around CSF";
    EXPECT_EQ(outside_of(up_to(tissue::bone), up_to(tissue::eyes)), 0U) << "scalp all around bone";
}

TEST_F(PhantomSegmentation, IsOnePartWithoutHolesAndSpecks) {
    const Mask whole = up_to(tissue::eyes);
    EXPECT_EQ(find_voxel_parts(whole).n_voxels.size(), 1U);
    EXPECT_EQ(count(fill_enclosed(whole)), count(whole));
    EXPECT_EQ(find_voxel_parts(up_to(tissue::grey_matter)).n_voxels.size(), 1U);
    for (const std::size_t n_voxels : find_voxel_parts(result->tissues).n_voxels) EXPECT_GT(n_voxels, 5U);
}

TEST_F(PhantomSegmentation, MissesTheEyesItDoesNotHave) {
    EXPECT_THAT(result->warnings, ::testing::Contains(HasSubstr("0 of 2 eyes found")));
}

TEST(Segmentation, AT2IsRegisteredAndTold) {
    const test::PhantomHead head = test::make_phantom_head();
    const Segmentation result = segment_t1(head.t1, phantom_options(head));
    test::PhantomGrid grid;
    grid.phantom_from_head = Eigen::Translation3d(0.006, -0.002, 0.003);
    const test::PhantomHead moved = test::make_phantom_head(grid);
    constexpr std::array<float, 6> t2_intensities{0, 33, 48, 110, 6, 45};
    ScalarImage t2 = moved.t1;
    for (std::size_t n = 0; n < t2.voxels.size(); ++n)
        t2.voxels[n] +=
            t2_intensities[moved.labels.voxels[n]] - test::phantom_intensity(moved.labels.voxels[n]);
    SegmentationOptions options = phantom_options(head);
    options.t2 = t2;
    const Segmentation with_t2 = segment_t1(head.t1, options);
    ASSERT_TRUE(with_t2.t2.has_value());
    EXPECT_EQ(with_t2.t2->contrast, T2Contrast::t2);
    EXPECT_NEAR(with_t2.t2->shift, 7e-3, 0.5e-3);
    EXPECT_GT(test::dice(with_t2.tissues, head.labels, tissue::csf),
              test::dice(result.tissues, head.labels, tissue::csf));
    EXPECT_FALSE(result.t2.has_value());
}

TEST(Segmentation, RepeatsExactlyOnAnyNumberOfThreads) {
    const test::PhantomHead head = test::make_phantom_head();
    SegmentationOptions options = phantom_options(head);
    options.mni.reset();
    options.is_deformable = false;
    itk::MultiThreaderBase::SetGlobalDefaultNumberOfThreads(1);
    const Segmentation first = segment_t1(head.t1, options);
    itk::MultiThreaderBase::SetGlobalDefaultNumberOfThreads(2);
    const Segmentation again = segment_t1(head.t1, options);
    EXPECT_EQ(again.tissues.voxels, first.tissues.voxels);
    EXPECT_EQ(again.mni.mni_from_head.matrix(), first.mni.mni_from_head.matrix());
    for (const Vector3& point : {Vector3(0.06, 0, 0.02), Vector3(0, 0.07, 0.02), Vector3(0, -0.08, 0.05)}) {
        EXPECT_LT((first.mni.to_mni(point) - point).norm(), 0.5e-3) << "it maps to itself";
    }
}

TEST(Segmentation, WithoutAHintOnPermutedAxesTheBrainIsStillFound) {
    const test::PhantomHead template_head = test::make_phantom_head();
    test::PhantomGrid grid; // Axes P, S, L; 2.2, 2.0 and 1.8 mm; shifted, turned and a little smaller.
    grid.size = {94, 98, 98};
    grid.head_from_voxel.matrix() << 0, 0, -1.8e-3, 0.088, //
        -2.2e-3, 0, 0, 0.095,                              //
        0, 2.0e-3, 0, -0.085,                              //
        0, 0, 0, 1;
    grid.phantom_from_head = Eigen::Translation3d(0.004, -0.003, 0.002) *
                             Eigen::AngleAxisd(0.08, Vector3(1, 0.3, 0.2).normalized()) *
                             Eigen::Scaling(1.06);
    const test::PhantomHead head = test::make_phantom_head(grid);
    SegmentationOptions options = phantom_options(template_head);
    options.brain_mask.reset();
    options.mni.reset();
    options.is_deformable = false;
    options.neck_extension = 0.060;
    const Segmentation result = segment_t1(head.t1, options);
    EXPECT_GT(result.tissues.size[1], grid.size[1] + 20)
        << "the neck is continued along the axis that points down";
    LabelImage original(grid.size, grid.head_from_voxel);
    const int n_added = result.tissues.size[1] - grid.size[1];
    for (int k = 0; k < grid.size[2]; ++k) {
        for (int j = 0; j < grid.size[1]; ++j) {
            for (int i = 0; i < grid.size[0]; ++i)
                original.at(i, j, k) = result.tissues.at(i, j + n_added, k);
        }
    }
    EXPECT_GT(test::dice(original, head.labels, tissue::white_matter), 0.9);
    EXPECT_GT(test::dice(original, head.labels, tissue::grey_matter), 0.8);
    EXPECT_GT(test::dice(original, head.labels, tissue::bone), 0.75);
}

TEST(Segmentation, BrainLabelsMadeElsewhereReplaceTheClassification) {
    const test::PhantomHead head = test::make_phantom_head();
    const Segmentation result = segment_t1(head.t1, phantom_options(head));
    SegmentationOptions options = phantom_options(head);
    options.brain_mask.reset();
    LabelImage theirs = head.labels;
    // A nucleus that the T1 does not show: only their labels can put it there.
    const auto is_nucleus = [&](int i, int j, int k) {
        return (theirs.head_from_voxel * Vector3(i, j, k) - Vector3(-0.02, -0.015, 0.015)).norm() < 0.010;
    };
    double n_nucleus = 0;
    const auto for_each_nucleus_voxel = [&](auto visit) {
        for (int k = 0; k < theirs.size[2]; ++k) {
            for (int j = 0; j < theirs.size[1]; ++j) {
                for (int i = 0; i < theirs.size[0]; ++i) {
                    if (is_nucleus(i, j, k)) visit(theirs.index(i, j, k));
                }
            }
        }
    };
    for_each_nucleus_voxel([&](std::size_t n) {
        theirs.voxels[n] = tissue::grey_matter;
        ++n_nucleus;
    });
    options.brain_labels = theirs;
    const Segmentation imported = segment_t1(head.t1, options);
    EXPECT_GT(test::dice(imported.tissues, theirs, tissue::white_matter), 0.99);
    EXPECT_GT(test::dice(imported.tissues, theirs, tissue::grey_matter), 0.99);
    EXPECT_GT(test::dice(imported.tissues, theirs, tissue::bone), 0.85);
    double n_found = 0;
    double n_without = 0;
    for_each_nucleus_voxel([&](std::size_t n) {
        n_found += imported.tissues.voxels[n] == tissue::grey_matter ? 1 : 0;
        n_without += result.tissues.voxels[n] == tissue::grey_matter ? 1 : 0;
    });
    EXPECT_GT(n_found, 0.95 * n_nucleus);
    EXPECT_LT(n_without, 0.5 * n_nucleus);
    options.brain_labels = LabelImage(theirs.size, theirs.head_from_voxel, tissue::bone);
    EXPECT_THAT(error_of([&] { (void)segment_t1(head.t1, options); }),
                HasSubstr("brain labels have no grey or white matter"));
}

TEST(Segmentation, WhereIntensitiesBeginDoesNotMatter) {
    const test::PhantomHead head = test::make_phantom_head();
    const Segmentation result = segment_t1(head.t1, phantom_options(head));
    double sum = 0, squares = 0;
    for (const double value : head.t1.voxels) {
        sum += value;
        squares += value * value;
    }
    const double n_all = static_cast<double>(head.t1.voxels.size());
    const double mean = sum / n_all;
    const double deviation = std::sqrt(squares / n_all - mean * mean);
    const auto share_of_other_labels = [&](auto intensity) {
        ScalarImage t1 = head.t1;
        for (float& value : t1.voxels) value = static_cast<float>(intensity(value));
        const Segmentation other = segment_t1(t1, phantom_options(head));
        double n_other = 0;
        for (std::size_t n = 0; n < t1.voxels.size(); ++n)
            n_other += other.tissues.voxels[n] != result.tissues.voxels[n] ? 1 : 0;
        return n_other / n_all;
    };
    // Rounding alone may turn a voxel here and there.
    EXPECT_LT(share_of_other_labels([](double value) { return value + 1000; }), 1e-4) << "air at 1000";
    EXPECT_LT(share_of_other_labels([&](double value) { return (value - mean) / deviation; }), 1e-4)
        << "z-scored";
}

TEST(Segmentation, WrongInputIsExplained) {
    const test::PhantomHead head = test::make_phantom_head();
    SegmentationOptions options = phantom_options(head);
    EXPECT_THAT(error_of([&] {
                    (void)segment_t1(ScalarImage({20, 20, 20}, Eigen::Affine3d::Identity(), 5), options);
                }),
                HasSubstr("same value everywhere"));
    EXPECT_THAT(error_of([&] { (void)segment_t1(ScalarImage{}, options); }), HasSubstr("empty"));
    options.brain_mask->head_from_voxel.translation()[0] += 3;
    EXPECT_THAT(error_of([&] { (void)segment_t1(head.t1, options); }), HasSubstr("brain mask has no voxel"));
}

TEST(Templates, TheFolderOfTheEnvironmentComesFirst) {
    const char* const before = std::getenv("CORTICOIL_TEMPLATES");
    const std::string kept = before == nullptr ? "" : before;
    setenv("CORTICOIL_TEMPLATES", "/nonexistent", 1);
    const auto found = find_mni_template();
    if (found) {
        EXPECT_EQ(found->filename(), "ch2.nii.gz");
    } else {
        EXPECT_THAT(error_of([] { (void)load_mni_template(); }), HasSubstr("mricron-data"));
    }
    kept.empty() ? unsetenv("CORTICOIL_TEMPLATES") : setenv("CORTICOIL_TEMPLATES", kept.c_str(), 1);
}

} // namespace
} // namespace corticoil::imaging
