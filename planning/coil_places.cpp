#include "planning/coil_places.h"

#include "core/disjoint_sets.h"
#include "planning/surface_tree.h"

#include <Eigen/Geometry>

#include <array>
#include <cmath>
#include <map>
#include <utility>

namespace corticoil::planning {

namespace {

/// Straight under the scalp [m]: an ear is 3 to 6 mm thick, the head everywhere above 30 mm.
constexpr double fold_depth = 0.010;

/// What the head must be deep there, and free above a place, as a share of the way.
constexpr double least_share = 0.6;

/// Up to here above a place the head must not come again [m]: ears stand out by less.
constexpr std::array<double, 3> heights_above{0.005, 0.012, 0.025};
constexpr double least_share_above = 0.4;

/// The smallest plane that counts as a cut [m²].
constexpr double least_cut_area = 0.0015;

/// Neighbouring triangles of one plane differ by less [rad].
constexpr double flat_angle = 0.02;

/// The sum of a plane's area vectors is as long as its area up to this share.
constexpr double flat_share = 1e-3;

/// Triangles on flat faces.
std::vector<int> cut_triangles(const SurfaceMesh& scalp) {
    const VectorField areas = area_vectors(scalp);
    const VectorField normals = areas.colwise().normalized();
    DisjointSets planes(scalp.n_triangles());
    std::map<std::pair<int, int>, int> triangle_of_edge;
    for (int t = 0; t < scalp.n_triangles(); ++t) {
        for (int corner = 0; corner < 3; ++corner) {
            const int a = scalp.triangles(corner, t);
            const int b = scalp.triangles((corner + 1) % 3, t);
            const auto [edge, is_new] = triangle_of_edge.try_emplace(std::minmax(a, b), t);
            if (is_new) continue;
            if (normals.col(t).dot(normals.col(edge->second)) > std::cos(flat_angle))
                planes.merge(t, edge->second);
        }
    }
    std::map<int, std::pair<double, Vector3>> sums;
    for (int t = 0; t < scalp.n_triangles(); ++t) {
        auto& [area, vector] = sums.try_emplace(planes.root(t), 0.0, Vector3::Zero()).first->second;
        area += areas.col(t).norm();
        vector += areas.col(t);
    }
    std::vector<int> found;
    for (int t = 0; t < scalp.n_triangles(); ++t) {
        const auto& [area, vector] = sums.at(planes.root(t));
        if (area >= least_cut_area && vector.norm() >= (1 - flat_share) * area) found.push_back(t);
    }
    return found;
}

/// Whether the head under and over a scalp point is that of a place for a coil.
bool is_open(const DistanceGrid& grid, const Vector3& point, const Vector3& normal) {
    if (grid.distance(point - fold_depth * normal) > -least_share * fold_depth) return false;
    for (const double height : heights_above) {
        if (grid.distance(point + height * normal) < least_share_above * height) return false;
    }
    return true;
}

} // namespace

std::vector<std::uint8_t> coil_places(const SurfaceMesh& scalp, const DistanceGrid& grid,
                                      const SmoothedNormals& normals, double border) {
    SurfaceMesh cut;
    cut.nodes = scalp.nodes;
    cut.triangles = scalp.triangles(Eigen::all, cut_triangles(scalp));
    const SurfaceTree cut_tree(cut);
    std::vector<std::uint8_t> is_place(static_cast<std::size_t>(scalp.n_triangles()));
#pragma omp parallel for schedule(dynamic, 256)
    for (int t = 0; t < scalp.n_triangles(); ++t) {
        const Vector3 centre =
            (scalp.nodes.col(scalp.triangles(0, t)) + scalp.nodes.col(scalp.triangles(1, t)) +
             scalp.nodes.col(scalp.triangles(2, t))) /
            3;
        is_place[static_cast<std::size_t>(t)] =
            cut_tree.distance(centre) > border && is_open(grid, centre, normals.at(centre)) ? 1 : 0;
    }
    return is_place;
}

} // namespace corticoil::planning
