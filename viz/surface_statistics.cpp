#include "viz/surface_statistics.h"

#include "core/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace corticoil::viz {

namespace {
Eigen::VectorXd node_areas(const SurfaceMesh& surface) {
    const VectorField areas = area_vectors(surface);
    Eigen::VectorXd shares = Eigen::VectorXd::Zero(surface.n_nodes());
    for (int t = 0; t < surface.n_triangles(); ++t) {
        for (int corner = 0; corner < 3; ++corner)
            shares[surface.triangles(corner, t)] += areas.col(t).norm() / 3;
    }
    return shares;
}

/// The point of the line from a (inside) to b (outside) at `radius` from the centre: the root of |a + s(b −
/// a) − c|² = r² with 0 ≤ s ≤ 1.
Vector3 crossing(const Vector3& inside, const Vector3& outside, const Vector3& centre, double radius) {
    const Vector3 step = outside - inside;
    const Vector3 from_centre = inside - centre;
    const double a = step.squaredNorm();
    const double b = from_centre.dot(step);
    const double c = from_centre.squaredNorm() - radius * radius;
    const double s = (-b + std::sqrt(std::max(0.0, b * b - a * c))) / a;
    return inside + std::clamp(s, 0.0, 1.0) * step;
}
} // namespace

double area_weighted_percentile(const SurfaceMesh& surface, const Eigen::VectorXd& values,
                                double percentile) {
    CORTICOIL_ASSERT(values.size() == surface.n_nodes());
    if (!(percentile >= 0 && percentile <= 100)) {
        throw Error(fmt::format("percentile {} is not in 0 … 100", percentile));
    }
    const Eigen::VectorXd shares = node_areas(surface);
    std::vector<Eigen::Index> order;
    for (Eigen::Index node = 0; node < values.size(); ++node) {
        if (!(shares[node] > 0)) continue;
        if (!std::isfinite(values[node])) {
            throw Error(fmt::format("the field at surface node {} is {}; it must be a finite number", node,
                                    values[node]));
        }
        order.push_back(node);
    }
    if (order.empty()) throw Error("the surface has no area, so it has no percentiles; check its triangles");
    std::stable_sort(order.begin(), order.end(),
                     [&](Eigen::Index a, Eigen::Index b) { return values[a] < values[b]; });
    double total = 0;
    for (const Eigen::Index node : order) total += shares[node];
    const double wanted = percentile / 100 * total;
    double below = 0;
    double previous_middle = 0;
    double previous_value = values[order.front()];
    for (const Eigen::Index node : order) {
        const double middle = below + shares[node] / 2;
        if (middle >= wanted) {
            if (middle <= previous_middle) return values[node];
            const double fraction = (wanted - previous_middle) / (middle - previous_middle);
            return std::lerp(previous_value, values[node], fraction);
        }
        below += shares[node];
        previous_middle = middle;
        previous_value = values[node];
    }
    return values[order.back()];
}

std::vector<Points> sphere_cut(const SurfaceMesh& surface, const Vector3& centre, double radius) {
    std::vector<Points> lines;
    for (int t = 0; t < surface.n_triangles(); ++t) {
        std::array<Vector3, 3> corners;
        std::array<bool, 3> inside{};
        int n_inside = 0;
        for (std::size_t i = 0; i < 3; ++i) {
            corners[i] = surface.nodes.col(surface.triangles(static_cast<int>(i), t));
            inside[i] = (corners[i] - centre).norm() < radius;
            n_inside += inside[i] ? 1 : 0;
        }
        if (n_inside == 0 || n_inside == 3) continue;
        Points line(3, 2);
        int n_points = 0;
        for (std::size_t i = 0; i < 3; ++i) {
            const std::size_t next = (i + 1) % 3;
            if (inside[i] == inside[next]) continue;
            line.col(n_points++) = inside[i] ? crossing(corners[i], corners[next], centre, radius)
                                             : crossing(corners[next], corners[i], centre, radius);
        }
        lines.push_back(line);
    }
    return lines;
}

} // namespace corticoil::viz
