#include "imaging/orientation_check.h"

#include "core/constants.h"
#include "imaging/head_mask.h"
#include "imaging/quantile.h"
#include "imaging/resample.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace corticoil::imaging {

namespace {

/// Voxel edge of the comparison [m]: a head's outline, ventricles and face remain.
constexpr double comparison_spacing = 8e-3;
constexpr std::size_t n_bins = 24;
/// Lowest plane of the template that takes part [m, MNI], as in registration.
constexpr double lowest_mni_z = -0.065;
/// Another orientation must fit better by this share of what is common above none (normalised mutual
/// information less 1): heads in their right orientation lead by a quarter and more.
constexpr double clear_lead = 0.10;
/// Turns beyond this belong to the next quarter turn [rad]: 35°.
constexpr double largest_turn = 0.61;

/// Intensities as bins up to the 99th percentile, with the image for sampling.
struct BinnedImage {
    ScalarImage bins;
    Vector3 centre = Vector3::Zero(); ///< Of the head's voxels.
    double radius = 0;                ///< Of gyration [m].
};

BinnedImage binned(const ScalarImage& image) {
    BinnedImage result{coarsened(image, comparison_spacing)};
    const float threshold = 0.5F * otsu_threshold(result.bins);
    std::vector<float> values = result.bins.voxels;
    const float top = quantile(values, 0.99);
    const float least = *std::min_element(values.begin(), values.end());
    const float scale = static_cast<float>(n_bins - 1) / std::max(top - least, 1e-30F);
    double n = 0;
    double square = 0;
    std::size_t voxel = 0;
    for (int k = 0; k < result.bins.size[2]; ++k) {
        for (int j = 0; j < result.bins.size[1]; ++j) {
            for (int i = 0; i < result.bins.size[0]; ++i, ++voxel) {
                float& value = result.bins.voxels[voxel];
                if (value > threshold) {
                    const Vector3 p = result.bins.head_from_voxel * Vector3(i, j, k);
                    result.centre += p;
                    square += p.squaredNorm();
                    n += 1;
                }
                value = std::clamp((value - least) * scale, 0.0F, static_cast<float>(n_bins - 1));
            }
        }
    }
    result.centre /= std::max(n, 1.0);
    result.radius = std::sqrt(std::max(0.0, square / std::max(n, 1.0) - result.centre.squaredNorm()));
    return result;
}

/// Shift [m], turn (rotation vector [rad]) and logarithm of the scale on top of a quarter turn.
using Parameters = Eigen::Matrix<double, 7, 1>;

class Comparison {
  public:
    Comparison(const BinnedImage& head, const BinnedImage& mni) : head_(head), mni_(mni) {}

    [[nodiscard]] double fit(const Eigen::Matrix3d& mni_axes_from_head_axes, const Parameters& p) const {
        const Vector3 turn = p.segment<3>(3);
        const Eigen::AngleAxisd small(turn.norm(),
                                      turn.norm() > 0 ? Vector3(turn.normalized()) : Vector3::UnitX());
        Eigen::Affine3d head_from_mni = Eigen::Affine3d::Identity();
        head_from_mni.linear() =
            mni_axes_from_head_axes.transpose() * small.toRotationMatrix() * std::exp(p[6]);
        head_from_mni.translation() =
            head_.centre - head_from_mni.linear() * (mni_.centre + Vector3(p.head<3>()));
        return mutual_information(head_.bins.head_from_voxel.inverse() * head_from_mni *
                                  mni_.bins.head_from_voxel);
    }

  private:
    [[nodiscard]] double mutual_information(const Eigen::Affine3d& head_voxel_from_mni_voxel) const {
        std::vector<double> joint(n_bins * n_bins, 0);
        const ScalarImage& head = head_.bins;
        std::size_t voxel = 0;
        for (int k = 0; k < mni_.bins.size[2]; ++k) {
            for (int j = 0; j < mni_.bins.size[1]; ++j) {
                for (int i = 0; i < mni_.bins.size[0]; ++i, ++voxel) {
                    if ((mni_.bins.head_from_voxel * Vector3(i, j, k))[2] < lowest_mni_z) continue;
                    const auto row = static_cast<std::size_t>(mni_.bins.voxels[voxel]);
                    const float value = sample(head, head_voxel_from_mni_voxel * Vector3(i, j, k));
                    const auto low = static_cast<std::size_t>(value);
                    const double above = static_cast<double>(value) - static_cast<double>(low);
                    joint[row * n_bins + low] += 1 - above;
                    joint[row * n_bins + std::min(low + 1, n_bins - 1)] += above;
                }
            }
        }
        return normalised(joint);
    }

    static float sample(const ScalarImage& image, const Vector3& position) {
        for (std::size_t axis = 0; axis < 3; ++axis) {
            const double x = position[static_cast<Eigen::Index>(axis)];
            if (!(x >= 0 && x <= image.size[axis] - 1)) return 0; // Air around the image.
        }
        const float value = interpolate_or_continue(image, position);
        return std::clamp(value, 0.0F, static_cast<float>(n_bins - 1));
    }

