#include "meshing/nested_spheres.h"

#include "core/constants.h"
#include "core/error.h"
#include "core/face_neighbours.h"
#include "core/tissue.h"
#include "meshing/delaunay_refinement.h"
#include "meshing/islands.h"
#include "meshing/sliver_removal.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <utility>

namespace corticoil::meshing {

namespace {

/// Bounds on circumradii over the wanted mean edge length, set so that the mean comes out as wanted (tests).
constexpr double facet_radius_per_edge = 0.68;
constexpr double cell_radius_per_edge = 0.75;

/// Bound on a facet's distance from its sphere over the wanted edge length.
constexpr double distance_per_edge = 0.1;

/// Edges in a shell are at most this many times as long as the shell is thick.
constexpr double edge_per_thickness = 1.5;

/// Edges are at most this many times the radius of the innermost ball.
constexpr double edge_per_inner_radius = 0.5;

/// Away from a thin shell edges grow by this much per length.
constexpr double growth = 0.4;

/// Points are found on an interface up to this fraction of the outer radius, then put on their sphere.
constexpr double relative_tolerance = 1e-6;

/// Slivers are removed up to this dihedral angle [degrees].
constexpr double wanted_dihedral_degrees = 15.0;

/// Diagonals of a sphere's quadrilaterals may be exchanged if they pass within this part of the edge length.
constexpr double flatness_per_edge = 0.05;

/// Probes per sphere and their length to either side over its radius.
constexpr int n_probes = 60;
constexpr double probe_length = 1e-3;

/// More tetrahedra than this do not fit into a workstation's memory.
constexpr double largest_number_of_tetrahedra = 4e7;

/// Volume of a regular tetrahedron over its cubed edge length.
const double regular_volume = 1.0 / (6.0 * std::sqrt(2.0));

/// The layers in millimetres, in which the mesher works.
struct Layers {
    std::vector<double> radii;
    std::vector<int> labels;
    double edge = 0.0;

