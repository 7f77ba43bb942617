#include "planning/geodesic_patch.h"

#include "core/error.h"

#include <CGAL/Exact_predicates_inexact_constructions_kernel.h>
#include <CGAL/Surface_mesh.h>
#include <CGAL/Surface_mesh_shortest_path.h>
#include <Eigen/Geometry>

#include <limits>
#include <unordered_map>
#include <unordered_set>

namespace corticoil::planning {

namespace {

using Kernel = CGAL::Exact_predicates_inexact_constructions_kernel;
using Mesh = CGAL::Surface_mesh<Kernel::Point_3>;
using Traits = CGAL::Surface_mesh_shortest_path_traits<Kernel, Mesh>;
using ShortestPath = CGAL::Surface_mesh_shortest_path<Traits>;

/// Triangles that hang together with the centre's one through others that reach into the ball of `reach`
/// around the centre; the centre's first.
std::vector<int> connected_triangles(const SurfaceMesh& surface, const NearestOnSurface& centre,
                                     double reach) {
    std::unordered_map<int, std::vector<int>> triangles_of_node;
    for (int t = 0; t < surface.n_triangles(); ++t) {
        for (int corner = 0; corner < 3; ++corner) {
            const Vector3 node = surface.nodes.col(surface.triangles(corner, t));
            if ((node - centre.point).squaredNorm() > reach * reach && t != centre.triangle) continue;
            triangles_of_node[surface.triangles(corner, t)].push_back(t);
        }
    }
    std::vector<int> found{centre.triangle};
    std::unordered_set<int> are_found{centre.triangle};
    for (std::size_t i = 0; i < found.size(); ++i) {
        for (int corner = 0; corner < 3; ++corner) {
            const auto here = triangles_of_node.find(surface.triangles(corner, found[i]));
            if (here == triangles_of_node.end()) continue;
            for (const int t : here->second) {
                if (are_found.insert(t).second) found.push_back(t);
            }
        }
    }
    return found;
}

/// The shares of a triangle's corners in a point of it.
Vector3 shares_of(const SurfaceMesh& surface, const NearestOnSurface& at) {
    const Eigen::Vector3i nodes = surface.triangles.col(at.triangle);
    Eigen::Matrix3d corners;
    for (int corner = 0; corner < 3; ++corner) corners.col(corner) = surface.nodes.col(nodes[corner]);
    const Vector3 normal = (corners.col(1) - corners.col(0)).cross(corners.col(2) - corners.col(0));
    Vector3 shares;
    for (int corner = 0; corner < 3; ++corner) {
        const Vector3 a = corners.col((corner + 1) % 3);
        const Vector3 b = corners.col((corner + 2) % 3);
        shares[corner] = (b - a).cross(at.point - a).dot(normal) / normal.squaredNorm();
    }
    shares = shares.cwiseMax(0.0);
    return shares / shares.sum();
}

} // namespace

GeodesicPatch geodesic_patch(const SurfaceMesh& surface, const NearestOnSurface& centre, double radius) {
    CORTICOIL_ASSERT(radius > 0 && centre.triangle >= 0 && centre.triangle < surface.n_triangles());
    GeodesicPatch patch;
    Mesh mesh;
    std::unordered_map<int, Mesh::Vertex_index> vertex_of;
    const auto vertex = [&](int node) {
        const auto found = vertex_of.find(node);
        if (found != vertex_of.end()) return found->second;
        const Vector3 p = surface.nodes.col(node);
        return vertex_of.emplace(node, mesh.add_vertex({p.x(), p.y(), p.z()})).first->second;
    };
    for (const int t : connected_triangles(surface, centre, radius)) {
        const Eigen::Vector3i nodes = surface.triangles.col(t);
        if (mesh.add_face(vertex(nodes[0]), vertex(nodes[1]), vertex(nodes[2])) != Mesh::null_face())
            patch.triangle_of.push_back(t);
    }
    ShortestPath paths(mesh);
    const Vector3 shares = shares_of(surface, centre);
    // The first face is the centre's, and its halfedge ends at the first of its nodes' successors.
    const Mesh::Face_index first = *mesh.faces().begin();
    const Mesh::Vertex_index start = mesh.source(mesh.halfedge(first));
    int corner = 0;
    while (vertex(surface.triangles(corner, centre.triangle)) != start) ++corner;
    paths.add_source_point(first, {{shares[corner], shares[(corner + 1) % 3], shares[(corner + 2) % 3]}});

    patch.surface.nodes.resize(3, static_cast<Eigen::Index>(mesh.number_of_vertices()));
    for (const Mesh::Vertex_index v : mesh.vertices()) {
        const Kernel::Point_3& p = mesh.point(v);
        patch.surface.nodes.col(static_cast<Eigen::Index>(v)) = Vector3(p.x(), p.y(), p.z());
        const double distance = paths.shortest_distance_to_source_points(v).first;
        patch.distances.push_back(distance < 0 ? std::numeric_limits<double>::infinity() : distance);
    }
    patch.surface.triangles.resize(3, static_cast<Eigen::Index>(mesh.number_of_faces()));
    for (const Mesh::Face_index f : mesh.faces()) {
        int at = 0;
        for (const Mesh::Vertex_index v : mesh.vertices_around_face(mesh.halfedge(f)))
            patch.surface.triangles(at++, static_cast<Eigen::Index>(f)) = static_cast<int>(v);
    }
    return patch;
}

} // namespace corticoil::planning
