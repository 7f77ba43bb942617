#include "real_head/transformed_head.h"

#include "core/tissue.h"
#include "imaging/resample.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace corticoil::test {

namespace {

Vector3 bend(const Vector3& p) {
    constexpr double amplitude = 3e-3; // [m]
    constexpr double length = 90e-3;   // [m]
    const Vector3 phase = 2 * std::numbers::pi / length * p;
    return amplitude * Vector3(std::sin(phase[1]), std::sin(phase[2]), std::sin(phase[0]));
}

/// Box around an image's voxel centres after a mapping, from points all over its faces.
Eigen::AlignedBox3d box_of(const ScalarImage& image,
                           const std::function<Vector3(const Vector3&)>& head_from_mni) {
    Eigen::AlignedBox3d box;
    constexpr int n_steps = 8;
    for (int n = 0; n < (n_steps + 1) * (n_steps + 1) * (n_steps + 1); ++n) {
        const Vector3 share =
            Vector3(n % (n_steps + 1), n / (n_steps + 1) % (n_steps + 1), n / (n_steps + 1) / (n_steps + 1)) /
            n_steps;
        const Vector3 last(image.size[0] - 1, image.size[1] - 1, image.size[2] - 1);
        box.extend(head_from_mni(image.head_from_voxel * Vector3(share.cwiseProduct(last))));
    }
    return box;
}

} // namespace

Eigen::Affine3d oblique_placement() {
    constexpr double angle = 20 * std::numbers::pi / 180;
    return Eigen::Translation3d(7e-3, -12e-3, 21e-3) *
           Eigen::AngleAxisd(angle, Vector3(1, 0.7, -0.5).normalized());
}

Vector3 bent(const Vector3& p_mni) {
    return oblique_placement() * Vector3(p_mni + bend(p_mni));
}

Vector3 unbent(const Vector3& p_head) {
    const Vector3 straight = oblique_placement().inverse() * p_head;
    Vector3 p = straight;
    constexpr int n_iterations = 12; // The bend contracts by 0.21: to a nanometre.
    for (int n = 0; n < n_iterations; ++n) p = straight - bend(p);
    return p;
}

ScalarImage moved(const ScalarImage& image, double spacing,
                  const std::function<Vector3(const Vector3&)>& head_from_mni,
                  const std::function<Vector3(const Vector3&)>& mni_from_head) {
    constexpr double power = 0.7;
    constexpr float scale = 1000;
    const Eigen::AlignedBox3d box = box_of(image, head_from_mni);
    std::array<int, 3> size{};
    for (int axis = 0; axis < 3; ++axis)
        size[static_cast<std::size_t>(axis)] = static_cast<int>(std::ceil(box.sizes()[axis] / spacing)) + 1;
    ScalarImage result(size, Eigen::Translation3d(box.min()) * Eigen::Scaling(spacing));
    const Eigen::Affine3d index_from_mni = image.head_from_voxel.inverse();
    const float largest = *std::ranges::max_element(image.voxels);
    std::size_t n = 0;
    for (int k = 0; k < size[2]; ++k) {
        for (int j = 0; j < size[1]; ++j) {
            for (int i = 0; i < size[0]; ++i) {
                const Vector3 p_mni = mni_from_head(result.head_from_voxel * Vector3(i, j, k));
                const float value = imaging::interpolate(image, index_from_mni * p_mni);
                result.voxels[n++] = scale * std::pow(std::max(value, 0.0F) / largest, float{power});
            }
        }
    }
    return result;
}

std::vector<Vector3> brain_points(const LabelImage& labels, int step) {
    std::vector<Vector3> points;
    for (int k = 0; k < labels.size[2]; k += step) {
        for (int j = 0; j < labels.size[1]; j += step) {
            for (int i = 0; i < labels.size[0]; i += step) {
                const int label = labels.at(i, j, k);
                if (label == tissue::white_matter || label == tissue::grey_matter)
                    points.emplace_back(labels.head_from_voxel * Vector3(i, j, k));
            }
        }
    }
    return points;
}

double quantile(std::vector<double> values, double share) {
    std::ranges::sort(values);
    return values.at(static_cast<std::size_t>(share * static_cast<double>(values.size() - 1)));
}

imaging::MniTemplate coarse_template(const imaging::MniTemplate& mni, int step) {
    imaging::MniTemplate coarse = mni;
    coarse.t1 = imaging::shrink(mni.t1, {step, step, step});
    coarse.labels = LabelImage(coarse.t1.size, coarse.t1.head_from_voxel);
    const Eigen::Affine3d fine_from_coarse = mni.labels.head_from_voxel.inverse() * coarse.t1.head_from_voxel;
    std::size_t n = 0;
    for (int k = 0; k < coarse.labels.size[2]; ++k) {
        for (int j = 0; j < coarse.labels.size[1]; ++j) {
            for (int i = 0; i < coarse.labels.size[0]; ++i)
                coarse.labels.voxels[n++] =
                    imaging::nearest_label(mni.labels, fine_from_coarse * Vector3(i, j, k));
        }
    }
    return coarse;
}

} // namespace corticoil::test
