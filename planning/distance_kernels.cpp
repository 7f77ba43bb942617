#include "planning/distance_kernels.h"

#include "coils/vector_clones.h"

#include <algorithm>
#include <cmath>

namespace corticoil::planning {

CORTICOIL_VECTOR_CLONES
float step_rays(const DistanceGrid::View& grid, const RaysView& rays, float gap, float tolerance, float stop,
                float* heights) {
    const float* const distances = grid.distances;
    const float per_spacing = 1 / grid.spacing;
    const int step_j = grid.size[0];
    const int step_k = grid.size[0] * grid.size[1];
    const float last_x = static_cast<float>(grid.size[0] - 1);
    const float last_y = static_cast<float>(grid.size[1] - 1);
    const float last_z = static_cast<float>(grid.size[2] - 1);
    const int cell_x = grid.size[0] - 2;
    const int cell_y = grid.size[1] - 2;
    const int cell_z = grid.size[2] - 2;
    const float spacing_squared = grid.spacing * grid.spacing;
    float largest_step = 0;
    const float* const base_x = rays.base_x;
    const float* const base_y = rays.base_y;
    const float* const base_z = rays.base_z;
    const int n_rays = rays.n_rays;
#pragma GCC ivdep
    for (int i = 0; i < n_rays; ++i) {
        const float height = heights[i];
        // In spacings from the first node.
        const float x = (base_x[i] + height * rays.outward[0] - grid.origin[0]) * per_spacing;
        const float y = (base_y[i] + height * rays.outward[1] - grid.origin[1]) * per_spacing;
        const float z = (base_z[i] + height * rays.outward[2] - grid.origin[2]) * per_spacing;
        const float in_x = std::min(std::max(x, 0.0F), last_x);
        const float in_y = std::min(std::max(y, 0.0F), last_y);
        const float in_z = std::min(std::max(z, 0.0F), last_z);
        const int cx = std::min(static_cast<int>(in_x), cell_x);
        const int cy = std::min(static_cast<int>(in_y), cell_y);
        const int cz = std::min(static_cast<int>(in_z), cell_z);
        const float px = in_x - static_cast<float>(cx);
        const float py = in_y - static_cast<float>(cy);
        const float pz = in_z - static_cast<float>(cz);
        const int at = cz * step_k + cy * step_j + cx;
        const float d000 = distances[at];
        const float d100 = distances[at + 1];
        const float d010 = distances[at + step_j];
        const float d110 = distances[at + step_j + 1];
        const float d001 = distances[at + step_k];
        const float d101 = distances[at + step_k + 1];
        const float d011 = distances[at + step_k + step_j];
        const float d111 = distances[at + step_k + step_j + 1];
        const float d00 = d000 + px * (d100 - d000);
        const float d10 = d010 + px * (d110 - d010);
        const float d01 = d001 + px * (d101 - d001);
        const float d11 = d011 + px * (d111 - d011);
        const float d0 = d00 + py * (d10 - d00);
        const float d1 = d01 + py * (d11 - d01);
        const float inside = d0 + pz * (d1 - d0);
        const float out_squared =
            ((x - in_x) * (x - in_x) + (y - in_y) * (y - in_y) + (z - in_z) * (z - in_z)) * spacing_squared;
        const float distance = out_squared > 0 ? std::sqrt(inside * inside + out_squared) : inside;
        const float wanted = distance - gap;
        const float lower = std::max(height - wanted, stop);
        const float step = wanted > tolerance ? height - lower : 0.0F;
        heights[i] = height - step;
        largest_step = std::max(largest_step, step);
    }
    return largest_step;
}

CORTICOIL_VECTOR_CLONES
void mix_rows(const float* a, const float* b, float part, int n, float* rows) {
#pragma GCC ivdep
    for (int j = 0; j < n; ++j) rows[j] = a[j] + part * (b[j] - a[j]);
}

CORTICOIL_VECTOR_CLONES
void raise_by_row(const float* row, float part, float z, int n, float* largest) {
#pragma GCC ivdep
    for (int j = 0; j < n; ++j) {
        const float raised = z + row[j] + part * (row[j + 1] - row[j]);
        largest[j] = largest[j] > raised ? largest[j] : raised;
    }
}

} // namespace corticoil::planning
