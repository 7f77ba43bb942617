#include "imaging/input_checks.h"

#include "core/constants.h"
#include "core/tissue.h"
#include "imaging/orientation_check.h"
#include "imaging/resample.h"
#include "phantom_head.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace corticoil::imaging {
namespace {

using test::error_of;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

/// The phantom is head and template at once.
class InputChecks : public ::testing::Test {
  protected:
    static void SetUpTestSuite() { head = new test::PhantomHead(test::make_phantom_head()); }
    static void TearDownTestSuite() { delete head; }

    [[nodiscard]] static std::string error_for(const ScalarImage& t1) {
        return error_of([&] { (void)check_t1(t1, head->t1); });
    }
    /// The phantom with an intensity for each label, and noise of ±`noise`.
    template <typename Intensity>
    [[nodiscard]] static ScalarImage painted(Intensity intensity, float noise) {
        ScalarImage image = head->t1;
        std::mt19937 generator(3);
        std::uniform_real_distribution<float> deviation(-noise, noise);
        for (std::size_t n = 0; n < image.voxels.size(); ++n)
            image.voxels[n] = intensity(head->labels.voxels[n]) + deviation(generator);
        return image;
    }
    /// The same voxels in a header that is turned about the image's centre.
    [[nodiscard]] static ScalarImage turned(const Eigen::Matrix3d& turn) {
        ScalarImage image = head->t1;
        const Vector3 centre =
            image.head_from_voxel * (0.5 * Vector3(image.size[0] - 1, image.size[1] - 1, image.size[2] - 1));
        image.head_from_voxel =
            Eigen::Translation3d(centre) * turn * Eigen::Translation3d(-centre) * image.head_from_voxel;
        return image;
    }
    static inline test::PhantomHead* head = nullptr;
};

TEST_F(InputChecks, AWholeHeadPassesAndCoarseVoxelsAreMentioned) {
    EXPECT_THAT(check_t1(head->t1, head->t1), Contains(HasSubstr("2 mm long")));
}

TEST_F(InputChecks, SlicesOf5MillimetresAreRefused) {
    ScalarImage thick = shrink(head->t1, {1, 1, 3});
    EXPECT_THAT(error_for(thick), AllOf(HasSubstr("up to 6 mm long"), HasSubstr("use a 3-D T1")));
}

TEST_F(InputChecks, NoiseInTheAirOfAnMp2rageIsRecognised) {
    ScalarImage uni = head->t1;
    std::mt19937 generator(5);
    std::uniform_real_distribution<float> noise(0, 130);
    for (std::size_t n = 0; n < uni.voxels.size(); ++n) {
        const int label = head->labels.voxels[n];
        if (label == tissue::air || label == tissue::bone) uni.voxels[n] = noise(generator);
    }
    EXPECT_THAT(error_for(uni), AllOf(HasSubstr("MP2RAGE"), HasSubstr("UNI-DEN")));
    // Noise of a fifth of white matter everywhere is only a bad T1.
    std::uniform_real_distribution<float> little(-22, 22);
    ScalarImage noisy = head->t1;
    for (float& voxel : noisy.voxels) voxel = std::abs(voxel + little(generator));
    EXPECT_EQ(error_for(noisy), "no error");
}

TEST_F(InputChecks, ACtIsRecognisedWithAndWithoutNegativeValues) {
    const std::array<float, 6> hounsfield{-1000, 28, 38, 8, 900, 20};
    for (const float shift : {0.0F, 1024.0F}) {
        const ScalarImage ct =
            painted([&](int label) { return hounsfield[static_cast<std::size_t>(label)] + shift; }, 20);
        EXPECT_THAT(error_for(ct), AllOf(HasSubstr("CT"), HasSubstr("--labels"))) << "shifted by " << shift;
    }
}

TEST_F(InputChecks, AFatSuppressedHeadIsNotTakenForABrain) {
    const std::array<float, 6> with_dark_fat{0, 110, 82, 42, 14, 48};
    const ScalarImage t1 =
        painted([&](int label) { return with_dark_fat[static_cast<std::size_t>(label)]; }, 5);
    EXPECT_EQ(error_for(t1), "no error");
}

TEST_F(InputChecks, ABrainExtractedHeadIsRecognised) {
    for (const int last : {tissue::grey_matter, tissue::csf}) {
        ScalarImage brain = head->t1;
        for (std::size_t n = 0; n < brain.voxels.size(); ++n) {
            if (head->labels.voxels[n] > last) brain.voxels[n] = 0;
        }
        EXPECT_THAT(error_for(brain), AllOf(HasSubstr("skull-stripped"), HasSubstr("--brain-mask")));
    }
}

/// A round head: brain to 68 mm, CSF, bone, scalp to 85 mm, in an image that ends `above` its top [m].
ScalarImage round_head(double above) {
    Eigen::Affine3d affine = Eigen::Affine3d::Identity();
    affine.linear() *= 2e-3;
    affine.translation() = Vector3::Constant(-0.095);
    ScalarImage image({96, 96, static_cast<int>((0.095 + 0.085 + above) / 2e-3) + 1}, affine);
    for (int k = 0; k < image.size[2]; ++k) {
        for (int j = 0; j < 96; ++j) {
            for (int i = 0; i < 96; ++i) {
                const double radius = (affine * Vector3(i, j, k)).norm();
                const double tissues[] = {0.055, 0.068, 0.071, 0.078, 0.085};
                const float intensities[] = {110, 82, 42, 14, 120, 0};
                image.at(i, j, k) = intensities[std::upper_bound(tissues, tissues + 5, radius) - tissues];
            }
        }
    }
    return image;
}

TEST_F(InputChecks, AMissingVertexIsMeasuredAndACutBrainRefused) {
    const ScalarImage whole = round_head(0.004);
    EXPECT_THAT(check_t1(whole, whole), Not(Contains(HasSubstr("vertex"))));
    const T1Signs signs = find_t1_signs(round_head(-0.008));
    EXPECT_NEAR(signs.cut_vertex, pi * (0.085 * 0.085 - 0.077 * 0.077), 15e-4);
    EXPECT_THAT(check_t1(round_head(-0.008), whole), Contains(HasSubstr("of the vertex are missing")));
    EXPECT_THAT(error_of([&] { (void)check_t1(round_head(-0.024), whole); }), HasSubstr("brain included"));
}

TEST_F(InputChecks, ACutSideIsNamed) {
    VoxelBox box{{12, 0, 0}, head->t1.size};
    box.size[0] -= 12;
    EXPECT_THAT(check_t1(crop(head->t1, box), head->t1), Contains(HasSubstr("on the left")));
    EXPECT_THAT(check_t1(head->t1, head->t1), Not(Contains(HasSubstr("on the left"))));
}

TEST_F(InputChecks, AHeadOnItsHeadIsRecognised) {
    const Eigen::Matrix3d upside_down = Vector3(1, -1, -1).asDiagonal();
    EXPECT_THAT(error_for(turned(upside_down)), HasSubstr("what its header calls top is its bottom"));
    const Eigen::Matrix3d back_to_front = Vector3(-1, -1, 1).asDiagonal();
    EXPECT_THAT(error_for(turned(back_to_front)), HasSubstr("what its header calls front is its back"));
    const Eigen::Matrix3d pitched = Eigen::AngleAxisd(1.5707963, Vector3::UnitX()).toRotationMatrix();
    EXPECT_THAT(error_for(turned(pitched)), HasSubstr("what its header calls top is its front"));
}

TEST_F(InputChecks, AnObliqueHeadIsNotTakenForAWrongOne) {
    const Vector3 axis = Vector3(1, 0.7, 0.5).normalized();
    const ScalarImage oblique = turned(Eigen::AngleAxisd(0.35, axis).toRotationMatrix());
    EXPECT_EQ(describe_wrong_orientation(fit_orientations(oblique, head->t1)), std::nullopt);
}

TEST_F(InputChecks, SwappedLeftAndRightCannotBeSeen) {
    // A statement about the method, so that nobody relies on it: heads are nearly symmetric.
    const Eigen::Matrix3d mirrored = Vector3(-1, 1, 1).asDiagonal();
    EXPECT_EQ(describe_wrong_orientation(fit_orientations(turned(mirrored), head->t1)), std::nullopt);
}

} // namespace
} // namespace corticoil::imaging
