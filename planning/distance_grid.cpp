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

    /// Exact distances at nodes that are chosen, `other`'s at the rest. Each row starts its search from the
    /// node before, so the result is that of any number of threads.
    template <typename IsExact, typename Other>
    void fill(const SignedDistance& exact, const Vector3& origin, double spacing, const IsExact& is_exact,
              const Other& other) {
        distances.resize(index(0, 0, size[2]));
        const int n_rows = size[1] * size[2];
#pragma omp parallel for schedule(dynamic, 8)
        for (int row = 0; row < n_rows; ++row) {
            const int j = row % size[1];
            const int k = row / size[1];
            NearestOnSurface nearest;
            for (int i = 0; i < size[0]; ++i) {
                distances[index(i, j, k)] = is_exact({i, j, k})
                                                ? exact.at(origin + spacing * Vector3(i, j, k), nearest)
                                                : other({i, j, k});
            }
        }
    }
};

/// Coarse cells of which some point may lie within `exact_within` of the scalp.
class NearCells {
  public:
    NearCells(const Nodes& coarse, double coarse_spacing)
        : n_{coarse.size[0] - 1, coarse.size[1] - 1, coarse.size[2] - 1} {
        // A point lies within half a cell's diagonal of a corner, and distance changes by no more than the
        // way.
        const double most = exact_within + std::sqrt(3.0) / 2 * coarse_spacing;
        near_.reserve(coarse.distances.size());
        for (int k = 0; k < n_[2]; ++k) {
            for (int j = 0; j < n_[1]; ++j) {
                for (int i = 0; i < n_[0]; ++i) near_.push_back(least_of(coarse, i, j, k) <= most ? 1 : 0);
            }
        }
    }

    /// Whether one of them touches a fine node.
    [[nodiscard]] bool touch(const std::array<int, 3>& node) const {
        const auto [i0, i1] = touching(node[0], n_[0]);
        const auto [j0, j1] = touching(node[1], n_[1]);
        const auto [k0, k1] = touching(node[2], n_[2]);
        for (int k = k0; k <= k1; ++k) {
            for (int j = j0; j <= j1; ++j) {
                for (int i = i0; i <= i1; ++i) {
                    if (near_[static_cast<std::size_t>((k * n_[1] + j) * n_[0] + i)] != 0) return true;
                }
            }
        }
        return false;
    }

  private:
    /// The cells that touch a fine node along one axis: first and last.
    static std::array<int, 2> touching(int node, int n_cells) {
        const int cell = node / coarsening;
        return {node % coarsening == 0 ? std::max(0, cell - 1) : cell, std::min(cell, n_cells - 1)};
    }

    static double least_of(const Nodes& coarse, int i, int j, int k) {
        double least = std::numeric_limits<double>::infinity();
        for (int corner = 0; corner < 8; ++corner) {
            const std::size_t at =
                coarse.index(i + (corner & 1), j + ((corner >> 1) & 1), k + ((corner >> 2) & 1));
            least = std::min(least, std::abs(static_cast<double>(coarse.distances[at])));
        }
        return least;
    }

    std::array<int, 3> n_;
    std::vector<std::uint8_t> near_;
};

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

/// Distances in units, two by two along x, as DistanceGrid::View has them.
std::vector<std::int32_t> paired(const Nodes& nodes) {
    constexpr float most = 32000; // Units: 0.25 m.
    const auto in_units = [=](float distance) {
        return static_cast<std::int32_t>(
            std::lround(std::clamp(distance / DistanceGrid::View::unit, -most, most)));
    };
    std::vector<std::int32_t> pairs(nodes.distances.size());
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        // The last of a row is never the lower corner of a cell.
        const std::int32_t next = in_units(nodes.distances[std::min(i + 1, pairs.size() - 1)]);
        pairs[i] = next * 65536 + (in_units(nodes.distances[i]) & 0xFFFF);
    }
    return pairs;
}

/// A mesh in another unit would need more memory than there is.
void check_extent(const Vector3& extent, const DistanceGridOptions& options) {
    constexpr double most_nodes = 1 << 28;
    const Vector3 n = (extent + Vector3::Constant(2 * options.margin)) / options.spacing;
    if (n.prod() < most_nodes) return;
    throw Error(fmt::format("scalp: {:.3g} × {:.3g} × {:.3g} mm is no head; check the mesh's unit (mm)",
                            extent.x() * millimetres_per_metre, extent.y() * millimetres_per_metre,
                            extent.z() * millimetres_per_metre));
}

} // namespace

DistanceGrid::DistanceGrid(const Scalp& scalp, const DistanceGridOptions& options, const Progress& progress)
    : spacing_(options.spacing) {
    CORTICOIL_ASSERT(options.spacing > 0 && options.margin >= 0);
    const SurfaceMesh& surface = scalp.surface();
    const Vector3 least = surface.nodes.rowwise().minCoeff();
    const Vector3 largest = surface.nodes.rowwise().maxCoeff();
    check_extent(largest - least, options);
    origin_ = least - Vector3::Constant(options.margin);
    const double coarse_spacing = coarsening * spacing_;
    Nodes coarse;
    Nodes fine;
    for (std::size_t axis = 0; axis < 3; ++axis) {
        const auto a = static_cast<Eigen::Index>(axis);
        const int n_cells =
            1 + static_cast<int>((largest[a] - least[a] + 2 * options.margin) / coarse_spacing);
        coarse.size.at(axis) = n_cells + 1;
        fine.size.at(axis) = n_cells * coarsening + 1;
    }
    report(progress, 0, "distance to the scalp");
    const SignedDistance exact(surface);
    const auto everywhere = [](const std::array<int, 3>&) { return true; };
    const auto nowhere = [](const std::array<int, 3>&) { return 0.0F; };
    coarse.fill(exact, origin_, coarse_spacing, everywhere, nowhere);
    report(progress, 0.2, "distance to the scalp");
    const NearCells near(coarse, coarse_spacing);
    fine.fill(
        exact, origin_, spacing_, [&](const std::array<int, 3>& node) { return near.touch(node); },
        [&](const std::array<int, 3>& node) { return interpolated(coarse, node); });
    size_ = fine.size;
    pairs_ = paired(fine);
    report(progress, 1, "distance to the scalp");
}

DistanceGrid::View DistanceGrid::view() const {
    return {
        pairs_.data(),
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
    const std::int32_t* const corner = pairs_.data() + static_cast<std::size_t>(cell[2]) * step_k +
                                       static_cast<std::size_t>(cell[1]) * step_j +
                                       static_cast<std::size_t>(cell[0]);
    const auto along_x = [&](std::size_t offset) {
        const auto here = static_cast<std::int16_t>(corner[offset] & 0xFFFF);
        const std::int32_t next = corner[offset] >> 16;
        return static_cast<double>(View::unit) * (here + part[0] * (next - here));
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
