#include "planning/scalp_normals.h"

#include "core/error.h"

#include <Eigen/Geometry>

#include <array>
#include <cmath>
#include <map>

namespace corticoil::planning {

namespace {

/// Cells per smoothing, and cells along a block's edge.
constexpr int cells_per_smoothing = 3;
constexpr int cells_per_block = 4;

/// Standard deviations: the weight there is 4e-5.
constexpr double cut_off = 4.5;

using Key = std::array<int, 3>;

Key key_of(const Vector3& point, double size) {
    return {static_cast<int>(std::floor(point.x() / size)), static_cast<int>(std::floor(point.y() / size)),
            static_cast<int>(std::floor(point.z() / size))};
}

} // namespace

SmoothedNormals::SmoothedNormals(const SurfaceMesh& surface, double smoothing) : smoothing_(smoothing) {
    CORTICOIL_ASSERT(smoothing > 0);
    struct Sum {
        Vector3 centre = Vector3::Zero();
        Vector3 area_vector = Vector3::Zero();
        double area = 0;
    };
    const double cell = smoothing / cells_per_smoothing;
    const double block = cell * cells_per_block;
    const VectorField areas = area_vectors(surface);
    std::map<Key, std::map<Key, Sum>> sums; // Ordered, so that results do not depend on a hash.
    for (int t = 0; t < surface.n_triangles(); ++t) {
        const Vector3 centre =
            (surface.nodes.col(surface.triangles(0, t)) + surface.nodes.col(surface.triangles(1, t)) +
             surface.nodes.col(surface.triangles(2, t))) /
            3;
        Sum& sum = sums[key_of(centre, block)][key_of(centre, cell)];
        const double area = areas.col(t).norm();
        sum.centre += area * centre;
        sum.area_vector += areas.col(t);
        sum.area += area;
    }
    block_radius_ = std::sqrt(3.0) / 2 * block;
    for (const auto& [key, cells] : sums) {
        const std::size_t first = clusters_.size();
        for (const auto& [unused, sum] : cells) {
            if (sum.area > 0) clusters_.push_back({sum.centre / sum.area, sum.area_vector});
        }
        const Vector3 centre = block * (Vector3(key[0], key[1], key[2]) + Vector3::Constant(0.5));
        blocks_.push_back({centre, first, clusters_.size()});
    }
}

Vector3 SmoothedNormals::at(const Vector3& point) const {
    const double reach = cut_off * smoothing_ + block_radius_;
    const double per_variance = 1 / (2 * smoothing_ * smoothing_);
    Vector3 sum = Vector3::Zero();
    for (const Block& block : blocks_) {
        if ((block.centre - point).squaredNorm() > reach * reach) continue;
        for (std::size_t i = block.first; i < block.last; ++i) {
            const Cluster& cluster = clusters_[i];
            sum += std::exp(-(cluster.centre - point).squaredNorm() * per_variance) * cluster.area;
        }
    }
    return sum.normalized();
}

} // namespace corticoil::planning
