#include "planning/distance_grid.h"

#include "core/constants.h"
#include "core/error.h"
#include "planning/surface_side.h"
#include "planning/surface_tree.h"

#include <Eigen/Geometry>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace corticoil::planning {

namespace {

/// Nodes of the coarse grid are this many fine ones apart.
constexpr int coarsening = 4;

/// Nodes nearer to the scalp than this get exact distances [m].
constexpr double exact_within = 0.008;

/// Distances at nodes of a regular grid, x fastest.
struct Nodes {
    std::array<int, 3> size{0, 0, 0};
    std::vector<float> distances;

    [[nodiscard]] std::size_t index(int i, int j, int k) const {
        return (static_cast<std::size_t>(k) * static_cast<std::size_t>(size[1]) +
                static_cast<std::size_t>(j)) *
                   static_cast<std::size_t>(size[0]) +
               static_cast<std::size_t>(i);
    }
};

/// Exact signed distances to a surface.
class SignedDistance {
  public:
    explicit SignedDistance(const SurfaceMesh& surface) : tree_(surface), side_(surface) {}

    /// `nearest` is that of a point nearby before and of this one after.
    [[nodiscard]] float at(const Vector3& point, NearestOnSurface& nearest) const {
        nearest = tree_.nearest(point, nearest);
        const double distance = (point - nearest.point).norm();
        return static_cast<float>(side_.is_outside(point, nearest) ? distance : -distance);
    }

  private:
    SurfaceTree tree_;
    SurfaceSide side_;
};

/// The coarse cells that touch a fine node along one axis: first and last.
std::array<int, 2> touching(int node, int n_cells) {
    const int cell = node / coarsening;
    return {node % coarsening == 0 ? std::max(0, cell - 1) : cell, std::min(cell, n_cells - 1)};
}

/// Coarse cells of which some point may lie within `exact_within` of the scalp.
std::vector<std::uint8_t> near_cells(const Nodes& coarse, double coarse_spacing) {
    // A point lies within half a cell's diagonal of a corner, and distance changes by no more than the way.
    const double most = exact_within + std::sqrt(3.0) / 2 * coarse_spacing;
    const auto n = coarse.size;
    std::vector<std::uint8_t> near;
    near.reserve(coarse.distances.size());
    for (int k = 0; k + 1 < n[2]; ++k) {
        for (int j = 0; j + 1 < n[1]; ++j) {
            for (int i = 0; i + 1 < n[0]; ++i) {
                double least = std::numeric_limits<double>::infinity();
                for (int corner = 0; corner < 8; ++corner) {
                    const std::size_t at =
                        coarse.index(i + (corner & 1), j + ((corner >> 1) & 1), k + ((corner >> 2) & 1));
                    least = std::min(least, std::abs(static_cast<double>(coarse.distances[at])));
                }
                near.push_back(least <= most ? 1 : 0);
            }
        }
    }
    return near;
}

/// The coarse grid's distance at a fine node, trilinear.
float interpolated(const Nodes& coarse, const std::array<int, 3>& node) {
    std::array<int, 3> cell{};
    std::array<float, 3> part{};
    for (std::size_t axis = 0; axis < 3; ++axis) {
        cell.at(axis) = std::min(node.at(axis) / coarsening, coarse.size.at(axis) - 2);
        part.at(axis) = static_cast<float>(node.at(axis) - cell.at(axis) * coarsening) / coarsening;
    }
    float sum = 0;
    for (int corner = 0; corner < 8; ++corner) {
        float weight = 1;
        for (std::size_t axis = 0; axis < 3; ++axis)
            weight *= ((corner >> axis) & 1) ? part.at(axis) : 1 - part.at(axis);
        sum += weight * coarse.distances[coarse.index(cell[0] + (corner & 1), cell[1] + ((corner >> 1) & 1),
                                                      cell[2] + ((corner >> 2) & 1))];
    }
    return sum;
}

} // namespace

