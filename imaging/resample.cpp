#include "imaging/resample.h"

#include <algorithm>
#include <cmath>

namespace corticoil::imaging {

namespace {

/// Indices closer than this to a voxel's centre are meant to be it: what rounding makes of equal grids.
constexpr double index_rounding = 1e-6;

double without_rounding(double index) {
    const double nearest = std::round(index);
    return std::abs(index - nearest) < index_rounding ? nearest : index;
}

} // namespace

float interpolate_or_continue(const ScalarImage& image, const Vector3& index) {
    std::array<int, 3> low{};
    std::array<float, 3> fraction{};
    for (std::size_t axis = 0; axis < 3; ++axis) {
        const double position = without_rounding(index[static_cast<Eigen::Index>(axis)]);
        const double clamped = std::clamp(position, 0.0, static_cast<double>(image.size[axis] - 1));
        low[axis] = std::min(static_cast<int>(clamped), std::max(0, image.size[axis] - 2));
        fraction[axis] = static_cast<float>(clamped - low[axis]);
    }
    float value = 0;
    for (int corner = 0; corner < 8; ++corner) {
        float weight = 1;
        std::array<int, 3> at{};
        for (std::size_t axis = 0; axis < 3; ++axis) {
            const int side = (corner >> axis) & 1;
            weight *= side == 1 ? fraction[axis] : 1 - fraction[axis];
            at[axis] = std::min(low[axis] + side, image.size[axis] - 1);
        }
        if (weight > 0) value += weight * image.at(at[0], at[1], at[2]);
    }
    return value;
}

float interpolate(const ScalarImage& image, const Vector3& index) {
    for (std::size_t axis = 0; axis < 3; ++axis) {
        const double position = index[static_cast<Eigen::Index>(axis)];
        if (!(position >= -0.5 && position <= image.size[axis] - 0.5)) return 0;
    }
    return interpolate_or_continue(image, index);
}

std::uint8_t nearest_label(const LabelImage& labels, const Vector3& index) {
    std::array<int, 3> at{};
    for (std::size_t axis = 0; axis < 3; ++axis) {
        const double position = index[static_cast<Eigen::Index>(axis)];
        if (!(position > -0.5 && position < labels.size[axis] - 0.5)) return 0;
        at[axis] = static_cast<int>(std::round(position));
    }
    return labels.at(at[0], at[1], at[2]);
}

ScalarImage resample(const ScalarImage& image, const std::array<int, 3>& size,
                     const Eigen::Affine3d& head_from_voxel, const Eigen::Affine3d& source_from_target) {
    ScalarImage result(size, head_from_voxel);
    const Eigen::Affine3d index_from_index =
        image.head_from_voxel.inverse() * source_from_target * head_from_voxel;
    std::size_t n = 0;
    for (int k = 0; k < size[2]; ++k) {
        for (int j = 0; j < size[1]; ++j) {
            for (int i = 0; i < size[0]; ++i) {
                result.voxels[n++] = interpolate(image, index_from_index * Eigen::Vector3d(i, j, k));
            }
        }
    }
    return result;
}

Mask resample_mask(const ScalarImage& image, const std::array<int, 3>& size,
                   const Eigen::Affine3d& head_from_voxel, const Eigen::Affine3d& source_from_target) {
    ScalarImage set = image;
    for (float& voxel : set.voxels) voxel = voxel != 0 ? 1.0F : 0.0F;
    const ScalarImage weights = resample(set, size, head_from_voxel, source_from_target);
    Mask mask(size, head_from_voxel);
    for (std::size_t n = 0; n < mask.voxels.size(); ++n) mask.voxels[n] = weights.voxels[n] >= 0.5F ? 1 : 0;
    return mask;
}

std::array<int, 3> voxels_per_step(const Eigen::Affine3d& head_from_voxel, double spacing) {
    const std::array<double, 3> edges = voxel_spacing(head_from_voxel);
    std::array<int, 3> step{};
    for (std::size_t axis = 0; axis < 3; ++axis)
        step[axis] = std::max(1, static_cast<int>(std::round(spacing / edges[axis])));
    return step;
}

ScalarImage coarsened(const ScalarImage& image, double spacing) {
    return shrink(image, voxels_per_step(image.head_from_voxel, spacing));
}

ScalarImage shrink(const ScalarImage& image, const std::array<int, 3>& step) {
    const std::array<double, 3> spacing = voxel_spacing(image.head_from_voxel);
    const double width = std::max({spacing[0] * step[0], spacing[1] * step[1], spacing[2] * step[2]});
    const ScalarImage smoothed = smooth(image, width / 2);
    std::array<int, 3> size{};
    Eigen::Affine3d old_from_new = Eigen::Affine3d::Identity();
    for (std::size_t axis = 0; axis < 3; ++axis) {
        size[axis] = std::max(1, (image.size[axis] + step[axis] - 1) / step[axis]);
        old_from_new.linear()(static_cast<Eigen::Index>(axis), static_cast<Eigen::Index>(axis)) = step[axis];
    }
    ScalarImage result(size, image.head_from_voxel * old_from_new);
    for (int k = 0; k < size[2]; ++k) {
        for (int j = 0; j < size[1]; ++j) {
            for (int i = 0; i < size[0]; ++i)
                result.at(i, j, k) = smoothed.at(i * step[0], j * step[1], k * step[2]);
        }
    }
    return result;
}

VoxelBox box_around(const Mask& mask, double margin) {
    std::array<int, 3> low = mask.size;
    std::array<int, 3> high{-1, -1, -1};
    for (int k = 0; k < mask.size[2]; ++k) {
        for (int j = 0; j < mask.size[1]; ++j) {
            for (int i = 0; i < mask.size[0]; ++i) {
                if (mask.at(i, j, k) == 0) continue;
                const std::array<int, 3> at{i, j, k};
                for (std::size_t axis = 0; axis < 3; ++axis) {
                    low[axis] = std::min(low[axis], at[axis]);
                    high[axis] = std::max(high[axis], at[axis]);
                }
            }
        }
    }
    const std::array<double, 3> spacing = voxel_spacing(mask.head_from_voxel);
    VoxelBox box;
    for (std::size_t axis = 0; axis < 3; ++axis) {
        const int wider = static_cast<int>(std::ceil(margin / spacing[axis]));
        box.first[axis] = std::max(0, low[axis] - wider);
        box.size[axis] = std::min(mask.size[axis], high[axis] + wider + 1) - box.first[axis];
    }
    return box;
}

template <typename Voxel>
Image<Voxel> crop(const Image<Voxel>& image, const VoxelBox& box) {
    const Vector3 shift(box.first[0], box.first[1], box.first[2]);
    Image<Voxel> part(box.size, image.head_from_voxel * Eigen::Translation3d(shift));
    for (int k = 0; k < box.size[2]; ++k) {
        for (int j = 0; j < box.size[1]; ++j) {
            std::copy_n(&image.at(box.first[0], j + box.first[1], k + box.first[2]), box.size[0],
                        &part.at(0, j, k));
        }
    }
    return part;
}

template <typename Voxel>
void paste(const Image<Voxel>& part, const VoxelBox& box, Image<Voxel>& image) {
    for (int k = 0; k < box.size[2]; ++k) {
        for (int j = 0; j < box.size[1]; ++j) {
            std::copy_n(&part.at(0, j, k), box.size[0],
                        &image.at(box.first[0], j + box.first[1], k + box.first[2]));
        }
    }
}

template ScalarImage crop(const ScalarImage& image, const VoxelBox& box);
template LabelImage crop(const LabelImage& image, const VoxelBox& box);
template void paste(const LabelImage& part, const VoxelBox& box, LabelImage& image);
template void paste(const ScalarImage& part, const VoxelBox& box, ScalarImage& image);

} // namespace corticoil::imaging
