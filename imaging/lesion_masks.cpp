#include "imaging/lesion_masks.h"

#include "core/constants.h"
#include "core/error.h"
#include "core/voxel_parts.h"
#include "imaging/mask_algebra.h"
#include "imaging/mask_checks.h"
#include "imaging/voxel_distance.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

namespace corticoil::imaging {

namespace {

/// Half of a small brain (0.9 l) is no lesion load, but what a brain mask has, or all that is not lesion
/// [m³].
constexpr double implausible_volume = 0.5e-3;

/// The voxels that are not 0. \throws Error unless they all have one value.
Mask binary_mask(const ScalarImage& image, const std::string& name) {
    std::set<float> values;
    constexpr std::size_t enough = 3;
    for (const float value : image.voxels) {
        if (value != 0 && values.size() < enough) values.insert(value);
    }
    if (values.empty()) {
        throw Error(fmt::format("{}: every voxel is 0; check the lesion segmentation, or leave the mask out "
                                "for a head without lesions",
                                name));
    }
    if (values.size() > 1) {
        throw Error(fmt::format("{}: a mask holds 0 and one other value, this image also {:g} and {:g}: "
                                "threshold a probability map (0.5), replace lesion numbers by 1, and do not "
                                "give an intensity image such as a FLAIR",
                                name, *values.begin(), *std::next(values.begin())));
    }
    return mask_where(image, [&](std::size_t n) { return image.voxels[n] != 0; });
}

/// Per voxel of a grid, how much of it a lesion covers.
using Coverage = std::map<std::size_t, int>;

/// Points along each axis of a voxel at which coverage is sampled: at least three in each source voxel.
std::array<int, 3> samples_per_axis(const Mask& source, const Eigen::Affine3d& head_from_voxel) {
    constexpr int least = 3;
    constexpr int most = 12;
    const std::array<double, 3> fine = voxel_spacing(source.head_from_voxel);
    const double finest = *std::min_element(fine.begin(), fine.end());
    std::array<int, 3> samples{};
    const std::array<double, 3> spacing = voxel_spacing(head_from_voxel);
    for (std::size_t axis = 0; axis < 3; ++axis)
        samples[axis] =
            std::clamp(static_cast<int>(std::ceil(least * spacing[axis] / finest - 0.01)), least, most);
    return samples;
}

/// Samples a grid's voxels in a lesion map: which lesion covers how many of a voxel's points.
class CoverageSampler {
  public:
    CoverageSampler(const Mask& source, const std::vector<std::vector<std::size_t>>& lesions,
                    const std::array<int, 3>& size, const Eigen::Affine3d& head_from_voxel)
        : source_(source), target_(size, head_from_voxel),
          samples_(samples_per_axis(source, head_from_voxel)), lesion_of_(source.voxels.size(), -1) {
        for (std::size_t lesion = 0; lesion < lesions.size(); ++lesion) {
            for (const std::size_t voxel : lesions[lesion]) lesion_of_[voxel] = static_cast<int>(lesion);
        }
        source_from_target_ = source.head_from_voxel.inverse() * head_from_voxel;
    }

    /// The voxels that lesion `number` covers, looked for around its own voxels.
    [[nodiscard]] Coverage of(int number, const std::vector<std::size_t>& voxels) const {
        Eigen::AlignedBox3d box;
        const Eigen::Affine3d target_from_source = source_from_target_.inverse();
        const auto nx = static_cast<std::size_t>(source_.size[0]);
        const auto ny = static_cast<std::size_t>(source_.size[1]);
        const Vector3 half = 0.5 * target_from_source.linear().cwiseAbs().rowwise().sum();
        for (const std::size_t n : voxels) {
            const Vector3 centre =
                target_from_source * Vector3(static_cast<double>(n % nx), static_cast<double>(n / nx % ny),
                                             static_cast<double>(n / (nx * ny)));
            box.extend(centre - half);
            box.extend(centre + half);
        }
        const auto low = [&](int axis) {
            return std::max(0, static_cast<int>(std::floor(box.min()[axis] + 0.5)));
        };
        const auto high = [&](int axis) {
            return std::min(target_.size[static_cast<std::size_t>(axis)] - 1,
                            static_cast<int>(std::ceil(box.max()[axis] - 0.5)));
        };
        Coverage coverage;
        for (int k = low(2); k <= high(2); ++k) {
            for (int j = low(1); j <= high(1); ++j) {
                for (int i = low(0); i <= high(0); ++i) {
                    const int n_covered = count_covered(number, Vector3(i, j, k));
                    if (n_covered > 0) coverage[target_.index(i, j, k)] = n_covered;
                }
            }
        }
        return coverage;
    }

  private:
    [[nodiscard]] int count_covered(int number, const Vector3& voxel) const {
        int n_covered = 0;
        const auto offset = [&](int sample, std::size_t axis) {
            return (sample + 0.5) / samples_[axis] - 0.5;
        };
        for (int c = 0; c < samples_[2]; ++c) {
            for (int b = 0; b < samples_[1]; ++b) {
                for (int a = 0; a < samples_[0]; ++a) {
                    const Vector3 point = voxel + Vector3(offset(a, 0), offset(b, 1), offset(c, 2));
                    const Vector3 at = (source_from_target_ * point).array().round();
                    const auto i = static_cast<int>(at[0]);
                    const auto j = static_cast<int>(at[1]);
                    const auto k = static_cast<int>(at[2]);
                    if (source_.contains(i, j, k) && lesion_of_[source_.index(i, j, k)] == number)
                        ++n_covered;
                }
            }
        }
        return n_covered;
    }

