#include "imaging/label_import.h"

#include "core/tissue.h"
#include "imaging/nifti.h"
#include "phantom_head.h"
#include "support/check_data.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace corticoil::imaging {
namespace {

using test::error_of;
using ::testing::HasSubstr;

/// A slit of one voxel between scalp and skull at the back of the phantom.
std::size_t cut_slit(LabelImage& labels) {
    std::size_t n_cut = 0;
    for (int k = 30; k < 60; ++k) {
        for (int i = 30; i < 54; ++i) {
            for (int j = 0; j + 1 < labels.size[1]; ++j) {
                if (labels.at(i, j, k) != tissue::scalp || labels.at(i, j + 1, k) != tissue::bone) continue;
                labels.at(i, j, k) = tissue::air;
                ++n_cut;
                break;
            }
        }
    }
    return n_cut;
}

TEST(LabelImport, FillsASlitAndCountsIt) {
    const test::PhantomHead head = test::make_phantom_head();
    LabelImage labels = head.labels;
    const std::size_t n_cut = cut_slit(labels);
    ASSERT_GT(n_cut, 100U);
    for (const bool has_t1 : {false, true}) {
        ImportOptions options;
        if (has_t1) options.t1 = head.t1;
        options.neck_extension = 0;
        const ImportedLabels imported = import_labels(labels, {}, options);
        EXPECT_GE(imported.n_filled, n_cut);
        for (std::size_t n = 0; n < labels.voxels.size(); ++n) {
            if (labels.voxels[n] != 0) {
                ASSERT_EQ(imported.tissues.voxels[n], labels.voxels[n]) << "labels that are there stay";
            } else if (head.labels.voxels[n] != 0) {
                ASSERT_TRUE(imported.tissues.voxels[n] == tissue::scalp ||
                            imported.tissues.voxels[n] == tissue::bone);
            }
        }
    }
}

TEST(LabelImport, MapsLabelsAndExtendsTheNeck) {
    LabelImage labels = test::make_phantom_head().labels;
    for (std::uint8_t& label : labels.voxels) label = static_cast<std::uint8_t>(label == 0 ? 0 : 100 + label);
    const ImportedLabels imported = import_labels(labels, {{101, 1}, {102, 2}, {103, 3}, {104, 4}, {105, 5}});
    EXPECT_EQ(imported.tissues.size[2], labels.size[2] + 30);
    EXPECT_EQ(imported.tissues.at(42, 49, 50 + 30), labels.at(42, 49, 50) - 100);
    EXPECT_EQ(*std::max_element(imported.tissues.voxels.begin(), imported.tissues.voxels.end()), 5);
}

TEST(LabelImport, UnknownLabelsAreListedWithCounts) {
    LabelImage labels({10, 10, 10}, Eigen::Affine3d(Eigen::Scaling(1e-3)), 5);
    labels.at(1, 1, 1) = labels.at(2, 1, 1) = 77;
    labels.at(3, 3, 3) = 200;
    EXPECT_THAT(error_of([&] { (void)import_labels(labels); }),
                AllOf(HasSubstr("77 (2 voxels), 200 (1 voxels)"), HasSubstr("mapping")));
    EXPECT_THAT(error_of([&] {
                    (void)import_labels(labels, {{77, 5}});
                }),
                HasSubstr("unknown labels 200 (1 voxels)"));
    EXPECT_THAT(error_of([&] { (void)import_labels(labels, {{77, 33}}); }), HasSubstr("33 is no tissue"));
    EXPECT_THAT(error_of([&] { (void)import_labels(labels, {{-7, 5}}); }), HasSubstr("-7"));
    EXPECT_THAT(error_of([&] {
                    (void)import_labels(labels, {{77, 0}, {200, 0}, {5, 0}});
                }),
                HasSubstr("every voxel is 0"));
}

TEST(LabelImport, TheSlitOfColin27sLabelsIsFilled) {
    CORTICOIL_CHECK_DATA_OR_SKIP(path, "heads/colin27_tissues.nii.gz");
    const LabelImage labels = read_label_nifti(path);
    ImportOptions options;
    options.neck_extension = 0;
    const ImportedLabels imported = import_labels(labels, {}, options);
    // Along each line towards the back of the head, no air between bone and scalp behind y = −75 mm, below
    // −15 mm.
    std::size_t n_left = 0;
    for (int k = 0; k < 56; ++k) {
        for (int i = 20; i < 160; ++i) {
            int first = 0;
            while (first < 50 && imported.tissues.at(i, first, k) == 0) ++first;
            for (int j = first; j < 50; ++j) n_left += imported.tissues.at(i, j, k) == 0 ? 1 : 0;
        }
    }
    EXPECT_LT(n_left, 60U);
    EXPECT_GT(imported.n_filled, 3000U);
}

} // namespace
} // namespace corticoil::imaging
