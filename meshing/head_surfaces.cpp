#include "meshing/head_surfaces.h"

#include "core/constants.h"
#include "core/describe_point.h"
#include "core/error.h"
#include "core/tissue.h"
#include "meshing/voxelised_surface.h"

#include <CGAL/AABB_face_graph_triangle_primitive.h>
#include <CGAL/AABB_traits.h>
#include <CGAL/AABB_tree.h>
#include <CGAL/Exact_predicates_inexact_constructions_kernel.h>
#include <CGAL/Polygon_mesh_processing/measure.h>
#include <CGAL/Polygon_mesh_processing/orient_polygon_soup.h>
#include <CGAL/Polygon_mesh_processing/orientation.h>
#include <CGAL/Polygon_mesh_processing/polygon_soup_to_polygon_mesh.h>
#include <CGAL/Polygon_mesh_processing/self_intersections.h>
#include <CGAL/Side_of_triangle_mesh.h>
#include <CGAL/Surface_mesh.h>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

namespace corticoil::meshing {

namespace {

namespace processing = CGAL::Polygon_mesh_processing;
using Kernel = CGAL::Exact_predicates_inexact_constructions_kernel;
using Point = Kernel::Point_3;
using Surface = CGAL::Surface_mesh<Point>;
using Side = CGAL::Side_of_triangle_mesh<Surface, Kernel>;
using Tree = CGAL::AABB_tree<CGAL::AABB_traits<Kernel, CGAL::AABB_face_graph_triangle_primitive<Surface>>>;

constexpr double voxel_edge = 1e-3; // [m] As a T1's.
constexpr int margin_voxels = 5;

Vector3 to_vector(const Point& point) {
    return {point.x(), point.y(), point.z()};
}
Point to_point(const Vector3& point) {
    return {point.x(), point.y(), point.z()};
}

/// \throws Error unless every edge has two triangles.
void check_closed(const HeadSurface& given) {
    const SurfaceMesh& surface = given.surface;
    if (surface.n_triangles() == 0) throw Error(fmt::format("{}: has no triangles", given.name));
    std::map<std::pair<int, int>, int> n_triangles;
    for (int t = 0; t < surface.n_triangles(); ++t) {
        for (int corner = 0; corner < 3; ++corner) {
            const int a = surface.triangles(corner, t);
            const int b = surface.triangles((corner + 1) % 3, t);
            ++n_triangles[{std::min(a, b), std::max(a, b)}];
        }
    }
    int n_open = 0;
    int n_crowded = 0;
    std::optional<Vector3> first;
    for (const auto& [edge, n] : n_triangles) {
        if (n == 2) continue;
        (n == 1 ? n_open : n_crowded) += 1;
        if (!first) first = surface.nodes.col(edge.first);
    }
    if (n_open > 0) {
        throw Error(
            fmt::format("{}: surface is open ({} boundary edges, first at {}); close it in the tool that "
                        "made it",
                        given.name, n_open, describe_point(*first)));
    }
    if (n_crowded > 0) {
        throw Error(
            fmt::format("{}: {} edges join more than two triangles, first at {}; repair the surface in the "
                        "tool that made it",
                        given.name, n_crowded, describe_point(*first)));
    }
}

/// The surface with outward triangles. \throws Error where it cannot be oriented or cuts itself.
Surface checked(const HeadSurface& given) {
    check_closed(given);
    std::vector<Point> points;
    for (int node = 0; node < given.surface.n_nodes(); ++node)
        points.push_back(to_point(given.surface.nodes.col(node)));
    std::vector<std::array<std::size_t, 3>> triangles;
    for (int t = 0; t < given.surface.n_triangles(); ++t) {
        triangles.push_back({static_cast<std::size_t>(given.surface.triangles(0, t)),
                             static_cast<std::size_t>(given.surface.triangles(1, t)),
                             static_cast<std::size_t>(given.surface.triangles(2, t))});
    }
    if (!processing::orient_polygon_soup(points, triangles)) {
        throw Error(
            fmt::format("{}: its triangles meet at single nodes or cannot be given one outside; repair the "
                        "surface in the tool that made it",
                        given.name));
    }
    Surface surface;
    processing::polygon_soup_to_polygon_mesh(points, triangles, surface);
    std::vector<std::pair<Surface::Face_index, Surface::Face_index>> cuts;
    processing::self_intersections(surface, std::back_inserter(cuts));
    if (!cuts.empty()) {
        const Point& where = surface.point(surface.source(surface.halfedge(cuts.front().first)));
        throw Error(
            fmt::format("{}: {} pairs of its triangles cut each other, first at {}; repair the surface in "
                        "the tool that made it",
                        given.name, cuts.size(), describe_point(to_vector(where))));
    }
    processing::orient_to_bound_a_volume(surface);
    return surface;
}

/// \throws Error unless `inner` lies within `outer` and does not touch it.
void check_nested(const Surface& outer, const std::string& outer_name, const Surface& inner,
                  const std::string& inner_name) {
    Tree tree(faces(outer).first, faces(outer).second, outer);
    for (const Surface::Face_index face : faces(inner)) {
        std::array<Point, 3> corners;
        std::size_t n = 0;
        for (const Surface::Vertex_index vertex : vertices_around_face(inner.halfedge(face), inner))
            corners.at(n++) = inner.point(vertex);
        if (!tree.do_intersect(Kernel::Triangle_3(corners[0], corners[1], corners[2]))) continue;
        throw Error(
            fmt::format("{}: touches or cuts {} at {}; surfaces must lie one within the other with a gap",
                        inner_name, outer_name, describe_point(to_vector(corners[0]))));
    }
    const Side side(outer);
    for (const Surface::Vertex_index vertex : vertices(inner)) {
        if (side(inner.point(vertex)) == CGAL::ON_BOUNDED_SIDE) continue;
        throw Error(
            fmt::format("{}: does not lie within {}, for instance at {}; are the surfaces named as they "
                        "should be, and all in mm of the same frame?",
                        inner_name, outer_name, describe_point(to_vector(inner.point(vertex)))));
    }
}

} // namespace

struct HeadSurfaces::Implementation {
    std::vector<int> labels;
    std::vector<std::unique_ptr<Surface>> surfaces; ///< At fixed addresses: the queries refer to them.
    std::vector<std::unique_ptr<Side>> sides;
    std::vector<VoxelisedSurface> voxelised;
    LabelImage voxels;
    std::array<double, 256> volumes{};

