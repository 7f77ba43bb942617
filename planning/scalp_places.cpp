#include "planning/scalp_places.h"

#include "core/constants.h"
#include "core/describe_point.h"
#include "core/error.h"
#include "planning/coil_places.h"
#include "planning/geodesic_patch.h"
#include "planning/scalp_normals.h"
#include "planning/surface_tree.h"

#include <Eigen/Geometry>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <unordered_map>

namespace corticoil::planning {

namespace {

/// Candidates lie this many times as dense as the places that are chosen among them, along each axis.
constexpr int oversampling = 4;

/// Ways along the scalp are made of straight steps no longer than this [m]: 4 mm on a head of 85 mm leave the
/// tangent plane by 0.1 mm.
constexpr double longest_step = 0.004;

struct Candidate {
    double distance;
    Vector3 point;
};

/// Finds points that lie too near to given ones.
class Spacing {
  public:
    explicit Spacing(double least) : least_(least) {}

    /// Adds a point unless one is nearer than the least distance.
    [[nodiscard]] bool try_add(const Vector3& point) {
        const Eigen::Array3i cell = (point / least_).array().floor().cast<int>();
        for (int k = -1; k <= 1; ++k) {
            for (int j = -1; j <= 1; ++j) {
                for (int i = -1; i <= 1; ++i) {
                    const auto found = points_.find(key(cell + Eigen::Array3i(i, j, k)));
                    if (found == points_.end()) continue;
                    for (const Vector3& other : found->second) {
                        if ((other - point).squaredNorm() < least_ * least_) return false;
                    }
                }
            }
        }
        points_[key(cell)].push_back(point);
        return true;
    }

  private:
    static std::int64_t key(const Eigen::Array3i& cell) {
        constexpr std::int64_t most = 1 << 20; // Cells along an axis, either way.
        return ((cell[2] + most) * (2 * most) + cell[1] + most) * (2 * most) + cell[0] + most;
    }

    double least_;
    std::unordered_map<std::int64_t, std::vector<Vector3>> points_;
};

/// Points within `radius` of a patch's centre, on a lattice in each triangle, nearest first.
template <typename IsPlace>
std::vector<Candidate> candidates_on(const GeodesicPatch& patch, const NearestOnSurface& centre,
                                     const PlaceOptions& options, const IsPlace& is_place) {
    std::vector<Candidate> candidates;
    const double step = options.spacing / oversampling;
    for (int t = 0; t < patch.surface.n_triangles(); ++t) {
        if (!is_place(patch.triangle_of[static_cast<std::size_t>(t)])) continue;
        std::array<Vector3, 3> corners;
        std::array<double, 3> distances{};
        for (std::size_t c = 0; c < 3; ++c) {
            const int node = patch.surface.triangles(static_cast<Eigen::Index>(c), t);
            corners.at(c) = patch.surface.nodes.col(node);
            distances.at(c) = patch.distances[static_cast<std::size_t>(node)];
        }
        if (!(*std::min_element(distances.begin(), distances.end()) <= options.radius)) continue;
        const double longest = std::max({(corners[1] - corners[0]).norm(), (corners[2] - corners[1]).norm(),
                                         (corners[0] - corners[2]).norm()});
        const int n = std::max(1, static_cast<int>(std::ceil(longest / step)));
        for (int i = 0; i < n; ++i) {
            for (int j = 0; i + j < n; ++j) {
                const double a = (i + 1.0 / 3) / n;
                const double b = (j + 1.0 / 3) / n;
                const Vector3 point =
                    corners[0] + a * (corners[1] - corners[0]) + b * (corners[2] - corners[0]);
                // Distance is no linear function around the centre itself.
                const double distance = patch.triangle_of[static_cast<std::size_t>(t)] == centre.triangle
                                            ? (point - centre.point).norm()
                                            : distances[0] + a * (distances[1] - distances[0]) +
                                                  b * (distances[2] - distances[0]);
                if (distance <= options.radius) candidates.push_back({distance, point});
            }
        }
    }
    std::stable_sort(candidates.begin(), candidates.end(),
                     [](const Candidate& a, const Candidate& b) { return a.distance < b.distance; });
    return candidates;
}

} // namespace

RigidTransform head_from_plane(const ScalpPlace& place, const Vector3& x_direction) {
    const Vector3 z = -place.normal;
    const Vector3 tangential = x_direction - x_direction.dot(z) * z;
    constexpr double least_tangential_share = 0.05;
    if (!(tangential.norm() >= least_tangential_share * x_direction.norm() && x_direction.norm() > 0)) {
        throw Error(
            fmt::format("scalp at {}: the wanted direction is perpendicular to the scalp there; give one "
                        "along it",
                        describe_point(place.point)));
    }
    const Vector3 x = tangential.normalized();
    Eigen::Matrix3d rotation;
    rotation << x, z.cross(x), z;
    return {rotation, place.point, "scalp plane"};
}

struct ScalpPlaces::Implementation {
    Implementation(const Scalp& scalp, const DistanceGrid& grid, double smoothing)
        : surface(scalp.surface()), normals(scalp.surface(), smoothing), tree(scalp.surface()),
          is_place(coil_places(scalp.surface(), grid, normals, smoothing)) {}

