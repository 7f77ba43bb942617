#pragma once

#include "core/surface_mesh.h"
#include "viz/slices.h"

#include <array>
#include <vector>

namespace corticoil::viz {

/// The part of a slice's picture that is drawn, as opaque strips of triangles with the place of each node in
/// the picture (0 … 1 from left to right and from bottom to top, as textures have it).
struct SliceStrips {
    SurfaceMesh surface;
    std::vector<std::array<float, 2>> places;
};

/// Strips of two rows of pixels, wherever `is_drawn` (one per pixel, row by row) holds in them.
[[nodiscard]] SliceStrips slice_strips(const SlicePlane& plane, const std::vector<char>& is_drawn);

} // namespace corticoil::viz
