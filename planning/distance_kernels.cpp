#include "planning/distance_kernels.h"

#include "coils/vector_clones.h"

namespace corticoil::planning {

namespace {

/// Points that are traced together until all are done.
constexpr int n_lanes = 32;

/// Points end this near to their surface, before one more step of the secant method [m].
constexpr float tolerance = 0.0001F;

/// A bound for points that graze a surface; on average a point takes 3 to 6 steps.
constexpr int most_steps = 48;

/// Between the free spheres around two points of a ray this much may lie unseen [m]: nothing there is nearer
/// to the scalp by more than half of it. Steps are made for half as much, so that a slope that changes a
/// little does not take them back.
constexpr float unseen = 0.001F;

/// The distance is taken to fall by no less than this per way [m/m].
constexpr float least_slope = 0.1F;

/// The standard library's are not inlined into every clone, which keeps loops from being vectors.
[[gnu::always_inline]] inline float smaller(float a, float b) {
    return a < b ? a : b;
}
[[gnu::always_inline]] inline float larger(float a, float b) {
    return a > b ? a : b;
}
[[gnu::always_inline]] inline int smaller(int a, int b) {
    return a < b ? a : b;
}

struct Lanes {
    alignas(64) float x[n_lanes];
    alignas(64) float y[n_lanes];
    alignas(64) float z[n_lanes];
    alignas(64) float stop[n_lanes];
    alignas(64) float height[n_lanes];
    alignas(64) float last_room[n_lanes];
    alignas(64) float last_step[n_lanes];
    alignas(64) int is_done[n_lanes];
};

/// Between the two distances of a pair, in units.
[[gnu::always_inline]] inline float along_x(std::int32_t pair, float part) {
    const auto here =
        static_cast<float>(static_cast<std::int32_t>(static_cast<std::uint32_t>(pair) << 16) >> 16);
    const auto next = static_cast<float>(pair >> 16);
    return here + part * (next - here);
}

/// Trilinear; outside the grid a lower bound, as DistanceGrid::distance().
[[gnu::always_inline]] inline float distance_at(const DistanceGrid::View& grid, float head_x, float head_y,
                                                float head_z) {
    const int step_j = grid.size[0];
    const int step_k = grid.size[0] * grid.size[1];
    const float per_spacing = 1 / grid.spacing;
    // In spacings from the first node.
    const float x = (head_x - grid.origin[0]) * per_spacing;
    const float y = (head_y - grid.origin[1]) * per_spacing;
    const float z = (head_z - grid.origin[2]) * per_spacing;
    const float in_x = smaller(larger(x, 0.0F), static_cast<float>(grid.size[0] - 1));
    const float in_y = smaller(larger(y, 0.0F), static_cast<float>(grid.size[1] - 1));
    const float in_z = smaller(larger(z, 0.0F), static_cast<float>(grid.size[2] - 1));
    const int i = smaller(static_cast<int>(in_x), grid.size[0] - 2);
    const int j = smaller(static_cast<int>(in_y), grid.size[1] - 2);
    const int k = smaller(static_cast<int>(in_z), grid.size[2] - 2);
    const float px = in_x - static_cast<float>(i);
    const float py = in_y - static_cast<float>(j);
    const float pz = in_z - static_cast<float>(k);
    const int at = k * step_k + j * step_j + i;
    const float d00 = along_x(grid.pairs[at], px);
    const float d10 = along_x(grid.pairs[at + step_j], px);
    const float d01 = along_x(grid.pairs[at + step_k], px);
    const float d11 = along_x(grid.pairs[at + step_k + step_j], px);
    const float d0 = d00 + py * (d10 - d00);
    const float d1 = d01 + py * (d11 - d01);
    const float inside = (d0 + pz * (d1 - d0)) * DistanceGrid::View::unit;
    const float out_x = x - in_x;
    const float out_y = y - in_y;
    const float out_z = z - in_z;
    const float out_squared = (out_x * out_x + out_y * out_y + out_z * out_z) * (grid.spacing * grid.spacing);
    const float outside = __builtin_sqrtf(inside * inside + out_squared);
    return out_squared > 0 ? outside : inside;
}

/// Traces lanes until all are done.
[[gnu::always_inline]] inline void trace_lanes(const DistanceGrid::View& grid, const FloatPose& pose,
                                               float gap, Lanes& lanes) {
    for (int step = 0; step < most_steps; ++step) {
        int n_moving = 0;
#pragma GCC ivdep
        for (int l = 0; l < n_lanes; ++l) {
            const float height = lanes.height[l];
            const float room =
                distance_at(grid, lanes.x[l] - height * pose.z_axis[0], lanes.y[l] - height * pose.z_axis[1],
                            lanes.z[l] - height * pose.z_axis[2]) -
                gap;
            const float last_room = lanes.last_room[l];
            const float last_step = lanes.last_step[l];
            const int was_done = lanes.is_done[l];
            // The free spheres around this point and the last one leave a gap between them.
            const int is_apart = static_cast<int>(last_step > last_room) &
                                 static_cast<int>(last_step > __builtin_fabsf(room) + last_room + unseen);
            const float slope = (last_room - room) / last_step;
            const float used = smaller(larger(slope, least_slope), 1.0F);
            // To the surface, or to where the next free sphere touches this one if the distance falls on.
            const float ahead = smaller(room / used, 2 / (1 + used) * room + unseen / 2);
            const float wanted = is_apart != 0 ? last_room - last_step : ahead;
            const float lower = larger(height - wanted, lanes.stop[l]);
            // At the surface, or free all the way to the stop.
            const int ends = static_cast<int>(__builtin_fabsf(room) <= tolerance) |
                             static_cast<int>(height - room <= lanes.stop[l]);
            lanes.height[l] = was_done != 0 ? height : lower;
            lanes.last_room[l] = is_apart != 0 ? last_room : room;
            lanes.last_step[l] = is_apart != 0 ? last_room : height - lower;
            lanes.is_done[l] = was_done | (ends & (1 - is_apart));
            n_moving += 1 - lanes.is_done[l];
        }
        if (n_moving == 0) return;
    }
}

/// Loads the points from `first` on; lanes beyond the last repeat it.
[[gnu::always_inline]] inline void load(const FloatPose& pose, const PointsView& points, int first,
                                        Lanes& lanes) {
#pragma GCC ivdep
    for (int l = 0; l < n_lanes; ++l) {
        const int i = smaller(first + l, points.n_points - 1);
        const float x = points.x[i];
        const float y = points.y[i];
        const float z = points.z[i];
        lanes.x[l] = pose.origin[0] + x * pose.x_axis[0] + y * pose.y_axis[0] + z * pose.z_axis[0];
        lanes.y[l] = pose.origin[1] + x * pose.x_axis[1] + y * pose.y_axis[1] + z * pose.z_axis[1];
        lanes.z[l] = pose.origin[2] + x * pose.x_axis[2] + y * pose.y_axis[2] + z * pose.z_axis[2];
    }
}

/// The first step is as long as the distance is; a lane that starts inside is done.
[[gnu::always_inline]] inline void start_lanes(const DistanceGrid::View& grid, const FloatPose& pose,
                                               float gap, Lanes& lanes) {
#pragma GCC ivdep
    for (int l = 0; l < n_lanes; ++l) {
        const float height = lanes.height[l];
        const float room =
            distance_at(grid, lanes.x[l] - height * pose.z_axis[0], lanes.y[l] - height * pose.z_axis[1],
                        lanes.z[l] - height * pose.z_axis[2]) -
            gap;
        const float lower = larger(height - larger(room, 0.0F), lanes.stop[l]);
        lanes.height[l] = lower;
        lanes.last_room[l] = room;
        lanes.last_step[l] = height - lower;
        lanes.is_done[l] = static_cast<int>(!(lower < height)) | static_cast<int>(lower <= lanes.stop[l]);
    }
}

std::array<float, 3> as_floats(const Vector3& vector) {
    return {static_cast<float>(vector.x()), static_cast<float>(vector.y()), static_cast<float>(vector.z())};
}

} // namespace

FloatPose::FloatPose(const RigidTransform& head_from_local)
    : origin(as_floats(head_from_local.translation())), x_axis(as_floats(head_from_local.rotation().col(0))),
      y_axis(as_floats(head_from_local.rotation().col(1))),
      z_axis(as_floats(head_from_local.rotation().col(2))) {}

CORTICOIL_VECTOR_CLONES
void trace(const DistanceGrid::View& grid, const FloatPose& head_from_local, const PointsView& points,
           float gap, const float* start, const float* stop, float* heights) {
    Lanes lanes;
    for (int first = 0; first < points.n_points; first += n_lanes) {
        load(head_from_local, points, first, lanes);
        for (int l = 0; l < n_lanes; ++l) {
            const int i = smaller(first + l, points.n_points - 1);
            lanes.height[l] = start[i];
            lanes.stop[l] = stop[i];
        }
        start_lanes(grid, head_from_local, gap, lanes);
        trace_lanes(grid, head_from_local, gap, lanes);
        const int n = smaller(n_lanes, points.n_points - first);
        for (int l = 0; l < n; ++l) heights[first + l] = lanes.height[l];
    }
}

CORTICOIL_VECTOR_CLONES
float trace_highest(const DistanceGrid::View& grid, const FloatPose& head_from_local,
                    const PointsView& points, float gap, float start, float stop) {
    Lanes lanes;
    float highest = stop;
    for (int first = 0; first < points.n_points; first += n_lanes) {
        load(head_from_local, points, first, lanes);
        for (int l = 0; l < n_lanes; ++l) {
            lanes.height[l] = start;
            lanes.stop[l] = highest;
        }
        start_lanes(grid, head_from_local, gap, lanes);
        trace_lanes(grid, head_from_local, gap, lanes);
        for (int l = 0; l < n_lanes; ++l) highest = larger(highest, lanes.height[l]);
    }
    return highest;
}

CORTICOIL_VECTOR_CLONES
void resample(const float* values, const int* before, const int* after, const float* part, float scale, int n,
              std::int16_t* out) {
#pragma GCC ivdep
    for (int j = 0; j < n; ++j) {
        const float a = values[before[j]];
        const float value = scale * (a + part[j] * (values[after[j]] - a));
        out[j] = static_cast<std::int16_t>(static_cast<int>(value < 0 ? value - 0.5F : value + 0.5F));
    }
}

CORTICOIL_VECTOR_CLONES
void mix(const std::int16_t* a, const std::int16_t* b, int part, int n, std::int16_t* out) {
#pragma GCC ivdep
    for (int j = 0; j < n; ++j) out[j] = static_cast<std::int16_t>((a[j] * (256 - part) + b[j] * part) >> 8);
}

CORTICOIL_VECTOR_CLONES
void raise(const std::int16_t* row, std::int16_t add, int n, std::int16_t* largest) {
#pragma GCC ivdep
    for (int j = 0; j < n; ++j) {
        const auto sum = static_cast<std::int16_t>(row[j] + add);
        largest[j] = largest[j] > sum ? largest[j] : sum;
    }
}

} // namespace corticoil::planning
