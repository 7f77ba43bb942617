// The template as another scan would show it: turned, on other voxels, of another contrast, without a mask.
#include "core/constants.h"
#include "core/tissue.h"
#include "imaging/atlas.h"
#include "imaging/carry.h"
#include "imaging/mni_registration.h"
#include "imaging/nifti.h"
#include "imaging/segmentation.h"
#include "imaging/template_labels.h"
#include "real_head/label_overlap.h"
#include "real_head/transformed_head.h"
#include "support/check_data.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>

namespace corticoil {
namespace {

using imaging::MniTemplate;
using imaging::Segmentation;
using test::LabelOverlap;

/// Dice coefficients by name.
using Scores = std::map<std::string, double>;

Scores scores_of(const LabelOverlap& overlap) {
    return {{"white", overlap.dice({tissue::white_matter})},
            {"grey", overlap.dice({tissue::grey_matter})},
            {"csf", overlap.dice({tissue::csf})},
            {"skull", overlap.dice({tissue::bone})},
            {"scalp", overlap.dice({tissue::scalp, tissue::eyes})},
            {"brain", overlap.dice({tissue::white_matter, tissue::grey_matter})},
            {"head", overlap.dice_of_head()}};
}

Vector3 stay(const Vector3& p) {
    return p;
}

Vector3 place(const Vector3& p_mni) {
    static const Eigen::Affine3d head_from_mni = test::oblique_placement();
    return head_from_mni * p_mni;
}

Vector3 place_back(const Vector3& p_head) {
    static const Eigen::Affine3d mni_from_head = test::oblique_placement().inverse();
    return mni_from_head * p_head;
}

/// A scoring that is wrong by a length that voxels resolve [m].
Vector3 place_wrongly(const Vector3& p_mni) {
    return place(p_mni) + Vector3(3e-3, 0, 0);
}

void print(const std::string& name, double value) {
    ::testing::Test::RecordProperty(name, fmt::format("{:.4f}", value));
    fmt::print("  {} = {:.4f}\n", name, value);
}

void print(const std::string& prefix, const Scores& scores) {
    for (const auto& [name, dice] : scores) print(prefix + "_" + name, dice);
}

/// Both heads, segmented once for all tests.
class TransformedHead : public ::testing::Test {
  protected:
    static void SetUpTestSuite() {
        mni = new MniTemplate(imaging::load_mni_template());
        mni->labels = imaging::make_template_labels(*mni);
        imaging::SegmentationOptions options;
        options.mni_template = *mni;
        options.n_threads = 1;
        untouched = new Segmentation(imaging::segment_t1(mni->t1, options));
        constexpr double spacing = 0.9e-3; // [m]
        transformed =
            new Segmentation(imaging::segment_t1(test::moved(mni->t1, spacing, place, place_back), options));
    }
    static void TearDownTestSuite() {
        delete mni;
        delete untouched;
        delete transformed;
    }
    static inline MniTemplate* mni = nullptr;
    static inline Segmentation* untouched = nullptr;
    static inline Segmentation* transformed = nullptr;
};

TEST_F(TransformedHead, ScoresAsTheUntouchedOneAgainstAnIndependentLabelMap) {
    CORTICOIL_CHECK_DATA_OR_SKIP(path, "heads/colin27_tissues.nii.gz");
    const LabelImage theirs = imaging::read_label_nifti(path);
    const Scores before = scores_of(LabelOverlap(theirs, untouched->tissues, stay));
    // What other voxels alone cost: the untouched labels on the turned voxels.
    MniMapping known;
    known.mni_from_head = test::oblique_placement().inverse();
    const LabelImage regridded =
        imaging::carry_to_head(untouched->tissues, known, imaging::grid_of(transformed->tissues));
    const Scores on_voxels = scores_of(LabelOverlap(theirs, regridded, place));
    const Scores after = scores_of(LabelOverlap(theirs, transformed->tissues, place));
    const Scores wrong = scores_of(LabelOverlap(theirs, transformed->tissues, place_wrongly));
    print("untouched", before);
    print("untouched_on_turned_voxels", on_voxels);
    print("transformed", after);
    print("shifted", wrong);
    // Two published maps of this head agree with each other to .90 (white), .86, .68, .64 and .89.
    const Scores least{{"white", 0.895}, {"grey", 0.84},  {"csf", 0.58}, {"skull", 0.72},
                       {"scalp", 0.92},  {"brain", 0.95}, {"head", 0.97}};
    for (const auto& [name, dice] : least) EXPECT_GE(before.at(name), dice) << name;
    // CSF loses more than the 0.03 that is wanted of every tissue (measured 0.039): in the untouched run the
    // priors fit to the voxel, and CSF is a voxel thick over most of the cortex.
    const Scores largest_loss{{"white", 0.03}, {"grey", 0.03},  {"csf", 0.045}, {"skull", 0.03},
                              {"scalp", 0.03}, {"brain", 0.03}, {"head", 0.03}};
    for (const auto& [name, loss] : largest_loss) {
        EXPECT_GE(on_voxels.at(name), before.at(name) - 0.01) << name;
        EXPECT_GE(after.at(name), before.at(name) - loss) << name;
        if (name == "head") continue; // Too large to lose 0.03 by 3 mm.
        EXPECT_LT(wrong.at(name), before.at(name) - loss) << name << ": 3 mm off must miss";
    }
}

TEST_F(TransformedHead, HasTheLabelsOfTheUntouchedOne) {
    LabelImage reference(mni->t1.size, mni->t1.head_from_voxel); // Without the neck that was added.
    reference = imaging::carry_to_head(untouched->tissues, MniMapping{}, imaging::grid_of(reference));
    const Scores after = scores_of(LabelOverlap(reference, transformed->tissues, place));
    const Scores wrong = scores_of(LabelOverlap(reference, transformed->tissues, place_wrongly));
    print("own", after);
    print("own_shifted", wrong);
    const Scores least{{"white", 0.93}, {"grey", 0.92},  {"csf", 0.81},  {"skull", 0.89},
                       {"scalp", 0.94}, {"brain", 0.97}, {"head", 0.985}};
    for (const auto& [name, dice] : least) {
        EXPECT_GE(after.at(name), dice) << name;
        EXPECT_LT(wrong.at(name), dice) << name << ": 3 mm off must miss";
    }
}

/// Distances [mm] between what a mapping says of the placed head's points and where they came from.
std::vector<double> errors_of(const std::function<Vector3(const Vector3&)>& mni_from_head,
                              const std::function<Vector3(const Vector3&)>& head_from_mni,
                              const std::vector<Vector3>& points) {
    std::vector<double> errors;
    for (const Vector3& p : points)
        errors.push_back((mni_from_head(head_from_mni(p)) - p).norm() * millimetres_per_metre);
    return errors;
}

/// Largest distance [mm] after going to MNI space and back.
double round_trip(const MniMapping& there, const MniMapping& back,
                  const std::function<Vector3(const Vector3&)>& head_from_mni,
                  const std::vector<Vector3>& points) {
    double largest = 0;
    for (const Vector3& p : points) {
        const Vector3 head = head_from_mni(p);
        largest = std::max(largest, (back.to_head(there.to_mni(head)) - head).norm());
    }
    return largest * millimetres_per_metre;
}

/// Points of MNI space at which the way to the head folds.
int count_folds(const MniMapping& mapping, const std::vector<Vector3>& points) {
    constexpr double step = 1e-3; // [m]; half a voxel of the displacements.
    int n_folds = 0;
    for (const Vector3& p : points) {
        Eigen::Matrix3d stretch;
        for (int axis = 0; axis < 3; ++axis)
            stretch.col(axis) = mapping.to_head(p + step * Vector3::Unit(axis)) -
                                mapping.to_head(p - step * Vector3::Unit(axis));
        n_folds += stretch.determinant() <= 0 ? 1 : 0;
    }
    return n_folds;
}

/// The mapping with displacements that turn left and right around.
MniMapping folded(MniMapping mapping) {
    VectorImage warp = *mapping.head_warp;
    const Eigen::Matrix3d head_from_mni = mapping.mni_from_head.linear().inverse();
    std::size_t n = 0;
    for (int k = 0; k < warp.size[2]; ++k) {
        for (int j = 0; j < warp.size[1]; ++j) {
            for (int i = 0; i < warp.size[0]; ++i) {
                const Vector3 p = warp.head_from_voxel * Vector3(i, j, k);
                warp.voxels[n++] += (head_from_mni * Vector3(-2 * p[0], 0, 0)).cast<float>();
            }
        }
    }
    mapping.head_warp = std::make_shared<VectorImage>(std::move(warp));
    return mapping;
}

TEST_F(TransformedHead, AtlasLabelsCarriedFromTheTemplateToItselfAreExact) {
    const LabelImage aal = imaging::load_atlas("aal").labels;
    const auto n_different = [&](const MniMapping& mapping) {
        const LabelImage carried = imaging::carry_to_head(aal, mapping, imaging::grid_of(aal));
        int n = 0;
        for (std::size_t v = 0; v < aal.voxels.size(); ++v) n += carried.voxels[v] != aal.voxels[v] ? 1 : 0;
        return n;
    };
    ASSERT_TRUE(untouched->mni.is_deformable());
    EXPECT_EQ(n_different(untouched->mni), 0);
    MniMapping wrong = untouched->mni;
    wrong.mni_from_head.pretranslate(Vector3(1e-3, 0, 0));
    EXPECT_GT(n_different(wrong), 100'000) << "a voxel off must miss";
}

TEST_F(TransformedHead, IsMappedToWhereItsPointsCameFrom) {
    const std::vector<Vector3> points = test::brain_points(untouched->tissues, 4);
    ASSERT_GT(points.size(), 10'000U);
    const MniMapping& mapping = transformed->mni;
    const std::vector<double> errors =
        errors_of([&](const Vector3& p) { return mapping.to_mni(p); }, place, points);
    const std::vector<double> affine =
        errors_of([&](const Vector3& p) { return mapping.mni_from_head * p; }, place, points);
    print("mapping_median_mm", test::quantile(errors, 0.5));
    print("mapping_p99_mm", test::quantile(errors, 0.99));
    print("mapping_max_mm", test::quantile(errors, 1));
    print("affine_median_mm", test::quantile(affine, 0.5));
    EXPECT_LT(test::quantile(errors, 0.5), 0.4);
    EXPECT_LT(test::quantile(errors, 0.99), 1);
    const std::vector<double> shifted =
        errors_of([&](const Vector3& p) { return mapping.to_mni(p + Vector3(0, 0, 5e-3)); }, place, points);
    EXPECT_GT(test::quantile(shifted, 0.5), 1.5) << "5 mm off must miss";

    const double there_and_back = round_trip(mapping, mapping, place, points);
    print("round_trip_max_mm", there_and_back);
    EXPECT_LE(there_and_back, 0.5);
    EXPECT_EQ(count_folds(mapping, points), 0);
    EXPECT_GT(count_folds(folded(mapping), points), static_cast<int>(points.size()) / 2);
}

TEST_F(TransformedHead, BentToAnotherShapeItsPointsAreFoundByTheDeformableStep) {
    constexpr double spacing = 1.5e-3; // [m]; finer than the registration's own grid.
    const ScalarImage t1 = test::moved(mni->t1, spacing, test::bent, test::unbent);
    const MniMapping mapping = imaging::register_to_mni(t1, mni->t1, {.n_threads = 2});
    const std::vector<Vector3> points = test::brain_points(untouched->tissues, 4);
    const std::vector<double> errors =
        errors_of([&](const Vector3& p) { return mapping.to_mni(p); }, test::bent, points);
    const std::vector<double> affine =
        errors_of([&](const Vector3& p) { return mapping.mni_from_head * p; }, test::bent, points);
    for (const double share : {0.5, 0.9, 0.99, 1.0}) {
        print(fmt::format("bent_{:.0f}_percent_mm", 100 * share), test::quantile(errors, share));
        print(fmt::format("bent_affine_{:.0f}_percent_mm", 100 * share), test::quantile(affine, share));
    }
    EXPECT_LT(test::quantile(errors, 0.5), 0.6);
    EXPECT_LT(test::quantile(errors, 0.99), 2.5);
    EXPECT_GT(test::quantile(affine, 0.5), 2) << "the affine alone must miss";
    const double there_and_back = round_trip(mapping, mapping, test::bent, points);
    print("bent_round_trip_max_mm", there_and_back);
    EXPECT_LE(there_and_back, 0.5);
    EXPECT_EQ(count_folds(mapping, points), 0);
    MniMapping affine_back;
    affine_back.mni_from_head = mapping.mni_from_head;
    EXPECT_GT(round_trip(mapping, affine_back, test::bent, points), 2) << "back by the affine must miss";
}

TEST_F(TransformedHead, HasTheSameLabelsOnAnyNumberOfThreads) {
    constexpr double spacing = 2.5e-3; // [m]; coarse, as is the template: what costs time is the same code.
    const ScalarImage t1 = test::moved(mni->t1, spacing, place, place_back);
    imaging::SegmentationOptions options;
    options.mni_template = test::coarse_template(*mni, 3);
    options.n_threads = 1;
    const Segmentation one = imaging::segment_t1(t1, options);
    options.n_threads = 2;
    const Segmentation two = imaging::segment_t1(t1, options);
    ASSERT_TRUE(one.mni.is_deformable());
    EXPECT_EQ(one.tissues.voxels, two.tissues.voxels);
    EXPECT_EQ(one.mni.mni_from_head.matrix(), two.mni.mni_from_head.matrix());
    EXPECT_EQ(one.mni.head_warp->voxels, two.mni.head_warp->voxels);
    options.is_deformable = false;
    EXPECT_NE(imaging::segment_t1(t1, options).tissues.voxels, one.tissues.voxels)
        << "equal labels must mean that the registrations are equal";
}

} // namespace
} // namespace corticoil