    [[nodiscard]] double outer_radius() const { return radii.back(); }
    [[nodiscard]] int label_at(double radius) const {
        const auto layer = std::upper_bound(radii.begin(), radii.end(), radius);
        return layer == radii.end() ? tissue::air : labels[static_cast<std::size_t>(layer - radii.begin())];
    }
    [[nodiscard]] double edge_at(double radius) const {
        double result = edge;
        for (std::size_t layer = 1; layer < radii.size(); ++layer) {
            const double outside = std::max({0.0, radii[layer - 1] - radius, radius - radii[layer]});
            result =
                std::min(result, edge_per_thickness * (radii[layer] - radii[layer - 1]) + growth * outside);
        }
        const double outside_ball = std::max(0.0, radius - radii.front());
        return std::min(result, edge_per_inner_radius * radii.front() + growth * outside_ball);
    }
    [[nodiscard]] double nearest_radius(double radius) const {
        return *std::min_element(radii.begin(), radii.end(), [&](double a, double b) {
            return std::abs(a - radius) < std::abs(b - radius);
        });
    }
    [[nodiscard]] double expected_tetrahedra() const {
        constexpr int n_steps = 1000;
        const double step = outer_radius() / n_steps;
        double count = 0.0;
        for (int i = 0; i < n_steps; ++i) {
            const double radius = (i + 0.5) * step;
            count += 4.0 * pi * radius * radius * step / (regular_volume * std::pow(edge_at(radius), 3));
        }
        return count;
    }
};

Layers check_layers(const NestedSpheresOptions& options) {
    Layers layers{{}, options.labels, millimetres_per_metre * options.edge_length};
    if (options.radii.empty()) throw Error("nested spheres: no radius given; give at least one [m]");
    double previous = 0.0;
    for (const double radius : options.radii) {
        if (!std::isfinite(radius) || radius <= previous) {
            throw Error(
                fmt::format("nested spheres: radius {} m follows {} m; radii must ascend from above 0",
                            radius, previous));
        }
        layers.radii.push_back(millimetres_per_metre * radius);
        previous = radius;
    }
    if (!std::isfinite(layers.edge) || layers.edge <= 0.0 || layers.edge > layers.outer_radius()) {
        throw Error(fmt::format(
            "nested spheres: edge length {} m; it must be above 0 and at most the outer radius {} m",
            options.edge_length, previous));
    }
    if (layers.labels.empty()) {
        layers.labels.resize(layers.radii.size());
        std::iota(layers.labels.begin(), layers.labels.end(), 1);
    }
    if (layers.labels.size() != layers.radii.size()) {
        throw Error(fmt::format("nested spheres: {} labels for {} radii; give one each", layers.labels.size(),
                                layers.radii.size()));
    }
    if (*std::min_element(layers.labels.begin(), layers.labels.end()) < 1) {
        throw Error("nested spheres: label 0 is air; labels start from 1");
    }
    const double expected = layers.expected_tetrahedra();
    if (expected > largest_number_of_tetrahedra) {
        throw Error(fmt::format("nested spheres: edge length {} m and the thinnest shell ask for about "
                                "{:.0f} million tetrahedra, more than "
                                "{:.0f} million; use longer edges or thicker shells",
                                options.edge_length, 1e-6 * expected, 1e-6 * largest_number_of_tetrahedra));
    }
    return layers;
}

/// Directions spread evenly over the sphere (a spiral by the golden angle).
Vector3 spread_direction(int i) {
    const double golden_angle = pi * (3.0 - std::sqrt(5.0));
    const double z = (2.0 * i + 1.0) / n_probes - 1.0;
    const double ring = std::sqrt(1.0 - z * z);
    return {ring * std::cos(golden_angle * i), ring * std::sin(golden_angle * i), z};
}

TetMesh refine_layers(const Layers& layers) {
    RefinementProblem problem;
    problem.label = [&](const Vector3& p) { return layers.label_at(p.norm()); };
    problem.low = Vector3::Constant(-1.1 * layers.outer_radius());
    problem.high = -problem.low;
    problem.facet_size = [&](const Vector3& p, int, int) {
        return facet_radius_per_edge * layers.edge_at(p.norm());
    };
    problem.facet_distance = [&](const Vector3& p, int, int) {
        return distance_per_edge * layers.edge_at(p.norm());
    };
    problem.cell_size = [&](const Vector3& p, int) {
        return cell_radius_per_edge * layers.edge_at(p.norm());
    };
    problem.position_tolerance = relative_tolerance * layers.outer_radius();
    for (const double radius : layers.radii) {
        for (int i = 0; i < n_probes; ++i) {
            const Vector3 direction = spread_direction(i);
            problem.probes.emplace_back((1.0 - probe_length) * radius * direction,
                                        (1.0 + probe_length) * radius * direction);
        }
    }
    return refine_delaunay(problem);
}

/// Puts every node of a face between two labels on its sphere.
void put_on_spheres(TetMesh& mesh, const Layers& layers) {
    const Eigen::Matrix4Xi neighbours = face_neighbours(mesh);
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        for (int corner = 0; corner < 4; ++corner) {
            const int other = neighbours(corner, t);
            if (other >= 0 &&
                mesh.labels[static_cast<std::size_t>(other)] == mesh.labels[static_cast<std::size_t>(t)])
                continue;
            for (const int c : face_corners[static_cast<std::size_t>(corner)]) {
                const int node = mesh.tetrahedra(c, t);
                const double radius = mesh.nodes.col(node).norm();
                mesh.nodes.col(node) *= layers.nearest_radius(radius) / radius;
            }
        }
    }
}

/// \throws ComputationError if a shell is open: labels that share a face but are not neighbours.
void check_closed(const TetMesh& mesh, const Layers& layers) {
    const auto layer_of = [&](int t) {
        const Vector3 centre =
            0.25 * (mesh.nodes.col(mesh.tetrahedra(0, t)) + mesh.nodes.col(mesh.tetrahedra(1, t)) +
                    mesh.nodes.col(mesh.tetrahedra(2, t)) + mesh.nodes.col(mesh.tetrahedra(3, t)));
        return std::upper_bound(layers.radii.begin(), layers.radii.end(), centre.norm()) -
               layers.radii.begin();
    };
    const Eigen::Matrix4Xi neighbours = face_neighbours(mesh);
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        for (int corner = 0; corner < 4; ++corner) {
            const int other = neighbours(corner, t);
            if (other < 0 || std::abs(layer_of(t) - layer_of(other)) <= 1) continue;
            throw ComputationError(fmt::format(
                "nested spheres: a shell between {} and {} mm has a hole; use shorter edges than {} mm",
                layers.radii.front(), layers.outer_radius(), layers.edge));
        }
    }
}

} // namespace

NestedSpheresOptions five_layer_head(double edge_length) {
    NestedSpheresOptions options;
    options.radii = {0.070, 0.078, 0.080, 0.086, 0.092};
    options.labels = {tissue::white_matter, tissue::grey_matter, tissue::csf, tissue::bone, tissue::scalp};
    options.edge_length = edge_length;
    return options;
}

TetMesh nested_spheres(const NestedSpheresOptions& options) {
    const Layers layers = check_layers(options);
    report(options.progress, 0.0, "refining the spheres");
    const TetMesh raw = refine_layers(layers);
    report(options.progress, 0.8, "removing slivers");
    SliverRemovalOptions slivers;
    slivers.goal_degrees = wanted_dihedral_degrees;
    slivers.interface_shift = flatness_per_edge * layers.edge_at(layers.outer_radius());
    slivers.project = [&](const Vector3& point, const Vector3&, double reach, int,
                          int) -> std::optional<Vector3> {
        const double radius = layers.nearest_radius(point.norm());
        if (std::abs(point.norm() - radius) > reach) return std::nullopt;
        return Vector3(point * (radius / point.norm()));
    };
    TetMesh mesh = remove_islands(remove_slivers(raw, slivers), 0.0).mesh;
    put_on_spheres(mesh, layers);
    check_closed(mesh, layers);
    mesh.nodes *= metres_per_millimetre;
    report(options.progress, 1.0, "meshed");
    return mesh;
}

} // namespace corticoil::meshing
