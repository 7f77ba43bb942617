#include "planning/lift_profile.h"

#include "core/error.h"
#include "planning/distance_kernels.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace corticoil::planning {

namespace {

/// Between the rings on which the scalp's heights are sampled, and along them [m].
constexpr float ring_spacing = 0.0035F;

/// Points of the casing are taken at the nearest of circles this far apart [m].
constexpr float circle_spacing = 0.0005F;

/// Rays end this far above their surface [m].
constexpr float ray_tolerance = 0.0001F;
constexpr int most_steps = 64;

/// Added to lifts [m] for what interpolation between samples misses, so that few poses intrude at all.
constexpr float lift_margin = 0.0002F;

/// Rotations are found at no fewer angles: 1° is 2 mm at the edge of a large coil.
constexpr int least_angles = 360;

/// Rays start this far above where a lift would be too large [m].
constexpr float start_above = 0.001F;

struct Ring {
    float radius = 0;
    float lowest_z = 0; ///< Of casing points near it.
    float highest_z = 0;
};

/// Brings rays down to the surface at `gap` from the scalp or to `stop`.
void trace(const DistanceGrid::View& grid, const RaysView& rays, float gap, float stop, float* heights) {
    for (int step = 0; step < most_steps; ++step) {
        if (step_rays(grid, rays, gap, ray_tolerance, stop, heights) <= 0) return;
    }
}

/// Values around a ring at `n` even angles as `2n + 1` at `n_angles` even angles over two turns.
void resample(const std::vector<float>& values, int n_angles, float* row) {
    const auto n = static_cast<int>(values.size());
    for (int j = 0; j < n_angles; ++j) {
        const float at = static_cast<float>(j) * static_cast<float>(n) / static_cast<float>(n_angles);
        const int before = std::min(static_cast<int>(at), n - 1);
        const int after = before + 1 == n ? 0 : before + 1;
        const float a = values[static_cast<std::size_t>(before)];
        row[j] = a + (at - static_cast<float>(before)) * (values[static_cast<std::size_t>(after)] - a);
    }
    std::copy(row, row + n_angles, row + n_angles);
    row[2 * n_angles] = row[0];
}

} // namespace

