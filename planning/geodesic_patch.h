#pragma once

#include "core/surface_mesh.h"
#include "planning/surface_tree.h"

#include <vector>

namespace corticoil::planning {

/// A part of a surface around one of its points with the way along the surface to its nodes.
struct GeodesicPatch {
    SurfaceMesh surface;
    std::vector<int> triangle_of;  ///< Per triangle: the one of the whole surface that it is (part of).
    std::vector<double> distances; ///< Per node: shortest way from the centre along the surface [m].
};

/// The part of a surface that is connected to `centre` within `radius` [m] and some more around it. Distances
/// by the heat method with an intrinsic Delaunay triangulation (Crane, Weischedel & Wardetzky 2013, ACM
/// Trans. Graph. 32:152; CGAL): about 1 % of the distance. Tens of milliseconds for some thousand triangles.
/// Triangles at which the surface is not a manifold are left out.
[[nodiscard]] GeodesicPatch geodesic_patch(const SurfaceMesh& surface, const NearestOnSurface& centre,
                                           double radius);

} // namespace corticoil::planning
