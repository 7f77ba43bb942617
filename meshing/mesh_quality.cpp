#include "meshing/mesh_quality.h"

#include "core/constants.h"
#include "core/face_neighbours.h"
#include "core/tissue.h"

#include <Eigen/Geometry>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace corticoil::meshing {

namespace {

/// Classes of dihedral_histogram.
constexpr double histogram_class_degrees = 5.0;

/// The edges of a tetrahedron and, for each, the two corners that are not on it.
constexpr std::array<std::array<int, 4>, 6> edges{
    {{0, 1, 2, 3}, {0, 2, 3, 1}, {0, 3, 1, 2}, {1, 2, 0, 3}, {1, 3, 2, 0}, {2, 3, 0, 1}}};

/// Angle between the faces p q a and p q b around the edge p q [degrees].
double angle_at_edge(const Vector3& p, const Vector3& q, const Vector3& a, const Vector3& b) {
    const Vector3 edge = q - p;
    const Vector3 normal_a = edge.cross(a - p);
    const Vector3 normal_b = edge.cross(b - p);
    return degrees_per_radian * std::atan2(normal_a.cross(normal_b).norm(), normal_a.dot(normal_b));
}

/// 3 · inradius / circumradius; 0 for a flat tetrahedron.
double radius_ratio(const Vector3& a, const Vector3& b, const Vector3& c, const Vector3& d) {
    const Vector3 u = b - a;
    const Vector3 v = c - a;
    const Vector3 w = d - a;
    const double six_volumes = std::abs(u.dot(v.cross(w)));
    const double twice_areas =
        u.cross(v).norm() + v.cross(w).norm() + w.cross(u).norm() + (v - u).cross(w - u).norm();
    // inradius = 3V / area; circumradius = |u²(v×w) + v²(w×u) + w²(u×v)| / 12V
    const double circumcentre =
        (u.squaredNorm() * v.cross(w) + v.squaredNorm() * w.cross(u) + w.squaredNorm() * u.cross(v)).norm();
    if (!(twice_areas * circumcentre > 0.0)) return 0.0;
    const double inradius = six_volumes / twice_areas;
    const double circumradius = circumcentre / (2.0 * six_volumes);
    return 3.0 * inradius / circumradius;
}

void measure_angles(const TetMesh& mesh, MeshQuality& quality) {
    std::vector<double> smallest(static_cast<std::size_t>(mesh.n_tetrahedra()));
    quality.smallest_dihedral_angle = 180.0;
    quality.smallest_radius_ratio = 1.0;
    double ratio_sum = 0.0;
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        const Vector3 a = mesh.nodes.col(mesh.tetrahedra(0, t));
        const Vector3 b = mesh.nodes.col(mesh.tetrahedra(1, t));
        const Vector3 c = mesh.nodes.col(mesh.tetrahedra(2, t));
        const Vector3 d = mesh.nodes.col(mesh.tetrahedra(3, t));
        const std::array<double, 6> angles = dihedral_angles(a, b, c, d);
        const auto [low, high] = std::minmax_element(angles.begin(), angles.end());
        smallest[static_cast<std::size_t>(t)] = *low;
        quality.smallest_dihedral_angle = std::min(quality.smallest_dihedral_angle, *low);
        quality.largest_dihedral_angle = std::max(quality.largest_dihedral_angle, *high);
        const std::size_t last_class = quality.dihedral_histogram.size() - 1;
        ++quality.dihedral_histogram[std::min(static_cast<std::size_t>(*low / histogram_class_degrees),
                                              last_class)];
        const double ratio = radius_ratio(a, b, c, d);
        quality.smallest_radius_ratio = std::min(quality.smallest_radius_ratio, ratio);
        ratio_sum += ratio;
    }
    quality.mean_radius_ratio = ratio_sum / mesh.n_tetrahedra();
    for (std::size_t p = 0; p < dihedral_percentile_ranks.size(); ++p) {
        const auto rank = static_cast<std::ptrdiff_t>(dihedral_percentile_ranks[p] / 100.0 *
                                                      static_cast<double>(smallest.size() - 1));
        std::nth_element(smallest.begin(), smallest.begin() + rank, smallest.end());
        quality.dihedral_percentiles[p] = smallest[static_cast<std::size_t>(rank)];
    }
}

void measure_tissues(const TetMesh& mesh, MeshQuality& quality) {
    const Eigen::VectorXd volumes = tetrahedron_volumes(mesh);
    std::map<int, double> edge_sum;
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        const int label = mesh.labels[static_cast<std::size_t>(t)];
        const auto [entry, is_new] = quality.tissues.try_emplace(label);
        TissueQuality& tissue = entry->second;
        if (is_new) tissue.edge_length_min = std::numeric_limits<double>::infinity();
        ++tissue.n_tetrahedra;
        tissue.volume += volumes[t];
        if (!(volumes[t] > 0.0)) ++quality.n_inverted;
        for (const auto& edge : edges) {
            const double length =
                (mesh.nodes.col(mesh.tetrahedra(edge[0], t)) - mesh.nodes.col(mesh.tetrahedra(edge[1], t)))
                    .norm();
            tissue.edge_length_min = std::min(tissue.edge_length_min, length);
            tissue.edge_length_max = std::max(tissue.edge_length_max, length);
            edge_sum[label] += length;
        }
    }
    for (auto& [label, tissue] : quality.tissues) {
        tissue.edge_length_mean = edge_sum[label] / (static_cast<double>(edges.size()) * tissue.n_tetrahedra);
    }
}

