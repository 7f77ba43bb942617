#include "imaging/voxel_parts.h"

#include "core/voxel_parts.h"

#include <algorithm>
#include <array>

namespace corticoil::imaging {

namespace {

template <typename Keep>
Mask keep_parts(const Mask& mask, const VoxelParts& parts, Keep keep) {
    Mask result(mask.size, mask.head_from_voxel);
    for (std::size_t n = 0; n < result.voxels.size(); ++n) {
        result.voxels[n] = parts.part[n] >= 0 && keep(static_cast<std::size_t>(parts.part[n])) ? 1 : 0;
    }
    return result;
}

/// Marks in `outside` what can be reached from the border of one plane without entering the mask.
class PlaneFlood {
  public:
    PlaneFlood(const Mask& mask, int axis) : mask_(mask) {
        const std::array<std::size_t, 3> stride{1, static_cast<std::size_t>(mask.size[0]),
                                                static_cast<std::size_t>(mask.size[0]) *
                                                    static_cast<std::size_t>(mask.size[1])};
        const std::size_t a = axis == 0 ? 1 : 0;
        const std::size_t b = axis == 2 ? 1 : 2;
        n_a_ = static_cast<std::size_t>(mask.size[a]);
        n_b_ = static_cast<std::size_t>(mask.size[b]);
        stride_a_ = stride[a];
        stride_b_ = stride[b];
        stride_plane_ = stride[static_cast<std::size_t>(axis)];
    }

    void fill_plane(std::size_t plane, Mask& result) {
        reached_.assign(n_a_ * n_b_, 0);
        for (std::size_t a = 0; a < n_a_; ++a) {
            reach(a, 0, plane);
            reach(a, n_b_ - 1, plane);
        }
        for (std::size_t b = 0; b < n_b_; ++b) {
            reach(0, b, plane);
            reach(n_a_ - 1, b, plane);
        }
        while (!stack_.empty()) {
            const std::size_t cell = stack_.back();
            stack_.pop_back();
            const std::size_t a = cell % n_a_;
            const std::size_t b = cell / n_a_;
            if (a > 0) reach(a - 1, b, plane);
            if (a + 1 < n_a_) reach(a + 1, b, plane);
            if (b > 0) reach(a, b - 1, plane);
            if (b + 1 < n_b_) reach(a, b + 1, plane);
        }
        for (std::size_t b = 0; b < n_b_; ++b) {
            for (std::size_t a = 0; a < n_a_; ++a) {
                if (reached_[a + n_a_ * b] == 0) result.voxels[voxel(a, b, plane)] = 1;
            }
        }
    }

  private:
    [[nodiscard]] std::size_t voxel(std::size_t a, std::size_t b, std::size_t plane) const {
        return a * stride_a_ + b * stride_b_ + plane * stride_plane_;
    }
    void reach(std::size_t a, std::size_t b, std::size_t plane) {
        std::uint8_t& is_reached = reached_[a + n_a_ * b];
        if (is_reached != 0 || mask_.voxels[voxel(a, b, plane)] != 0) return;
        is_reached = 1;
        stack_.push_back(a + n_a_ * b);
    }

    const Mask& mask_;
    std::size_t n_a_ = 0, n_b_ = 0, stride_a_ = 0, stride_b_ = 0, stride_plane_ = 0;
    std::vector<std::uint8_t> reached_;
    std::vector<std::size_t> stack_;
};

} // namespace

Mask largest_part(const Mask& mask) {
    const VoxelParts parts = find_voxel_parts(mask);
    const auto largest = std::max_element(parts.n_voxels.begin(), parts.n_voxels.end());
    const auto number = static_cast<std::size_t>(largest - parts.n_voxels.begin());
    return keep_parts(mask, parts, [number](std::size_t part) { return part == number; });
}

Mask parts_of_at_least(const Mask& mask, double volume) {
    const VoxelParts parts = find_voxel_parts(mask);
    const double n_least = volume / mask.voxel_volume();
    return keep_parts(mask, parts,
                      [&](std::size_t part) { return static_cast<double>(parts.n_voxels[part]) >= n_least; });
}

Mask parts_with(const Mask& mask, const Mask& seeds) {
    const VoxelParts parts = find_voxel_parts(mask);
    std::vector<bool> is_seeded(parts.n_voxels.size(), false);
    for (std::size_t n = 0; n < mask.voxels.size(); ++n) {
        if (seeds.voxels[n] != 0 && parts.part[n] >= 0)
            is_seeded[static_cast<std::size_t>(parts.part[n])] = true;
    }
    return keep_parts(mask, parts, [&](std::size_t part) { return is_seeded[part]; });
}

Mask fill_enclosed(const Mask& mask) {
    Mask outside = mask;
    for (std::uint8_t& voxel : outside.voxels) voxel = voxel == 0 ? 1 : 0;
    Mask border(mask.size, mask.head_from_voxel);
    for (int k = 0; k < mask.size[2]; ++k) {
        for (int j = 0; j < mask.size[1]; ++j) {
            const bool is_inner_row = k > 0 && k + 1 < mask.size[2] && j > 0 && j + 1 < mask.size[1];
            const int step = is_inner_row ? std::max(1, mask.size[0] - 1) : 1;
            for (int i = 0; i < mask.size[0]; i += step) border.at(i, j, k) = 1;
        }
    }
    Mask result = parts_with(outside, border);
    for (std::uint8_t& voxel : result.voxels) voxel = voxel == 0 ? 1 : 0;
    return result;
}

Mask fill_enclosed_in_planes(const Mask& mask, int axis) {
    Mask result = mask;
    PlaneFlood flood(mask, axis);
    const int n_planes = mask.size[static_cast<std::size_t>(axis)];
    for (int plane = 0; plane < n_planes; ++plane) flood.fill_plane(static_cast<std::size_t>(plane), result);
    return result;
}

void fill_from_neighbours(LabelImage& labels, const Mask& is_open) {
    std::vector<std::size_t> front;
    std::vector<std::uint8_t> waits = is_open.voxels;
    for (std::size_t n = 0; n < labels.voxels.size(); ++n) {
        if (waits[n] != 0 || labels.voxels[n] == 0) continue;
        bool is_beside_open = false;
        for_each_face_neighbour(
            labels.size, n, [&](std::size_t next) { is_beside_open = is_beside_open || waits[next] != 0; });
        if (is_beside_open) front.push_back(n);
    }
    while (!front.empty()) {
        std::vector<std::size_t> next_front;
        for (const std::size_t voxel : front) {
            for_each_face_neighbour(labels.size, voxel, [&](std::size_t next) {
                if (waits[next] == 0) return;
                waits[next] = 0;
                labels.voxels[next] = labels.voxels[voxel];
                next_front.push_back(next);
            });
        }
        front = std::move(next_front);
    }
}

} // namespace corticoil::imaging