    /// (H(A) + H(B)) / H(A, B)
    static double normalised(const std::vector<double>& joint) {
        std::array<double, n_bins> rows{};
        std::array<double, n_bins> columns{};
        double total = 0;
        for (std::size_t n = 0; n < joint.size(); ++n) {
            rows[n / n_bins] += joint[n];
            columns[n % n_bins] += joint[n];
            total += joint[n];
        }
        const auto entropy = [total](const auto& counts) {
            double sum = 0;
            for (const double count : counts) {
                if (count > 0) sum -= count / total * std::log(count / total);
            }
            return sum;
        };
        const double both = entropy(joint);
        return both > 0 ? (entropy(rows) + entropy(columns)) / both : 1;
    }

    const BinnedImage& head_;
    const BinnedImage& mni_;
};

/// The best fit near a quarter turn, by steps along one parameter at a time that halve where none helps.
double best_fit(const Comparison& comparison, const Eigen::Matrix3d& turn, double log_scale) {
    Parameters best = Parameters::Zero();
    best[6] = log_scale;
    Parameters step;
    step << 0.016, 0.016, 0.016, 0.2, 0.2, 0.2, 0.08; // 16 mm, 11°, 8 %
    double value = comparison.fit(turn, best);
    constexpr int n_halvings = 3;
    constexpr int most_rounds = 6;
    for (int halving = 0; halving < n_halvings; ++halving, step /= 2) {
        for (int round = 0; round < most_rounds; ++round) {
            const double before = value;
            for (int axis = 0; axis < 7; ++axis) {
                for (const double sign : {1.0, -1.0}) {
                    Parameters tried = best;
                    tried[axis] += sign * step[axis];
                    if (tried.segment<3>(3).norm() > largest_turn) continue;
                    const double fit = comparison.fit(turn, tried);
                    if (fit <= value) continue;
                    value = fit;
                    best = tried;
                    break;
                }
            }
            if (value <= before) break;
        }
    }
    return value;
}

/// The 24 rotations that take axes to axes, the identity first.
std::vector<Eigen::Matrix3d> quarter_turns() {
    std::vector<Eigen::Matrix3d> turns;
    std::array<int, 3> order{0, 1, 2};
    do {
        for (unsigned signs = 0; signs < 8; ++signs) {
            Eigen::Matrix3d turn = Eigen::Matrix3d::Zero();
            for (int row = 0; row < 3; ++row)
                turn(row, order[static_cast<std::size_t>(row)]) = ((signs >> row) & 1U) != 0 ? -1 : 1;
            if (turn.determinant() > 0) turns.push_back(turn);
        }
    } while (std::next_permutation(order.begin(), order.end()));
    return turns;
}

/// The direction's name on the head; left and right look alike.
std::string name_of(const Vector3& direction) {
    Eigen::Index axis = 0;
    direction.cwiseAbs().maxCoeff(&axis);
    if (axis == 0) return "one side of the head";
    const bool is_positive = direction[axis] > 0;
    if (axis == 1) return is_positive ? "its front" : "its back";
    return is_positive ? "its top" : "its bottom";
}

} // namespace

OrientationFit fit_orientations(const ScalarImage& t1, const ScalarImage& template_t1) {
    const BinnedImage head = binned(t1);
    const BinnedImage mni = binned(template_t1);
    const Comparison comparison(head, mni);
    const double log_scale =
        head.radius > 0 && mni.radius > 0 ? std::clamp(std::log(head.radius / mni.radius), -0.3, 0.3) : 0;
    OrientationFit result;
    result.best_turn = Eigen::Matrix3d::Identity();
    for (const Eigen::Matrix3d& turn : quarter_turns()) {
        const double fit = best_fit(comparison, turn, log_scale);
        if (turn.isIdentity()) {
            result.as_given = fit;
        } else if (fit > result.best_turned) {
            result.best_turned = fit;
            result.best_turn = turn;
        }
    }
    return result;
}

std::optional<std::string> describe_wrong_orientation(const OrientationFit& fit) {
    if (fit.best_turned - 1 <= (1 + clear_lead) * (fit.as_given - 1)) return std::nullopt;
    const std::array<const char*, 3> header_names{"right", "front", "top"};
    const std::array<const char*, 3> right_names{"one side of the head", "its front", "its top"};
    std::string wrong;
    for (int axis = 0; axis < 3; ++axis) {
        const std::string name = name_of(fit.best_turn.col(axis));
        const auto n = static_cast<std::size_t>(axis);
        if (name == right_names[n]) continue;
        wrong +=
            fmt::format("{}what its header calls {} is {}", wrong.empty() ? "" : ", ", header_names[n], name);
    }
    return fmt::format(
        "the image's orientation is wrong: {}; convert the DICOM images again (dcm2niix) or correct "
        "the sform, and check left and right against a marker: the image alone does not tell them",
        wrong);
}

} // namespace corticoil::imaging
