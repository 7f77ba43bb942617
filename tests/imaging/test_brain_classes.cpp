#include "imaging/bias_correction.h"
#include "imaging/brain_classes.h"

#include "core/tissue.h"
#include "imaging/mask_algebra.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <tuple>
#include <utility>

namespace corticoil::imaging {
namespace {

constexpr float csf = 40;
constexpr float grey = 84;
constexpr float deep_grey = 98;
constexpr float white = 112;

/// A ball of 80 mm at 2 mm: white matter within shells of grey matter and CSF, and a deep nucleus.
struct BallBrain {
    LabelImage labels;
    ScalarImage t1;
    BrainPriors priors; ///< The nucleus, as an atlas would show it.
    Mask brain;
    Mask nucleus;
};

/// `field(point)` is the bias field's logarithm.
template <typename Field>
BallBrain make_ball(Field field) {
    Eigen::Affine3d grid(Eigen::Scaling(2e-3));
    grid.translation() = Vector3::Constant(-44e-3);
    BallBrain ball;
    ball.labels = LabelImage({45, 45, 45}, grid);
    ball.t1 = ScalarImage(ball.labels.size, grid);
    ball.priors.deep_grey = ball.t1;
    ball.nucleus = ball.labels;
    std::mt19937 generator(3);
    std::normal_distribution<float> noise(0, 3);
    std::size_t n = 0;
    for (int k = 0; k < 45; ++k) {
        for (int j = 0; j < 45; ++j) {
            for (int i = 0; i < 45; ++i, ++n) {
                const Vector3 p = grid * Vector3(i, j, k);
                float value = 0;
                int label = 0;
                if (p.norm() < 40e-3) std::tie(label, value) = std::pair(tissue::csf, csf);
                if (p.norm() < 36e-3) std::tie(label, value) = std::pair(tissue::grey_matter, grey);
                if (p.norm() < 30e-3) std::tie(label, value) = std::pair(tissue::white_matter, white);
                const bool is_nucleus = (p - Vector3(10e-3, 0, 0)).norm() < 9e-3;
                if (is_nucleus) std::tie(label, value) = std::pair(tissue::grey_matter, deep_grey);
                ball.labels.voxels[n] = static_cast<std::uint8_t>(label);
                ball.nucleus.voxels[n] = is_nucleus ? 1 : 0;
                ball.priors.deep_grey.voxels[n] = is_nucleus ? 1.0F : 0.0F;
                if (label != 0)
                    ball.t1.voxels[n] = value * static_cast<float>(std::exp(field(p))) + noise(generator);
            }
        }
    }
    ball.brain = mask_where(ball.labels, [&](std::size_t v) { return ball.labels.voxels[v] != 0; });
    return ball;
}

/// Share of the voxels of `where` with the right label.
double share_right(const LabelImage& found, const BallBrain& ball, const Mask& where) {
    const Mask right =
        mask_where(found, [&](std::size_t n) { return found.voxels[n] == ball.labels.voxels[n]; });
    return static_cast<double>(count(both(right, where))) / static_cast<double>(count(where));
}

TEST(BrainClasses, DeepGreyMatterIsGreyWhereAnAtlasHasIt) {
    const BallBrain ball = make_ball([](const Vector3&) { return 0.0; });
    const BrainIntensities with = fit_brain_intensities(ball.t1, ball.brain, ball.priors);
    EXPECT_NEAR(with.deep_grey, deep_grey, 1.5);
    EXPECT_NEAR(with.white, white, 1.5);
    const LabelImage found = classify_brain(ball.t1, ball.brain, with, ball.priors);
    EXPECT_GT(share_right(found, ball, ball.nucleus), 0.95);
    EXPECT_GT(share_right(found, ball, ball.brain), 0.97);
    // Without the atlas it lies half-way between cortex and white matter, so half of it is wrong.
    const LabelImage blind = classify_brain(ball.t1, ball.brain, fit_brain_intensities(ball.t1, ball.brain));
    EXPECT_LT(share_right(blind, ball, ball.nucleus), 0.8);
}

TEST(BrainClasses, AnAtlasThatMissesDoesNotChangeWhiteMatter) {
    BallBrain ball = make_ball([](const Vector3&) { return 0.0; });
    std::reverse(ball.priors.deep_grey.voxels.begin(), ball.priors.deep_grey.voxels.end());
    const Mask elsewhere =
        mask_where(ball.t1, [&](std::size_t n) { return ball.priors.deep_grey.voxels[n] > 0; });
    ASSERT_EQ(count(both(elsewhere, ball.nucleus)), 0U);
    const BrainIntensities fitted = fit_brain_intensities(ball.t1, ball.brain, ball.priors);
    const LabelImage found = classify_brain(ball.t1, ball.brain, fitted, ball.priors);
    EXPECT_GT(share_right(found, ball, elsewhere), 0.95);
}

TEST(BiasByClasses, AQuadraticFieldGoesAndTheNucleusStays) {
    const auto field = [](const Vector3& p) {
        const Vector3 s = p / 40e-3;
        return 0.35 * s[0] - 0.25 * s[2] - 0.15 * s.squaredNorm();
    };
    const BallBrain ball = make_ball(field);
    const CorrectedBrain corrected = correct_bias_by_classes(ball.t1, ball.brain, ball.priors);
    const LabelImage found = classify_brain(corrected.t1, ball.brain, corrected.intensities, ball.priors);
    EXPECT_GT(share_right(found, ball, ball.brain), 0.95);
    EXPECT_GT(share_right(found, ball, ball.nucleus), 0.9);
    const LabelImage uncorrected = classify_brain(
        ball.t1, ball.brain, fit_brain_intensities(ball.t1, ball.brain, ball.priors), ball.priors);
    EXPECT_LT(share_right(uncorrected, ball, ball.brain), 0.9);
}

TEST(BiasByClasses, WithoutAFieldNothingIsCorrected) {
    const BallBrain ball = make_ball([](const Vector3&) { return 0.0; });
    const CorrectedBrain corrected = correct_bias_by_classes(ball.t1, ball.brain, ball.priors);
    double largest = 0;
    double largest_n4 = 0;
    const ScalarImage n4 = correct_bias(ball.t1, ball.brain);
    for (std::size_t n = 0; n < ball.t1.voxels.size(); ++n) {
        if (ball.labels.voxels[n] != tissue::white_matter) continue;
        largest = std::max(largest, std::abs(std::log(corrected.t1.voxels[n] / ball.t1.voxels[n]) + 0.0));
        largest_n4 = std::max(largest_n4, std::abs(std::log(n4.voxels[n] / ball.t1.voxels[n]) + 0.0));
    }
    EXPECT_LT(largest, 0.005);
    EXPECT_GT(largest_n4, 2 * largest) << "N4 takes anatomy for a field";
}

} // namespace
} // namespace corticoil::imaging
