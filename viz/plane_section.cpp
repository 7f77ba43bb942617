#include "viz/plane_section.h"

#include "core/error.h"
#include "core/face_neighbours.h"

#include <Eigen/Geometry>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <map>
#include <unordered_map>
#include <utility>

namespace corticoil::viz {

namespace {

/// Heights of all points over the plane; those on it count as just above, so that no corner lies in it.
Eigen::VectorXd heights_of(const Points& points, const Plane& plane) {
    constexpr double nothing = 1e-12; ///< [m]
    Eigen::VectorXd heights = (plane.normal.transpose() * (points.colwise() - plane.point)).transpose();
    for (double& height : heights) {
        if (std::abs(height) < nothing) height = nothing;
    }
    return heights;
}

std::vector<int> cut_tetrahedra(const TetMesh& mesh, const Eigen::VectorXd& heights) {
    std::vector<int> cut;
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        int n_above = 0;
        for (int corner = 0; corner < 4; ++corner) n_above += heights[mesh.tetrahedra(corner, t)] > 0 ? 1 : 0;
        if (n_above != 0 && n_above != 4) cut.push_back(t);
    }
    return cut;
}

/// Mean E per node and tissue, of the nodes of some tetrahedra.
class NodeMeans {
  public:
    NodeMeans(const FieldVolume& volume, const std::vector<int>& tetrahedra) {
        const TetMesh& mesh = volume.mesh;
        std::vector<bool> is_wanted(static_cast<std::size_t>(mesh.n_nodes()), false);
        for (const int t : tetrahedra) {
            for (int corner = 0; corner < 4; ++corner)
                is_wanted[static_cast<std::size_t>(mesh.tetrahedra(corner, t))] = true;
        }
        for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
            for (int corner = 0; corner < 4; ++corner) {
                const int node = mesh.tetrahedra(corner, t);
                if (!is_wanted[static_cast<std::size_t>(node)]) continue;
                Sum& sum = sums_[key(node, mesh.labels[static_cast<std::size_t>(t)])];
                sum.field += volume.field.col(t);
                sum.count += 1;
            }
        }
    }

    [[nodiscard]] Vector3 at(int node, int label) const {
        const Sum& sum = sums_.at(key(node, label));
        return sum.field / sum.count;
    }

  private:
    struct Sum {
        Vector3 field = Vector3::Zero();
        int count = 0;
    };
    static std::int64_t key(int node, int label) { return std::int64_t{node} * 1000003 + label; }

    std::unordered_map<std::int64_t, Sum> sums_;
};

/// The corners of a tetrahedron's section in order around it: edges (a, b), a below and b above.
std::vector<std::pair<int, int>> section_corners(const std::array<int, 4>& nodes,
                                                 const Eigen::VectorXd& heights) {
    std::vector<int> low;
    std::vector<int> high;
    for (const int node : nodes) (heights[node] > 0 ? high : low).push_back(node);
    if (low.size() == 1) return {{low[0], high[0]}, {low[0], high[1]}, {low[0], high[2]}};
    if (high.size() == 1) return {{low[0], high[0]}, {low[1], high[0]}, {low[2], high[0]}};
    return {{low[0], high[0]}, {low[0], high[1]}, {low[1], high[1]}, {low[1], high[0]}};
}

/// The sides of tetrahedra by their three nodes, to find where tissues meet.
class Sides {
  public:
    /// Remembers the line that the plane cuts from a side, or hands out a boundary where the side's other
    /// tetrahedron has another label.
    void add(std::array<int, 3> nodes, int label, const Points& line, std::vector<Points>& boundaries) {
        std::sort(nodes.begin(), nodes.end());
        const auto [place, is_new] = sides_.try_emplace(nodes, Side{label, line});
        if (is_new) return;
        if (place->second.label != label) boundaries.push_back(line);
        sides_.erase(place);
    }
    /// Sides of one tetrahedron alone lie at the air.
    void add_outer(std::vector<Points>& boundaries) const {
        for (const auto& [nodes, side] : sides_) boundaries.push_back(side.line);
    }

  private:
    struct Side {
        int label;
        Points line;
    };
    std::map<std::array<int, 3>, Side> sides_;
};

Vector3 crossing(const Points& nodes, const Eigen::VectorXd& heights, int low, int high) {
    const double fraction = heights[low] / (heights[low] - heights[high]);
    return nodes.col(low) + fraction * (nodes.col(high) - nodes.col(low));
}

void add_sides(Sides& sides, const FieldVolume& volume, const Eigen::VectorXd& heights, int t,
               std::vector<Points>& boundaries) {
    for (const std::array<int, 3>& face : face_corners) {
        std::array<int, 3> nodes{};
        for (std::size_t i = 0; i < 3; ++i) nodes[i] = volume.mesh.tetrahedra(face[i], t);
        Points line(3, 2);
        int n = 0;
        for (std::size_t i = 0; i < 3; ++i) {
            int low = nodes[i];
            int high = nodes[(i + 1) % 3];
            if ((heights[low] > 0) == (heights[high] > 0)) continue;
            if (heights[low] > 0) std::swap(low, high);
            line.col(n++) = crossing(volume.mesh.nodes, heights, low, high);
        }
        if (n == 2) sides.add(nodes, volume.mesh.labels[static_cast<std::size_t>(t)], line, boundaries);
    }
}

} // namespace

