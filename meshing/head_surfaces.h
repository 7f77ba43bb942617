#pragma once

#include "core/image.h"
#include "core/surface_mesh.h"

#include <memory>
#include <string>
#include <vector>

namespace corticoil::meshing {

/// The outer boundary of one tissue of a head: what lies within it and within no surface further in.
struct HeadSurface {
    std::string name; ///< As the user calls it, for messages.
    int label = 0;    ///< Of the tissue just inside, see core/tissue.h.
    SurfaceMesh surface;
};

/// Closed surfaces one within the other, and the tissue at any point.
class HeadSurfaces {
  public:
    /// Checks surfaces, given from the outermost in: every edge joins two triangles, no triangle cuts another
    /// of its surface or of the next, and each lies within the one before. Triangles may be oriented either
    /// way round. Cost: seconds per 100,000 triangles. \throws Error naming the surface, what fails and
    /// where.
    explicit HeadSurfaces(const std::vector<HeadSurface>& outermost_first);
    ~HeadSurfaces();
    HeadSurfaces(HeadSurfaces&&) noexcept;
    HeadSurfaces& operator=(HeadSurfaces&&) noexcept;

    /// The tissue at a point [m]; 0 outside. Exact up to rounding; microseconds near a surface, less
    /// elsewhere.
    [[nodiscard]] int label_at(const Vector3& point) const;

    /// The tissues at the centres of voxels of 1 mm along the head's axes, with 5 mm of air around.
    [[nodiscard]] const LabelImage& voxels() const;

    /// Volume that each tissue fills between the surfaces [m³], indexed by label.
    [[nodiscard]] const std::array<double, 256>& volumes() const;

  private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

} // namespace corticoil::meshing