void measure_parts_and_areas(const TetMesh& mesh, MeshQuality& quality) {
    const Eigen::Matrix4Xi neighbours = face_neighbours(mesh);
    const auto label = [&](int t) { return mesh.labels[static_cast<std::size_t>(t)]; };
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        for (int corner = 0; corner < 4; ++corner) {
            const int other = neighbours(corner, t);
            if (other >= 0 && label(other) == label(t)) continue;
            const double area = face_area(mesh, t, corner).norm();
            quality.tissues.at(label(t)).surface_area += area;
            if (other < 0) quality.surface_area += area;
        }
    }
    quality.n_parts = find_parts(mesh, neighbours, [](int, int) { return true; }).n_parts();
    const Parts tissue_parts =
        find_parts(mesh, neighbours, [&](int a, int b) { return label(a) == label(b); });
    std::vector<bool> is_counted(tissue_parts.volume.size(), false);
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        const auto part = static_cast<std::size_t>(tissue_parts.part_of[static_cast<std::size_t>(t)]);
        if (!is_counted[part]) ++quality.tissues.at(label(t)).n_parts;
        is_counted[part] = true;
    }
}

} // namespace

std::array<double, 6> dihedral_angles(const Vector3& a, const Vector3& b, const Vector3& c,
                                      const Vector3& d) {
    const std::array<const Vector3*, 4> corners{&a, &b, &c, &d};
    std::array<double, 6> angles{};
    for (std::size_t e = 0; e < edges.size(); ++e) {
        const auto& edge = edges[e];
        angles[e] = angle_at_edge(
            *corners[static_cast<std::size_t>(edge[0])], *corners[static_cast<std::size_t>(edge[1])],
            *corners[static_cast<std::size_t>(edge[2])], *corners[static_cast<std::size_t>(edge[3])]);
    }
    return angles;
}

MeshQuality assess(const TetMesh& mesh, const LabelImage* reference) {
    MeshQuality quality;
    quality.n_nodes = mesh.n_nodes();
    quality.n_tetrahedra = mesh.n_tetrahedra();
    std::vector<bool> is_used(static_cast<std::size_t>(mesh.n_nodes()), false);
    for (const int node : mesh.tetrahedra.reshaped()) is_used[static_cast<std::size_t>(node)] = true;
    quality.n_unused_nodes = static_cast<int>(std::count(is_used.begin(), is_used.end(), false));
    if (mesh.n_tetrahedra() > 0) {
        measure_angles(mesh, quality);
        measure_tissues(mesh, quality);
        measure_parts_and_areas(mesh, quality);
    }
    if (reference) {
        const std::array<double, 256> wanted = label_volumes(*reference);
        for (int label = 1; label < 256; ++label) {
            const double volume = wanted[static_cast<std::size_t>(label)];
            if (!(volume > 0.0)) continue;
            TissueQuality& tissue = quality.tissues[label];
            tissue.reference_volume = volume;
            tissue.volume_drift = tissue.volume / volume - 1.0;
        }
        const std::map<int, BoundaryDistance> boundaries = boundary_distances(mesh, *reference);
        for (const auto& [label, distance] : boundaries) quality.tissues[label].boundary = distance;
        quality.boundary = overall(boundaries);
    }
    return quality;
}

std::optional<double> mean_edge_near(const TetMesh& mesh, int label, const Vector3& centre, double radius) {
    double sum = 0.0;
    std::size_t n = 0;
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        if (mesh.labels[static_cast<std::size_t>(t)] != label) continue;
        std::array<Vector3, 4> corners;
        for (int c = 0; c < 4; ++c)
            corners[static_cast<std::size_t>(c)] = mesh.nodes.col(mesh.tetrahedra(c, t));
        const Vector3 barycentre = 0.25 * (corners[0] + corners[1] + corners[2] + corners[3]);
        if ((barycentre - centre).squaredNorm() > radius * radius) continue;
        for (const auto& edge : edges) {
            sum += (corners[static_cast<std::size_t>(edge[0])] - corners[static_cast<std::size_t>(edge[1])])
                       .norm();
            ++n;
        }
    }
    if (n == 0) return std::nullopt;
    return sum / static_cast<double>(n);
}

std::string describe(const MeshQuality& quality) {
    std::string text = fmt::format("{} nodes, {} tetrahedra in {} connected {}; smallest dihedral angle "
                                   "{:.1f}° (1 % below {:.1f}°, median {:.1f}°), "
                                   "mean radius ratio {:.2f}, {} inverted.",
                                   quality.n_nodes, quality.n_tetrahedra, quality.n_parts,
                                   quality.n_parts == 1 ? "part" : "parts", quality.smallest_dihedral_angle,
                                   quality.dihedral_percentiles[1], quality.dihedral_percentiles[3],
                                   quality.mean_radius_ratio, quality.n_inverted);
    if (quality.boundary) {
        text += fmt::format(" Boundaries {:.2f} mm from the label map's (99 %: {:.2f} mm).",
                            millimetres_per_metre * quality.boundary->mean,
                            millimetres_per_metre * quality.boundary->percentile_99);
    }
    text += " Volumes:";
    const char* separator = " ";
    for (const auto& [label, tissue] : quality.tissues) {
        text += fmt::format("{}{} {:.1f} ml", separator, describe_tissue(label),
                            millilitres_per_cubic_metre * tissue.volume);
        if (tissue.volume_drift) text += fmt::format(" ({:+.1f} %)", 100.0 * *tissue.volume_drift);
        separator = ", ";
    }
    return text + ".";
}

} // namespace corticoil::meshing
