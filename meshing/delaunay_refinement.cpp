#include "meshing/delaunay_refinement.h"

#include "core/error.h"
#include "core/locality_order.h"

#include <CGAL/Exact_predicates_inexact_constructions_kernel.h>
#include <CGAL/Labeled_mesh_domain_3.h>
#include <CGAL/Mesh_complex_3_in_triangulation_3.h>
#include <CGAL/Mesh_criteria_3.h>
#include <CGAL/Mesh_triangulation_3.h>
#include <CGAL/Random.h>
#include <CGAL/make_mesh_3.h>

#include <unordered_map>

namespace corticoil::meshing {

namespace {

using Kernel = CGAL::Exact_predicates_inexact_constructions_kernel;
using Domain = CGAL::Labeled_mesh_domain_3<Kernel>;
using Triangulation = CGAL::Mesh_triangulation_3<Domain, CGAL::Default, CGAL::Sequential_tag>::type;
using Complex = CGAL::Mesh_complex_3_in_triangulation_3<Triangulation>;
using Criteria = CGAL::Mesh_criteria_3<Triangulation>;
using Point = Kernel::Point_3;

/// Bounds that Delaunay refinement can always meet (CGAL Mesh_3 manual, "Criteria").
constexpr double smallest_facet_angle_degrees = 25.0;
constexpr double cell_radius_edge_ratio = 2.0;

Vector3 to_vector(const Point& point) {
    return {point.x(), point.y(), point.z()};
}
Point to_point(const Vector3& vector) {
    return {vector.x(), vector.y(), vector.z()};
}

/// The labels on both sides of an interface point; (0, 0) for a point that is on none.
std::pair<int, int> sides(const Domain::Index& index) {
    const auto* patch = boost::get<Domain::Surface_patch_index>(&index);
    return patch ? *patch : std::pair<int, int>(0, 0);
}

struct FacetField {
    using FT = double;
    using Point_3 = Point;
    using Index = Domain::Index;
    const std::function<double(const Vector3&, int, int)>* size;
    double operator()(const Point& point, int, const Index& index) const {
        const std::pair<int, int> labels = sides(index);
        return (*size)(to_vector(point), labels.first, labels.second);
    }
};

struct CellField {
    using FT = double;
    using Point_3 = Point;
    using Index = Domain::Index;
    const std::function<double(const Vector3&, int)>* size;
    double operator()(const Point& point, int, const Index& index) const {
        const int* label = boost::get<Domain::Subdomain_index>(&index);
        return (*size)(to_vector(point), label ? *label : 0);
    }
};

/// Puts the first nodes where the probes cross an interface.
void insert_probes(Complex& complex, const Domain& domain, const RefinementProblem& problem) {
    const auto intersect = domain.construct_intersection_object();
    Triangulation& triangulation = complex.triangulation();
    for (const auto& [from, to] : problem.probes) {
        if (problem.label(from) == problem.label(to)) continue;
        const Domain::Intersection crossing = intersect(Kernel::Segment_3(to_point(from), to_point(to)));
        if (std::get<2>(crossing) == 0) continue;
        const Triangulation::Vertex_handle node =
            triangulation.insert(Triangulation::Weighted_point(std::get<0>(crossing)));
        if (node == Triangulation::Vertex_handle()) continue;
        complex.set_dimension(node, 2);
        complex.set_index(node, std::get<1>(crossing));
    }
}

TetMesh to_mesh(const Complex& complex) {
    TetMesh mesh;
    const Triangulation& triangulation = complex.triangulation();
    std::unordered_map<Triangulation::Vertex_handle, int> number;
    number.reserve(triangulation.number_of_vertices());
    std::vector<Vector3> nodes;
    nodes.reserve(triangulation.number_of_vertices());
    mesh.tetrahedra.resize(4, static_cast<Eigen::Index>(complex.number_of_cells_in_complex()));
    mesh.labels.reserve(complex.number_of_cells_in_complex());
    // Numbered in the order of tetrahedra, which is that of the sequential refinement: no address decides it.
    for (auto cell = complex.cells_in_complex_begin(); cell != complex.cells_in_complex_end(); ++cell) {
        const Eigen::Index t = static_cast<Eigen::Index>(mesh.labels.size());
        for (int corner = 0; corner < 4; ++corner) {
            const auto [entry, is_new] =
                number.try_emplace(cell->vertex(corner), static_cast<int>(nodes.size()));
            if (is_new) nodes.push_back(to_vector(triangulation.point(cell->vertex(corner)).point()));
            mesh.tetrahedra(corner, t) = entry->second;
        }
        mesh.labels.push_back(complex.subdomain_index(cell));
    }
    mesh.nodes.resize(3, static_cast<Eigen::Index>(nodes.size()));
    for (std::size_t i = 0; i < nodes.size(); ++i) mesh.nodes.col(static_cast<Eigen::Index>(i)) = nodes[i];
    // Refinement scatters neighbours; along a curve through space all that follows is faster.
    return reordered_for_locality(mesh).mesh;
}

} // namespace

TetMesh refine_delaunay(const RefinementProblem& problem) {
    namespace parameters = CGAL::parameters;
    CGAL::get_default_random() = CGAL::Random(0);
    const double diagonal = (problem.high - problem.low).norm();
    const Domain domain([&](const Point& point) { return problem.label(to_vector(point)); },
                        CGAL::Bbox_3(problem.low.x(), problem.low.y(), problem.low.z(), problem.high.x(),
                                     problem.high.y(), problem.high.z()),
                        2.0 * problem.position_tolerance / diagonal);
    const Criteria criteria(Criteria::Facet_criteria(smallest_facet_angle_degrees,
                                                     FacetField{&problem.facet_size},
                                                     FacetField{&problem.facet_distance}),
                            Criteria::Cell_criteria(cell_radius_edge_ratio, CellField{&problem.cell_size}));
    Complex complex;
    insert_probes(complex, domain, problem);
    if (complex.triangulation().dimension() != 3) {
        throw ComputationError("mesh: no interface found to start from; is the label map nearly empty?");
    }
    CGAL::refine_mesh_3(complex, domain, criteria, parameters::no_reset_c3t3(), parameters::no_lloyd(),
                        parameters::no_odt(), parameters::no_perturb(), parameters::no_exude());
    if (problem.sliver_bound > 0.0) {
        CGAL::exude_mesh_3(complex, parameters::sliver_bound = problem.sliver_bound);
    }
    return to_mesh(complex);
}

} // namespace corticoil::meshing
