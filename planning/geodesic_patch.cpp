#include "planning/geodesic_patch.h"

#include "core/error.h"

#include <CGAL/Heat_method_3/Surface_mesh_geodesic_distances_3.h>
#include <CGAL/Simple_cartesian.h>
#include <CGAL/Surface_mesh.h>
#include <Eigen/Geometry>

#include <algorithm>
#include <array>
#include <cstddef>
#include <unordered_map>

namespace corticoil::planning {

namespace {

using Kernel = CGAL::Simple_cartesian<double>;
using Mesh = CGAL::Surface_mesh<Kernel::Point_3>;

/// The heat must be able to flow around what is asked for: the patch reaches this much beyond it.
constexpr double wider = 1.25;
constexpr double border = 0.010; // [m]

/// Triangles that touch the centre's one through others, all within `reach` of the centre, in order.
std::vector<int> connected_triangles(const SurfaceMesh& surface, const NearestOnSurface& centre,
                                     double reach) {
    std::unordered_map<int, std::vector<int>> triangles_of_node;
    for (int t = 0; t < surface.n_triangles(); ++t) {
        bool is_near = true;
        for (int corner = 0; corner < 3; ++corner)
            is_near =
                is_near &&
                (Vector3(surface.nodes.col(surface.triangles(corner, t))) - centre.point).squaredNorm() <=
                    reach * reach;
        if (!is_near && t != centre.triangle) continue;
        for (int corner = 0; corner < 3; ++corner)
            triangles_of_node[surface.triangles(corner, t)].push_back(t);
    }
    std::vector<int> found{centre.triangle};
    std::unordered_map<int, bool> is_found{{centre.triangle, true}};
    for (std::size_t i = 0; i < found.size(); ++i) {
        for (int corner = 0; corner < 3; ++corner) {
            for (const int t : triangles_of_node[surface.triangles(corner, found[i])]) {
                if (!is_found.emplace(t, true).second) continue;
                found.push_back(t);
            }
        }
    }
    std::sort(found.begin(), found.end());
    return found;
}

/// A CGAL mesh with where its parts came from.
struct Patch {
    Mesh mesh;
    Mesh::Vertex_index source;
    std::vector<int> triangle_of;
};

/// The triangles with the centre as a node of its own: the triangle that holds it becomes three.
Patch make_patch(const SurfaceMesh& surface, const NearestOnSurface& centre,
                 const std::vector<int>& triangles) {
    Patch patch;
    std::unordered_map<int, Mesh::Vertex_index> vertex_of;
    const auto vertex = [&](int node) {
        const auto found = vertex_of.find(node);
        if (found != vertex_of.end()) return found->second;
        const Vector3 p = surface.nodes.col(node);
        return vertex_of.emplace(node, patch.mesh.add_vertex({p.x(), p.y(), p.z()})).first->second;
    };
    patch.source = patch.mesh.add_vertex({centre.point.x(), centre.point.y(), centre.point.z()});
    const auto add = [&](Mesh::Vertex_index a, Mesh::Vertex_index b, Mesh::Vertex_index c, int t) {
        if (patch.mesh.add_face(a, b, c) != Mesh::null_face()) patch.triangle_of.push_back(t);
    };
    const auto add_around_centre = [&] {
        const Eigen::Vector3i nodes = surface.triangles.col(centre.triangle);
        for (int corner = 0; corner < 3; ++corner)
            add(patch.source, vertex(nodes[corner]), vertex(nodes[(corner + 1) % 3]), centre.triangle);
    };
    add_around_centre();
    for (const int t : triangles) {
        if (t == centre.triangle) continue;
        add(vertex(surface.triangles(0, t)), vertex(surface.triangles(1, t)), vertex(surface.triangles(2, t)),
            t);
    }
    for (const Mesh::Vertex_index v : patch.mesh.vertices()) {
        if (patch.mesh.is_isolated(v)) patch.mesh.remove_vertex(v);
    }
    return patch;
}

/// The centre moved away from its triangle's edges, so that the three triangles around it have an area.
NearestOnSurface off_the_edges(const SurfaceMesh& surface, const NearestOnSurface& centre) {
    constexpr double least_share = 0.05; // Of the triangle's height: some 0.1 mm of a scalp's triangle.
    const Eigen::Vector3i nodes = surface.triangles.col(centre.triangle);
    Eigen::Matrix3d corners;
    for (int corner = 0; corner < 3; ++corner) corners.col(corner) = surface.nodes.col(nodes[corner]);
    const Vector3 normal = (corners.col(1) - corners.col(0)).cross(corners.col(2) - corners.col(0));
    Vector3 shares;
    for (int corner = 0; corner < 3; ++corner) {
        const Vector3 a = corners.col((corner + 1) % 3);
        const Vector3 b = corners.col((corner + 2) % 3);
        shares[corner] = (b - a).cross(centre.point - a).dot(normal) / normal.squaredNorm();
    }
    shares = shares.cwiseMax(least_share);
    shares /= shares.sum();
    return {corners * shares, centre.triangle};
}

} // namespace

GeodesicPatch geodesic_patch(const SurfaceMesh& surface, const NearestOnSurface& centre, double radius) {
    CORTICOIL_ASSERT(radius > 0 && centre.triangle >= 0 && centre.triangle < surface.n_triangles());
    const NearestOnSurface source = off_the_edges(surface, centre);
    Patch patch = make_patch(surface, source, connected_triangles(surface, source, wider * radius + border));
    // Garbage collection renumbers vertices; the source is the first and stays.
    patch.mesh.collect_garbage();
    CGAL::Heat_method_3::Surface_mesh_geodesic_distances_3<Mesh, CGAL::Heat_method_3::Intrinsic_Delaunay>
        heat(patch.mesh);
    heat.add_source(*patch.mesh.vertices_begin());
    auto distances = patch.mesh.add_property_map<Mesh::Vertex_index, double>("v:distance", 0).first;
    heat.estimate_geodesic_distances(distances);

    GeodesicPatch result;
    result.triangle_of = patch.triangle_of;
    const auto n_vertices = static_cast<Eigen::Index>(patch.mesh.number_of_vertices());
    result.surface.nodes.resize(3, n_vertices);
    result.distances.resize(static_cast<std::size_t>(n_vertices));
    for (const Mesh::Vertex_index v : patch.mesh.vertices()) {
        const Kernel::Point_3& p = patch.mesh.point(v);
        result.surface.nodes.col(static_cast<Eigen::Index>(v)) = Vector3(p.x(), p.y(), p.z());
        result.distances[v] = distances[v];
    }
    result.surface.triangles.resize(3, static_cast<Eigen::Index>(patch.mesh.number_of_faces()));
    for (const Mesh::Face_index f : patch.mesh.faces()) {
        int corner = 0;
        for (const Mesh::Vertex_index v : patch.mesh.vertices_around_face(patch.mesh.halfedge(f)))
            result.surface.triangles(corner++, static_cast<Eigen::Index>(f)) = static_cast<int>(v);
    }
    return result;
}

} // namespace corticoil::planning
