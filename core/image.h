#pragma once

#include "core/types.h"

#include <Eigen/Geometry>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace corticoil {

/// A 3-D image: voxels with x fastest, and the affine that takes a voxel's index (its centre) to the head
/// frame [m].
template <typename Voxel>
struct Image {
    std::array<int, 3> size{0, 0, 0};
    Eigen::Affine3d head_from_voxel = Eigen::Affine3d::Identity();
    std::vector<Voxel> voxels;

    Image() = default;
    Image(const std::array<int, 3>& size_in, const Eigen::Affine3d& head_from_voxel_in, Voxel fill = Voxel{})
        : size(size_in), head_from_voxel(head_from_voxel_in),
          voxels(static_cast<std::size_t>(size_in[0]) * static_cast<std::size_t>(size_in[1]) *
                     static_cast<std::size_t>(size_in[2]),
                 fill) {}

    [[nodiscard]] std::size_t index(int i, int j, int k) const {
        return static_cast<std::size_t>(i) +
               static_cast<std::size_t>(size[0]) *
                   (static_cast<std::size_t>(j) +
                    static_cast<std::size_t>(size[1]) * static_cast<std::size_t>(k));
    }
    [[nodiscard]] bool contains(int i, int j, int k) const {
        return i >= 0 && j >= 0 && k >= 0 && i < size[0] && j < size[1] && k < size[2];
    }
    [[nodiscard]] const Voxel& at(int i, int j, int k) const { return voxels[index(i, j, k)]; }
    [[nodiscard]] Voxel& at(int i, int j, int k) { return voxels[index(i, j, k)]; }

    /// Volume of one voxel [m³].
    [[nodiscard]] double voxel_volume() const { return std::abs(head_from_voxel.linear().determinant()); }
};

/// Intensities, and labels 0 … 255.
using ScalarImage = Image<float>;
using LabelImage = Image<std::uint8_t>;

/// Volume per label [m³], indexed by label 0 … 255.
[[nodiscard]] std::array<double, 256> label_volumes(const LabelImage& labels);

} // namespace corticoil
