#pragma once

#include "core/image.h"
#include "core/surface_mesh.h"

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace corticoil::meshing {

/// Which voxels of a grid lie inside a closed surface, and which it passes through.
class VoxelisedSurface {
  public:
    /// The surface must be closed and lie in the grid of `grid`, whose axes are those of the head. Cost: the
    /// voxels of the triangles' boxes.
    VoxelisedSurface(const SurfaceMesh& surface, const LabelImage& grid);

    /// Whether a point in voxel coordinates lies inside; nothing in voxels that the surface may pass through.
    [[nodiscard]] std::optional<bool> is_inside(const Vector3& voxel) const;

    /// Gives the voxels with their centres inside a label.
    void fill(LabelImage& labels, std::uint8_t label) const;

  private:
    void mark_touched(const Points& nodes, const Triangles& triangles);
    void mark_inside(const Points& nodes, const Triangles& triangles);
    [[nodiscard]] std::size_t index(int i, int j, int k) const;

    static constexpr std::uint8_t inside = 1;
    static constexpr std::uint8_t touched = 2;
    std::array<int, 3> size_;
    std::vector<std::uint8_t> state_;
};

} // namespace corticoil::meshing