DistanceGrid::DistanceGrid(const Scalp& scalp, const DistanceGridOptions& options, const Progress& progress)
    : spacing_(options.spacing) {
    CORTICOIL_ASSERT(options.spacing > 0 && options.margin >= 0);
    const SurfaceMesh& surface = scalp.surface();
    const Vector3 least = surface.nodes.rowwise().minCoeff();
    const Vector3 largest = surface.nodes.rowwise().maxCoeff();
    const double coarse_spacing = coarsening * spacing_;
    origin_ = least - Vector3::Constant(options.margin);
    const Vector3 extent = (largest - least + Vector3::Constant(2 * options.margin)) / coarse_spacing;
    constexpr double most_nodes = 1 << 28;
    if (!(extent.prod() * coarsening * coarsening * coarsening < most_nodes)) {
        throw Error(fmt::format("scalp: {:.3g} × {:.3g} × {:.3g} mm is no head; check the mesh's unit (mm)",
                                (largest - least).x() * millimetres_per_metre,
                                (largest - least).y() * millimetres_per_metre,
                                (largest - least).z() * millimetres_per_metre));
    }
    Nodes coarse;
    Nodes fine;
    for (std::size_t axis = 0; axis < 3; ++axis) {
        const int n_cells = 1 + static_cast<int>(extent[static_cast<Eigen::Index>(axis)]);
        coarse.size.at(axis) = n_cells + 1;
        fine.size.at(axis) = n_cells * coarsening + 1;
    }
    size_ = fine.size;
    coarse.distances.resize(coarse.index(0, 0, coarse.size[2]));
    fine.distances.resize(fine.index(0, 0, fine.size[2]));

    // Each row starts its search from the node before, so the result is that of any number of threads.
    report(progress, 0, "distance to the scalp");
    const SignedDistance exact(surface);
    const int coarse_rows = coarse.size[1] * coarse.size[2];
#pragma omp parallel for schedule(dynamic, 8)
    for (int row = 0; row < coarse_rows; ++row) {
        const int j = row % coarse.size[1];
        const int k = row / coarse.size[1];
        NearestOnSurface nearest;
        for (int i = 0; i < coarse.size[0]; ++i)
            coarse.distances[coarse.index(i, j, k)] =
                exact.at(origin_ + coarse_spacing * Vector3(i, j, k), nearest);
    }
    report(progress, 0.2, "distance to the scalp");
    const std::vector<std::uint8_t> near = near_cells(coarse, coarse_spacing);
    const std::array<int, 3> n_cells{coarse.size[0] - 1, coarse.size[1] - 1, coarse.size[2] - 1};
    const auto is_near = [&](const std::array<int, 3>& node) {
        const auto [i0, i1] = touching(node[0], n_cells[0]);
        const auto [j0, j1] = touching(node[1], n_cells[1]);
        const auto [k0, k1] = touching(node[2], n_cells[2]);
        for (int k = k0; k <= k1; ++k) {
            for (int j = j0; j <= j1; ++j) {
                for (int i = i0; i <= i1; ++i) {
                    if (near[static_cast<std::size_t>((k * n_cells[1] + j) * n_cells[0] + i)]) return true;
                }
            }
        }
        return false;
    };
    const int rows = fine.size[1] * fine.size[2];
#pragma omp parallel for schedule(dynamic, 16)
    for (int row = 0; row < rows; ++row) {
        const int j = row % fine.size[1];
        const int k = row / fine.size[1];
        NearestOnSurface nearest;
        for (int i = 0; i < fine.size[0]; ++i)
            fine.distances[fine.index(i, j, k)] =
                is_near({i, j, k}) ? exact.at(node(i, j, k), nearest) : interpolated(coarse, {i, j, k});
    }
    distances_ = std::move(fine.distances);
    report(progress, 1, "distance to the scalp");
}

DistanceGrid::View DistanceGrid::view() const {
    return {
        distances_.data(),
        size_,
        {static_cast<float>(origin_.x()), static_cast<float>(origin_.y()), static_cast<float>(origin_.z())},
        static_cast<float>(spacing_)};
}

double DistanceGrid::distance(const Vector3& point) const {
    const Vector3 largest = node(size_[0] - 1, size_[1] - 1, size_[2] - 1);
    const Vector3 clamped = point.cwiseMax(origin_).cwiseMin(largest);
    const Vector3 at = (clamped - origin_) / spacing_;
    std::array<int, 3> cell{};
    std::array<double, 3> part{};
    for (std::size_t axis = 0; axis < 3; ++axis) {
        const double along = at[static_cast<Eigen::Index>(axis)];
        cell.at(axis) = std::min(static_cast<int>(along), size_.at(axis) - 2);
        part.at(axis) = along - cell.at(axis);
    }
    const std::size_t step_j = static_cast<std::size_t>(size_[0]);
    const std::size_t step_k = step_j * static_cast<std::size_t>(size_[1]);
    const float* const corner = distances_.data() + static_cast<std::size_t>(cell[2]) * step_k +
                                static_cast<std::size_t>(cell[1]) * step_j +
                                static_cast<std::size_t>(cell[0]);
    const auto along_x = [&](std::size_t offset) {
        return corner[offset] + part[0] * (corner[offset + 1] - corner[offset]);
    };
    const double low = along_x(0) + part[1] * (along_x(step_j) - along_x(0));
    const double high = along_x(step_k) + part[1] * (along_x(step_k + step_j) - along_x(step_k));
    const double inside_box = low + part[2] * (high - low);
    const double out_squared = (point - clamped).squaredNorm();
    // The head lies in the box, which is convex: seen from the nearest point of the box, the head and the
    // point lie at an obtuse angle.
    return out_squared > 0 ? std::sqrt(inside_box * inside_box + out_squared) : inside_box;
}

} // namespace corticoil::planning
