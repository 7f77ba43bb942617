#include "core/surface_mesh.h"

#include <Eigen/Geometry>

namespace corticoil {

VectorField area_vectors(const SurfaceMesh& surface) {
    VectorField areas(3, surface.n_triangles());
    for (int t = 0; t < surface.n_triangles(); ++t) {
        const Vector3 a = surface.nodes.col(surface.triangles(0, t));
        const Vector3 b = surface.nodes.col(surface.triangles(1, t));
        const Vector3 c = surface.nodes.col(surface.triangles(2, t));
        areas.col(t) = 0.5 * (b - a).cross(c - a);
    }
    return areas;
}

VectorField node_normals(const SurfaceMesh& surface) {
    const VectorField areas = area_vectors(surface);
    VectorField normals = VectorField::Zero(3, surface.n_nodes());
    for (int t = 0; t < surface.n_triangles(); ++t) {
        for (int corner = 0; corner < 3; ++corner) normals.col(surface.triangles(corner, t)) += areas.col(t);
    }
    for (int node = 0; node < surface.n_nodes(); ++node) {
        const double length = normals.col(node).norm();
        if (length > 0) normals.col(node) /= length;
    }
    return normals;
}

} // namespace corticoil
