#pragma once

#include "core/surface_mesh.h"

#include <vector>

namespace corticoil::planning {

/// Smoothed normals of a surface as Scalp::smoothed_normal() defines them, in microseconds: triangles are
/// taken together in cells of a fifth of the smoothing, and those further away than 4.5 standard deviations
/// left out.
class SmoothedNormals {
  public:
    /// `smoothing` [m]: standard deviation of the Gaussian weights.
    SmoothedNormals(const SurfaceMesh& surface, double smoothing);

    /// Outward unit normal at a point of the surface.
    [[nodiscard]] Vector3 at(const Vector3& point) const;

  private:
    /// Triangles as one: their area vectors' sum around their centre of area.
    struct Cluster {
        Vector3 centre;
        Vector3 area;
    };
    /// Clusters in a cube.
    struct Block {
        Vector3 centre;
        std::size_t first;
        std::size_t last;
    };

    double smoothing_;
    double block_radius_; ///< Half a block's diagonal [m].
    std::vector<Cluster> clusters_;
    std::vector<Block> blocks_;
};

} // namespace corticoil::planning