void lifts(const DistanceGrid& grid, const CasingProfile& profile, const RigidTransform& head_from_plane,
           double gap, std::span<float> lifts) {
    CORTICOIL_ASSERT(static_cast<int>(lifts.size()) == profile.n_rotations());
    const DistanceGrid::View view = grid.view();
    const auto keep = static_cast<float>(gap);
    const std::vector<CasingProfile::Point>& points = profile.points();
    const int n_rotations = profile.n_rotations();
    const int angles_per_rotation = (least_angles + n_rotations - 1) / n_rotations;
    const int n_angles = n_rotations * angles_per_rotation;
    const int n_rings = 2 + static_cast<int>(points.back().radius / ring_spacing);
    std::vector<Ring> rings(static_cast<std::size_t>(n_rings), {0, std::numeric_limits<float>::infinity(),
                                                                -std::numeric_limits<float>::infinity()});
    for (const CasingProfile::Point& point : points) {
        const auto inner = static_cast<std::size_t>(point.radius / ring_spacing);
        for (const std::size_t ring : {inner, inner + 1}) {
            rings[ring].lowest_z = std::min(rings[ring].lowest_z, point.z);
            rings[ring].highest_z = std::max(rings[ring].highest_z, point.z);
        }
    }
    const int row_length = 2 * n_angles + 1;
    std::vector<float> heights(static_cast<std::size_t>(n_rings * row_length));
    const Eigen::Matrix3f rotation = head_from_plane.rotation().cast<float>();
    const Eigen::Vector3f origin = head_from_plane.translation().cast<float>();
    std::vector<float> base[3];
    std::vector<float> ring_heights;
    for (int r = 0; r < n_rings; ++r) {
        const Ring& ring = rings[static_cast<std::size_t>(r)];
        if (ring.highest_z < ring.lowest_z) continue;
        const float radius = static_cast<float>(r) * ring_spacing;
        const int n =
            std::max(1, static_cast<int>(std::ceil(2 * std::numbers::pi_v<float> * radius / ring_spacing)));
        ring_heights.assign(static_cast<std::size_t>(n),
                            static_cast<float>(most_lift) - ring.lowest_z + start_above);
        for (auto& axis : base) axis.resize(static_cast<std::size_t>(n));
        for (int i = 0; i < n; ++i) {
            const float angle = 2 * std::numbers::pi_v<float> * static_cast<float>(i) / static_cast<float>(n);
            const Eigen::Vector3f at =
                origin + radius * (std::cos(angle) * rotation.col(0) + std::sin(angle) * rotation.col(1));
            for (int axis = 0; axis < 3; ++axis) base[axis][static_cast<std::size_t>(i)] = at[axis];
        }
        const RaysView rays{n,
                            base[0].data(),
                            base[1].data(),
                            base[2].data(),
                            {-rotation(0, 2), -rotation(1, 2), -rotation(2, 2)}};
        trace(view, rays, keep, keep - ring.highest_z - ring_spacing, ring_heights.data());
        resample(ring_heights, n_angles, heights.data() + r * row_length);
    }
    std::vector<float> largest(static_cast<std::size_t>(n_angles), keep - lift_margin);
    std::vector<float> row(static_cast<std::size_t>(row_length));
    long circle_of_row = -1;
    for (const CasingProfile::Point& point : points) {
        const long circle = std::lround(point.radius / circle_spacing);
        if (circle != circle_of_row) {
            const float at = std::min(static_cast<float>(circle) * circle_spacing / ring_spacing,
                                      static_cast<float>(n_rings - 1));
            const int inner = std::min(static_cast<int>(at), n_rings - 2);
            mix_rows(heights.data() + inner * row_length, heights.data() + (inner + 1) * row_length,
                     at - static_cast<float>(inner), row_length, row.data());
            circle_of_row = circle;
        }
        const float at = point.angle / (2 * std::numbers::pi_v<float>)*static_cast<float>(n_angles);
        const int shift = std::min(static_cast<int>(at), n_angles - 1);
        raise_by_row(row.data() + shift, at - static_cast<float>(shift), point.z, n_angles, largest.data());
    }
    for (int j = 0; j < n_rotations; ++j) {
        const float lift = largest[static_cast<std::size_t>(j * angles_per_rotation)] + lift_margin;
        lifts[static_cast<std::size_t>(j)] =
            lift > static_cast<float>(most_lift) ? std::numeric_limits<float>::infinity() : lift;
    }
}

double lift_at(const DistanceGrid& grid, const CasingProfile& profile, const RigidTransform& head_from_coil,
               double gap) {
    const std::vector<CasingProfile::Point>& points = profile.points();
    const std::size_t n = points.size();
    const Eigen::Matrix3f rotation = head_from_coil.rotation().cast<float>();
    const Eigen::Vector3f origin = head_from_coil.translation().cast<float>();
    std::vector<float> base[3];
    for (auto& axis : base) axis.resize(n);
    for (std::size_t i = 0; i < n; ++i) {
        const CasingProfile::Point& point = points[i];
        const Eigen::Vector3f at =
            origin + rotation * Eigen::Vector3f(point.radius * std::cos(point.angle),
                                                point.radius * std::sin(point.angle), point.z);
        for (int axis = 0; axis < 3; ++axis) base[axis][i] = at[axis];
    }
    std::vector<float> heights(n, static_cast<float>(most_lift) + start_above);
    const RaysView rays{static_cast<int>(n),
                        base[0].data(),
                        base[1].data(),
                        base[2].data(),
                        {-rotation(0, 2), -rotation(1, 2), -rotation(2, 2)}};
    trace(grid.view(), rays, static_cast<float>(gap), 0, heights.data());
    const float lift = *std::max_element(heights.begin(), heights.end());
    if (lift <= 0) return 0;
    const float with_margin = lift + lift_margin;
    return with_margin > static_cast<float>(most_lift) ? std::numeric_limits<double>::infinity()
                                                       : with_margin;
}

} // namespace corticoil::planning