PlaneSection section_of(const FieldVolume& volume, const Plane& plane) {
    const TetMesh& mesh = volume.mesh;
    CORTICOIL_ASSERT(volume.field.cols() == mesh.n_tetrahedra());
    const Eigen::VectorXd heights = heights_of(mesh.nodes, plane);
    const std::vector<int> cut = cut_tetrahedra(mesh, heights);
    const NodeMeans means(volume, cut);
    PlaneSection section;
    Sides sides;
    std::vector<Vector3> points;
    std::vector<double> magnitudes;
    std::vector<Eigen::Vector3i> triangles;
    for (const int t : cut) {
        const int label = mesh.labels[static_cast<std::size_t>(t)];
        const std::array<int, 4> nodes{mesh.tetrahedra(0, t), mesh.tetrahedra(1, t), mesh.tetrahedra(2, t),
                                       mesh.tetrahedra(3, t)};
        const int first = static_cast<int>(points.size());
        for (const auto& [low, high] : section_corners(nodes, heights)) {
            const double fraction = heights[low] / (heights[low] - heights[high]);
            points.push_back(crossing(mesh.nodes, heights, low, high));
            magnitudes.push_back(
                ((1 - fraction) * means.at(low, label) + fraction * means.at(high, label)).norm());
            section.labels.push_back(label);
        }
        const int n = static_cast<int>(points.size()) - first;
        const auto at = [&](int i) -> const Vector3& { return points[static_cast<std::size_t>(first + i)]; };
        const bool faces_along = (at(1) - at(0)).cross(at(2) - at(0)).dot(plane.normal) > 0;
        for (int i = 1; i + 1 < n; ++i) {
            triangles.emplace_back(first, first + i, first + i + 1);
            if (!faces_along) std::swap(triangles.back()[1], triangles.back()[2]);
        }
        add_sides(sides, volume, heights, t, section.boundaries);
    }
    sides.add_outer(section.boundaries);
    const auto n_points = static_cast<Eigen::Index>(points.size());
    section.surface.nodes.resize(3, n_points);
    section.magnitude.resize(n_points);
    for (std::size_t i = 0; i < points.size(); ++i) {
        section.surface.nodes.col(static_cast<Eigen::Index>(i)) = points[i];
        section.magnitude[static_cast<Eigen::Index>(i)] = magnitudes[i];
    }
    section.surface.triangles.resize(3, static_cast<Eigen::Index>(triangles.size()));
    for (std::size_t i = 0; i < triangles.size(); ++i)
        section.surface.triangles.col(static_cast<Eigen::Index>(i)) = triangles[i];
    return section;
}

Body below(const Body& body, const Plane& plane) {
    const Eigen::VectorXd heights = heights_of(body.surface.nodes, plane);
    const bool has_one_colour = body.node_colours.size() == 1;
    Body kept{{}, body.node_colours, body.light};
    std::vector<Vector3> points;
    for (int node = 0; node < body.surface.n_nodes(); ++node)
        points.emplace_back(body.surface.nodes.col(node));
    std::map<std::pair<int, int>, int> crossings; // Per cut edge its node.
    const auto node_between = [&](int low, int high) {
        const auto [place, is_new] = crossings.try_emplace({low, high}, static_cast<int>(points.size()));
        if (is_new) {
            const double fraction = heights[low] / (heights[low] - heights[high]);
            points.push_back(crossing(body.surface.nodes, heights, low, high));
            if (!has_one_colour) {
                kept.node_colours.push_back(mix(body.node_colours[static_cast<std::size_t>(low)],
                                                body.node_colours[static_cast<std::size_t>(high)],
                                                static_cast<float>(fraction)));
            }
        }
        return place->second;
    };
    std::vector<Eigen::Vector3i> triangles;
    for (int t = 0; t < body.surface.n_triangles(); ++t) {
        std::vector<int> polygon;
        for (int i = 0; i < 3; ++i) {
            const int a = body.surface.triangles(i, t);
            const int b = body.surface.triangles((i + 1) % 3, t);
            if (heights[a] <= 0) polygon.push_back(a);
            if ((heights[a] > 0) != (heights[b] > 0))
                polygon.push_back(heights[a] > 0 ? node_between(b, a) : node_between(a, b));
        }
        for (std::size_t i = 1; i + 1 < polygon.size(); ++i)
            triangles.emplace_back(polygon[0], polygon[i], polygon[i + 1]);
    }
    kept.surface.nodes.resize(3, static_cast<Eigen::Index>(points.size()));
    for (std::size_t i = 0; i < points.size(); ++i)
        kept.surface.nodes.col(static_cast<Eigen::Index>(i)) = points[i];
    kept.surface.triangles.resize(3, static_cast<Eigen::Index>(triangles.size()));
    for (std::size_t i = 0; i < triangles.size(); ++i)
        kept.surface.triangles.col(static_cast<Eigen::Index>(i)) = triangles[i];
    return kept;
}

std::vector<Points> plane_cut(const SurfaceMesh& surface, const Plane& plane) {
    const Eigen::VectorXd heights = heights_of(surface.nodes, plane);
    std::vector<Points> lines;
    for (int t = 0; t < surface.n_triangles(); ++t) {
        Points line(3, 2);
        int n = 0;
        for (int i = 0; i < 3; ++i) {
            int low = surface.triangles(i, t);
            int high = surface.triangles((i + 1) % 3, t);
            if ((heights[low] > 0) == (heights[high] > 0)) continue;
            if (heights[low] > 0) std::swap(low, high);
            line.col(n++) = crossing(surface.nodes, heights, low, high);
        }
        if (n == 2) lines.push_back(line);
    }
    return lines;
}

} // namespace corticoil::viz
