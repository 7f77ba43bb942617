#pragma once

#include "core/rigid_transform.h"
#include "planning/distance_grid.h"

#include <array>
#include <cstdint>

namespace corticoil::planning {

/// A rigid transform for loops in single precision.
struct FloatPose {
    explicit FloatPose(const RigidTransform& head_from_local);

    std::array<float, 3> origin, x_axis, y_axis, z_axis;
};

/// Points in a frame of their own, as arrays of `n_points` [m].
struct PointsView {
    int n_points = 0;
    const float* x = nullptr;
    const float* y = nullptr;
    const float* z = nullptr;
};

/// Brings points along −z of their frame as far out as `start` and from there back towards the head, until
/// they meet the surface at the distance `gap` [m] from the scalp, or to `stop` at most. `heights`: where
/// they end, along −z from where they are given [m], within 0.1 mm of the surface; `start` for one that
/// begins inside it. `start` and `stop`: per point [m].
///
/// Sphere tracing (Hart 1996, The Visual Computer 12:527) with longer steps where the distance falls slowly,
/// taken back where the spheres of free space then leave a gap (Keinert et al. 2014, Enhanced sphere
/// tracing), and the secant method at the surface.
void trace(const DistanceGrid::View& grid, const FloatPose& head_from_local, const PointsView& points,
           float gap, const float* start, const float* stop, float* heights);

/// The greatest of such heights, `stop` at least, where all points have the same `start` and `stop`. Points
/// that cannot end above another are left early.
[[nodiscard]] float trace_highest(const DistanceGrid::View& grid, const FloatPose& head_from_local,
                                  const PointsView& points, float gap, float start, float stop);

/// out[j] = round(scale · (values[before[j]] + part[j]·(values[after[j]] − values[before[j]]))), for `n`
/// values.
void resample(const float* values, const int* before, const int* after, const float* part, float scale, int n,
              std::int16_t* out);

/// out[j] = a[j] + part/256·(b[j] − a[j]), for `n` values; `part` from 0 to 256.
void mix(const std::int16_t* a, const std::int16_t* b, int part, int n, std::int16_t* out);

/// largest[j] = max(largest[j], row[j] + add), for `n` values. Sums stay within 16 bits.
void raise(const std::int16_t* row, std::int16_t add, int n, std::int16_t* largest);

} // namespace corticoil::planning
