#pragma once

#include "core/surface_mesh.h"

#include <Eigen/Core>

namespace corticoil::viz {

/// How open the surroundings of each node are, 0 (at the bottom of a sulcus) … 1 (on a gyral crown): shading
/// that makes sulci readable from any direction and does not depend on the graphics driver. From the share of
/// a ball of about 4 mm around the node that lies inside the surface, after Manay et al. 2006, "Integral
/// invariants for shape matching" (IEEE TPAMI 28:1602). The surface should be closed and is sampled on a grid
/// of about 1 mm. Cost: about 0.3 s for 300,000 triangles.
[[nodiscard]] Eigen::VectorXd node_openness(const SurfaceMesh& surface);

} // namespace corticoil::viz