    const SurfaceMesh& surface;
    SmoothedNormals normals;
    SurfaceTree tree;
    std::vector<std::uint8_t> is_place; ///< Per triangle.
};

ScalpPlaces::ScalpPlaces(const Scalp& scalp, const DistanceGrid& grid, double smoothing)
    : implementation_(std::make_unique<Implementation>(scalp, grid, smoothing)) {}
ScalpPlaces::~ScalpPlaces() = default;
ScalpPlaces::ScalpPlaces(ScalpPlaces&&) noexcept = default;
ScalpPlaces& ScalpPlaces::operator=(ScalpPlaces&&) noexcept = default;

Vector3 ScalpPlaces::normal_at(const Vector3& point) const {
    return implementation_->normals.at(point);
}

ScalpPlace ScalpPlaces::nearest(const Vector3& point) const {
    const Vector3 on_scalp = implementation_->tree.nearest_point(point);
    return {on_scalp, normal_at(on_scalp), 0};
}

bool ScalpPlaces::is_place(const Vector3& point) const {
    const int triangle = implementation_->tree.nearest(point).triangle;
    return implementation_->is_place[static_cast<std::size_t>(triangle)] != 0;
}

std::vector<ScalpPlace> ScalpPlaces::around(const Vector3& centre, const PlaceOptions& options) const {
    CORTICOIL_ASSERT(options.radius > 0 && options.spacing > 0);
    const NearestOnSurface middle = implementation_->tree.nearest(centre);
    const GeodesicPatch patch = geodesic_patch(implementation_->surface, middle, options.radius);
    const auto is_place = [this](int triangle) {
        return implementation_->is_place[static_cast<std::size_t>(triangle)] != 0;
    };
    Spacing spacing(options.spacing);
    std::vector<ScalpPlace> places;
    if (is_place(middle.triangle) && spacing.try_add(middle.point))
        places.push_back({middle.point, Vector3::UnitZ(), 0});
    for (const Candidate& candidate : candidates_on(patch, middle, options, is_place)) {
        if (spacing.try_add(candidate.point))
            places.push_back({candidate.point, Vector3::UnitZ(), candidate.distance});
    }
    if (places.empty()) {
        throw Error(
            fmt::format("scalp: within {:g} mm of {} there is no place for a coil (ears, the nose's tip and "
                        "faces where the head is cut off are none); search further or choose another "
                        "target",
                        options.radius * millimetres_per_metre, describe_point(middle.point)));
    }
    const auto n_places = static_cast<std::int64_t>(places.size());
#pragma omp parallel for schedule(static)
    for (std::int64_t i = 0; i < n_places; ++i) {
        ScalpPlace& place = places[static_cast<std::size_t>(i)];
        place.normal = implementation_->normals.at(place.point);
    }
    return places;
}

ScalpPlace ScalpPlaces::slide(const ScalpPlace& place, const Vector3& offset) const {
    const Vector3 tangential = offset - offset.dot(place.normal) * place.normal;
    const double length = tangential.norm();
    if (!(length > 0)) return {place.point, place.normal, 0};
    const int n_steps = std::max(1, static_cast<int>(std::ceil(length / longest_step)));
    ScalpPlace at = place;
    Vector3 direction = tangential / length;
    for (int step = 0; step < n_steps; ++step) {
        const Vector3 ahead = at.point + length / n_steps * direction;
        at = nearest(ahead);
        direction = (direction - direction.dot(at.normal) * at.normal).normalized();
    }
    at.geodesic_distance = length;
    return at;
}

} // namespace corticoil::planning
