#pragma once

#include "planning/distance_grid.h"

namespace corticoil::planning {

/// Parallel rays into a head, as arrays of `n_rays`. A ray's point at height h is base + h·outward.
struct RaysView {
    int n_rays = 0;
    const float* base_x = nullptr; ///< At height 0 [m].
    const float* base_y = nullptr;
    const float* base_z = nullptr;
    std::array<float, 3> outward{0, 0, 1};
};

/// One step of every ray down to the surface at the distance `gap` [m] from the scalp, by as much as the
/// distance allows without passing through it: `heights` [m] come down, to `stop` [m] at most. Returns the
/// largest step made; a ray within `tolerance` [m] of the surface makes none.
float step_rays(const DistanceGrid::View& grid, const RaysView& rays, float gap, float tolerance, float stop,
                float* heights);

/// rows[j] = a[j] + part·(b[j] − a[j]), for `n` values.
void mix_rows(const float* a, const float* b, float part, int n, float* rows);

/// largest[j] = max(largest[j], z + row[j] + part·(row[j + 1] − row[j])), for `n` values.
void raise_by_row(const float* row, float part, float z, int n, float* largest);

} // namespace corticoil::planning