    [[nodiscard]] bool is_inside(std::size_t i, const Vector3& point, const Vector3& voxel) const {
        const std::optional<bool> far_from_surface = voxelised[i].is_inside(voxel);
        return far_from_surface ? *far_from_surface : (*sides[i])(to_point(point)) == CGAL::ON_BOUNDED_SIDE;
    }
};

HeadSurfaces::~HeadSurfaces() = default;
HeadSurfaces::HeadSurfaces(HeadSurfaces&&) noexcept = default;
HeadSurfaces& HeadSurfaces::operator=(HeadSurfaces&&) noexcept = default;

HeadSurfaces::HeadSurfaces(const std::vector<HeadSurface>& outermost_first)
    : implementation_(std::make_unique<Implementation>()) {
    CORTICOIL_ASSERT(!outermost_first.empty());
    Implementation& all = *implementation_;
    for (const HeadSurface& given : outermost_first) {
        all.labels.push_back(given.label);
        all.surfaces.push_back(std::make_unique<Surface>(checked(given)));
        if (all.surfaces.size() == 1) continue;
        const HeadSurface& outer = outermost_first[all.surfaces.size() - 2];
        check_nested(*all.surfaces[all.surfaces.size() - 2], outer.name, *all.surfaces.back(), given.name);
    }
    const Points& nodes = outermost_first.front().surface.nodes;
    const Vector3 margin = Vector3::Constant(margin_voxels * voxel_edge);
    // Voxels lie at whole millimetres: pictures of several files then agree.
    const Vector3 low = ((nodes.rowwise().minCoeff() - margin) / voxel_edge).array().floor() * voxel_edge;
    const Vector3 high = nodes.rowwise().maxCoeff() + margin;
    constexpr double largest_head = 1; // [m]
    if ((high - low).maxCoeff() > largest_head) {
        throw Error(fmt::format("{}: is {:.0f} mm wide; a head is not: are coordinates in mm?",
                                outermost_first.front().name,
                                (high - low).maxCoeff() * millimetres_per_metre));
    }
    Eigen::Affine3d head_from_voxel = Eigen::Affine3d::Identity();
    head_from_voxel.linear().diagonal().setConstant(voxel_edge);
    head_from_voxel.translation() = low;
    const Eigen::Vector3i size = ((high - low) / voxel_edge).array().ceil().cast<int>() + 1;
    all.voxels = LabelImage({size[0], size[1], size[2]}, head_from_voxel);
    double inner_volume = 0;
    for (std::size_t i = all.surfaces.size(); i-- > 0;) {
        all.sides.insert(all.sides.begin(), std::make_unique<Side>(*all.surfaces[i]));
        const double volume = processing::volume(*all.surfaces[i]);
        all.volumes[static_cast<std::size_t>(all.labels[i])] = volume - inner_volume;
        inner_volume = volume;
    }
    for (std::size_t i = 0; i < all.surfaces.size(); ++i) {
        all.voxelised.emplace_back(outermost_first[i].surface, all.voxels);
        all.voxelised[i].fill(all.voxels, static_cast<std::uint8_t>(all.labels[i]));
    }
}

int HeadSurfaces::label_at(const Vector3& point) const {
    const Implementation& all = *implementation_;
    const Vector3 voxel = (point - all.voxels.head_from_voxel.translation()) / voxel_edge;
    int label = tissue::air;
    for (std::size_t i = 0; i < all.labels.size() && all.is_inside(i, point, voxel); ++i)
        label = all.labels[i];
    return label;
}

const LabelImage& HeadSurfaces::voxels() const {
    return implementation_->voxels;
}

const std::array<double, 256>& HeadSurfaces::volumes() const {
    return implementation_->volumes;
}

} // namespace corticoil::meshing