    const Mask& source_;
    Image<std::uint8_t> target_;
    std::array<int, 3> samples_;
    std::vector<int> lesion_of_;
    Eigen::Affine3d source_from_target_;
};

/// The `n` voxels that are covered most; of equals the first.
std::vector<std::size_t> most_covered(const Coverage& coverage, std::size_t n) {
    std::vector<std::pair<int, std::size_t>> order;
    for (const auto& [voxel, n_covered] : coverage) order.emplace_back(-n_covered, voxel);
    std::sort(order.begin(), order.end());
    std::vector<std::size_t> voxels;
    for (std::size_t i = 0; i < std::min(n, order.size()); ++i) voxels.push_back(order[i].second);
    return voxels;
}

double volume_of(const Mask& mask) {
    return static_cast<double>(count(mask)) * mask.voxel_volume();
}

std::string in_ml(double volume) {
    return fmt::format("{:.2f} ml", volume * millilitres_per_cubic_metre);
}

/// Whether two grids have the same number of voxels in different places: a header that was lost on the way.
bool is_displaced(const ScalarImage& image, const Mask& head) {
    constexpr double notable = 0.5; // Of a voxel, at the far corner.
    if (image.size != head.size) return false;
    const Vector3 corner(image.size[0] - 1, image.size[1] - 1, image.size[2] - 1);
    const std::array<double, 3> spacing = voxel_spacing(head.head_from_voxel);
    const double limit = notable * *std::min_element(spacing.begin(), spacing.end());
    const auto gap = [&](const Vector3& voxel) {
        return (image.head_from_voxel * voxel - head.head_from_voxel * voxel).norm();
    };
    return gap(Vector3::Zero()) > limit || gap(corner) > limit;
}

/// One image onto the head's grid, checked.
Mask place(const ScalarImage& image, const std::string& name, const Mask& head,
           std::vector<std::string>& warnings) {
    const double given = volume_of(binary_mask(image, name));
    if (given > implausible_volume) {
        throw Error(
            fmt::format("{}: {} are more than any brain has of lesions: is it a brain mask, or 1 outside "
                        "the lesions?",
                        name, in_ml(given)));
    }
    // Resampling takes long where a mask is none.
    Mask placed = resample_lesions(image, name, head.size, head.head_from_voxel);
    const double inside = volume_of(both(placed, head));
    constexpr double least_inside = 0.5;
    if (inside < least_inside * given) {
        throw Error(
            fmt::format("{}: only {} of its {} lie in the T1's head: the mask is in another space; "
                        "resample it into the T1's (with the transform that registers its image to the "
                        "T1, nearest neighbour)",
                        name, in_ml(inside), in_ml(given)));
    }
    if (is_displaced(image, head)) {
        warnings.push_back(
            fmt::format("{}: has as many voxels as the T1 but lies elsewhere; it was placed by "
                        "its own header: check segmentation.png",
                        name));
    } else if (auto warning = describe_foreign_grid(image, head, name)) {
        warnings.push_back(std::move(*warning));
    }
    return placed;
}

} // namespace

Mask resample_lesions(const ScalarImage& image, const std::string& name, const std::array<int, 3>& size,
                      const Eigen::Affine3d& head_from_voxel) {
    const Mask source = binary_mask(image, name);
    const std::vector<std::vector<std::size_t>> lesions =
        voxels_by_part(find_voxel_parts(source, {.through_corners = true, .any_label = true}));
    const CoverageSampler sampler(source, lesions, size, head_from_voxel);
    Mask result(size, head_from_voxel);
    const double voxels_per_voxel = source.voxel_volume() / result.voxel_volume();
    const std::array<int, 3> samples = samples_per_axis(source, head_from_voxel);
    const double n_samples = static_cast<double>(samples[0]) * samples[1] * samples[2];
    for (std::size_t lesion = 0; lesion < lesions.size(); ++lesion) {
        const Coverage coverage = sampler.of(static_cast<int>(lesion), lesions[lesion]);
        double covered = 0;
        for (const auto& [voxel, n_covered] : coverage) covered += n_covered / n_samples;
        // Less than the lesion's own volume where the grid cuts it.
        const double wanted =
            std::min(covered, static_cast<double>(lesions[lesion].size()) * voxels_per_voxel);
        const auto n = std::max<std::size_t>(1, static_cast<std::size_t>(std::llround(wanted)));
        for (const std::size_t voxel : most_covered(coverage, n)) result.voxels[voxel] = 1;
    }
    return result;
}

LesionMasks place_lesions(const LesionImages& images, const Mask& head) {
    CORTICOIL_ASSERT(!images.is_empty());
    LesionMasks result;
    result.black_holes = Mask(head.size, head.head_from_voxel);
    if (images.black_holes) {
        result.black_holes = place(*images.black_holes, images.black_holes_name, head, result.warnings);
    }
    result.lesions = result.black_holes;
    if (images.lesions) {
        result.lesions =
            either(result.black_holes, place(*images.lesions, images.lesions_name, head, result.warnings));
    }
    const ScalarImage& first = images.lesions ? *images.lesions : *images.black_holes;
    result.given_volume = std::max(
        static_cast<double>(count(result.lesions)) * head.voxel_volume(),
        static_cast<double>(first.voxels.size() - static_cast<std::size_t>(std::count(
                                                      first.voxels.begin(), first.voxels.end(), 0.0F))) *
            first.voxel_volume());
    return result;
}

} // namespace corticoil::imaging
