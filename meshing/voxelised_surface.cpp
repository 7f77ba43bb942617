#include "meshing/voxelised_surface.h"

#include <Eigen/Geometry>

#include <algorithm>
#include <cmath>

namespace corticoil::meshing {

namespace {

/// Twice the area of the triangle (a, b, p) in the x-y plane. The same bits with the opposite sign for (b, a,
/// p): so the two triangles of an edge never both claim or both leave a line, and a line through a closed
/// surface crosses it an even number of times.
double edge_side(const Vector3& a, const Vector3& b, double x, double y) {
    const bool is_ordered = a.x() < b.x() || (a.x() == b.x() && a.y() < b.y());
    const Vector3& first = is_ordered ? a : b;
    const Vector3& second = is_ordered ? b : a;
    const double area =
        (second.x() - first.x()) * (y - first.y()) - (second.y() - first.y()) * (x - first.x());
    // What lies on the edge counts as on its left.
    const double decided = area == 0 ? 1e-300 : area;
    return is_ordered ? decided : -decided;
}

} // namespace

VoxelisedSurface::VoxelisedSurface(const SurfaceMesh& surface, const LabelImage& grid)
    : size_(grid.size), state_(grid.voxels.size(), 0) {
    const Eigen::Affine3d voxel_from_head = grid.head_from_voxel.inverse();
    Points nodes(3, surface.n_nodes());
    for (int node = 0; node < surface.n_nodes(); ++node)
        nodes.col(node) = voxel_from_head * Vector3(surface.nodes.col(node));
    mark_touched(nodes, surface.triangles);
    // Surfaces made of voxels have nodes right on the columns; a nudge far below any accuracy parts them.
    const Vector3 nudge(1.3717e-6, 2.7183e-6, 0); // [voxels] No simple fraction.
    mark_inside(nodes.colwise() + nudge, surface.triangles);
}

std::size_t VoxelisedSurface::index(int i, int j, int k) const {
    return static_cast<std::size_t>(i) +
           static_cast<std::size_t>(size_[0]) *
               (static_cast<std::size_t>(j) +
                static_cast<std::size_t>(size_[1]) * static_cast<std::size_t>(k));
}

void VoxelisedSurface::mark_touched(const Points& nodes, const Triangles& triangles) {
    constexpr double rounding = 1e-6; // [voxels]
    for (Eigen::Index t = 0; t < triangles.cols(); ++t) {
        Eigen::AlignedBox3d box;
        for (int corner = 0; corner < 3; ++corner) box.extend(Vector3(nodes.col(triangles(corner, t))));
        const Eigen::Vector3i low = (box.min().array() - rounding).round().cast<int>().max(0);
        const Eigen::Vector3i high = (box.max().array() + rounding)
                                         .round()
                                         .cast<int>()
                                         .min(Eigen::Array3i(size_[0], size_[1], size_[2]) - 1);
        for (int k = low[2]; k <= high[2]; ++k) {
            for (int j = low[1]; j <= high[1]; ++j) {
                for (int i = low[0]; i <= high[0]; ++i) state_[index(i, j, k)] |= touched;
            }
        }
    }
}

void VoxelisedSurface::mark_inside(const Points& nodes, const Triangles& triangles) {
    // Heights at which the line through each column of voxels crosses the surface.
    std::vector<std::vector<double>> crossings(static_cast<std::size_t>(size_[0]) *
                                               static_cast<std::size_t>(size_[1]));
    for (Eigen::Index t = 0; t < triangles.cols(); ++t) {
        const Vector3 a = nodes.col(triangles(0, t));
        const Vector3 b = nodes.col(triangles(1, t));
        const Vector3 c = nodes.col(triangles(2, t));
        const auto range = [&](int axis) {
            const double low = std::min({a[axis], b[axis], c[axis]});
            const double high = std::max({a[axis], b[axis], c[axis]});
            return std::pair(
                std::max(0, static_cast<int>(std::ceil(low))),
                std::min(size_[static_cast<std::size_t>(axis)] - 1, static_cast<int>(std::floor(high))));
        };
        const auto [first_i, last_i] = range(0);
        const auto [first_j, last_j] = range(1);
        for (int j = first_j; j <= last_j; ++j) {
            for (int i = first_i; i <= last_i; ++i) {
                const double over_c = edge_side(a, b, i, j);
                const double over_a = edge_side(b, c, i, j);
                const double over_b = edge_side(c, a, i, j);
                if ((over_a > 0) != (over_b > 0) || (over_b > 0) != (over_c > 0)) continue;
                const double height =
                    (over_a * a.z() + over_b * b.z() + over_c * c.z()) / (over_a + over_b + over_c);
                crossings[static_cast<std::size_t>(i) +
                          static_cast<std::size_t>(size_[0]) * static_cast<std::size_t>(j)]
                    .push_back(height);
            }
        }
    }
    for (int j = 0; j < size_[1]; ++j) {
        for (int i = 0; i < size_[0]; ++i) {
            std::vector<double>& heights =
                crossings[static_cast<std::size_t>(i) +
                          static_cast<std::size_t>(size_[0]) * static_cast<std::size_t>(j)];
            std::sort(heights.begin(), heights.end());
            std::size_t n_below = 0;
            for (int k = 0; k < size_[2]; ++k) {
                while (n_below < heights.size() && heights[n_below] < k) ++n_below;
                if (n_below % 2 == 1) state_[index(i, j, k)] |= inside;
            }
        }
    }
}

std::optional<bool> VoxelisedSurface::is_inside(const Vector3& voxel) const {
    const Eigen::Vector3i nearest = voxel.array().round().cast<int>();
    for (int axis = 0; axis < 3; ++axis) {
        if (nearest[axis] < 0 || nearest[axis] >= size_[static_cast<std::size_t>(axis)]) return false;
    }
    const std::uint8_t state = state_[index(nearest[0], nearest[1], nearest[2])];
    if ((state & touched) != 0) return std::nullopt;
    return (state & inside) != 0;
}

void VoxelisedSurface::fill(LabelImage& labels, std::uint8_t label) const {
    for (std::size_t n = 0; n < labels.voxels.size(); ++n) {
        if ((state_[n] & inside) != 0) labels.voxels[n] = label;
    }
}

} // namespace corticoil::meshing
