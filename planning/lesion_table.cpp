#include "planning/lesion_table.h"

#include "core/tissue.h"
#include "planning/surface_tree.h"
#include "solver/quadrature.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace corticoil::planning {

namespace {

/// Collects quadrature points.
struct SampleList {
    std::vector<Vector3> points;
    std::vector<Eigen::Vector4d> barycentric;
    std::vector<double> volumes;
    std::vector<int> tetrahedra;

    [[nodiscard]] RoiSamples samples() const {
        const auto n = static_cast<Eigen::Index>(points.size());
        RoiSamples result{Points(3, n), Eigen::Matrix4Xd(4, n), Eigen::VectorXd(n), tetrahedra};
        for (Eigen::Index i = 0; i < n; ++i) {
            const auto at = static_cast<std::size_t>(i);
            result.points.col(i) = points[at];
            result.barycentric.col(i) = barycentric[at];
            result.volumes[i] = volumes[at];
        }
        return result;
    }
};

/// Adds the quadrature points of a tetrahedron that are wanted.
template <typename Wanted>
void add_points(SampleList& list, const TetMesh& mesh, int t, double volume, Wanted wanted) {
    static const solver::QuadratureRule rule = solver::quadrature_rule(solver::Quadrature::degree_2);
    for (Eigen::Index q = 0; q < rule.weights.size(); ++q) {
        Vector3 point = Vector3::Zero();
        for (int c = 0; c < 4; ++c) point += rule.barycentric(c, q) * mesh.nodes.col(mesh.tetrahedra(c, t));
        if (!wanted(point)) continue;
        list.points.push_back(point);
        list.barycentric.emplace_back(rule.barycentric.col(q));
        list.volumes.push_back(rule.weights[q] * volume);
        list.tetrahedra.push_back(t);
    }
}

RoiSamples inside_of(const TetMesh& mesh, const LesionRegion& region, const Eigen::VectorXd& volumes) {
    SampleList list;
    // What a lesion covers in part has a field between the inside's and the rim's.
    constexpr double half = 0.5;
    const double least = std::min(half, *std::max_element(region.shares.begin(), region.shares.end()));
    for (std::size_t i = 0; i < region.tetrahedra.size(); ++i) {
        if (region.shares[i] < least) continue;
        const int t = region.tetrahedra[i];
        add_points(list, mesh, t, region.shares[i] * volumes[t], [](const Vector3&) { return true; });
    }
    return list.samples();
}

/// Per tetrahedron: white or grey matter of which lesions cover less than half.
std::vector<std::uint8_t> surroundings(const TetMesh& mesh, const std::vector<LesionRegion>& regions) {
    std::vector<std::uint8_t> is_around(mesh.labels.size());
    std::transform(mesh.labels.begin(), mesh.labels.end(), is_around.begin(), [](int label) {
        return label == tissue::white_matter || label == tissue::grey_matter ? 1 : 0;
    });
    constexpr double half = 0.5;
    for (const LesionRegion& region : regions) {
        for (std::size_t i = 0; i < region.tetrahedra.size(); ++i) {
            if (region.shares[i] >= half) is_around[static_cast<std::size_t>(region.tetrahedra[i])] = 0;
        }
    }
    return is_around;
}

RoiSamples rim_of(const TetMesh& mesh, const LesionRegion& region, const std::vector<std::uint8_t>& is_around,
                  const Eigen::VectorXd& volumes) {
    const SurfaceTree rim(region.surface);
    Eigen::AlignedBox3d box;
    for (int n = 0; n < region.surface.n_nodes(); ++n) box.extend(Vector3(region.surface.nodes.col(n)));
    const Vector3 width = Vector3::Constant(LesionAtlas::rim_width);
    const Eigen::AlignedBox3d reach(Vector3(box.min() - width), Vector3(box.max() + width));
    SampleList list;
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        if (is_around[static_cast<std::size_t>(t)] == 0) continue;
        Eigen::AlignedBox3d corners;
        for (int c = 0; c < 4; ++c) corners.extend(Vector3(mesh.nodes.col(mesh.tetrahedra(c, t))));
        if (!corners.intersects(reach)) continue;
        add_points(list, mesh, t, volumes[t],
                   [&](const Vector3& point) { return rim.distance(point) <= LesionAtlas::rim_width; });
    }
    return list.samples();
}

Eigen::VectorXd magnitudes(const RoiSamples& samples, const solver::ElementField& field) {
    Eigen::VectorXd values(samples.volumes.size());
    for (Eigen::Index i = 0; i < values.size(); ++i) {
        values[i] =
            field.at(samples.tetrahedra[static_cast<std::size_t>(i)], samples.barycentric.col(i)).norm();
    }
    return values;
}

/// The least distance of a surface's nodes to a ROI; 0 where it reaches in.
double distance_to(const Roi& roi, const SurfaceMesh& surface) {
    double least = std::numeric_limits<double>::infinity();
    for (int n = 0; n < surface.n_nodes(); ++n) {
        const Vector3 node = surface.nodes.col(n);
        least = std::min(least, std::max(0.0, (node - roi.centre).norm() - roi.radius));
    }
    return least;
}

} // namespace

LesionAtlas::LesionAtlas(const TetMesh& mesh, std::vector<LesionRegion> regions)
    : regions_(std::move(regions)) {
    const Eigen::VectorXd volumes = tetrahedron_volumes(mesh);
    const std::vector<std::uint8_t> is_around = surroundings(mesh, regions_);
    const SurfaceTree grey(
        boundary_between(
            mesh, [](int label) { return label == tissue::grey_matter; }, [](int) { return false; })
            .surface);
    const SurfaceTree skull(
        boundary_between(mesh, tissue::is_intracranial, [](int) { return false; }).surface);
    for (const LesionRegion& region : regions_) {
        inside_.push_back(inside_of(mesh, region, volumes));
        rim_.push_back(rim_of(mesh, region, is_around, volumes));
        to_grey_matter_.push_back(grey.distance(region.surface));
        to_skull_.push_back(skull.distance(region.surface));
    }
}

std::vector<LesionPlace> LesionAtlas::places(const std::optional<Roi>& roi,
                                             const RigidTransform& head_from_coil) const {
    constexpr double contact = 1.5e-3;
    constexpr double reached = 25e-3;
    const RigidTransform coil_from_head = head_from_coil.inverse();
    std::vector<LesionPlace> places;
    for (std::size_t r = 0; r < regions_.size(); ++r) {
        const SurfaceMesh& surface = regions_[r].surface;
        LesionPlace place;
        place.distance_to_grey_matter = to_grey_matter_[r];
        place.distance_to_skull = to_skull_[r];
        if (roi) place.distance_to_roi = distance_to(*roi, surface);
        place.distance_from_coil_axis = std::numeric_limits<double>::infinity();
        for (int n = 0; n < surface.n_nodes(); ++n) {
            const Vector3 p = coil_from_head.apply_to_point(surface.nodes.col(n));
            place.distance_from_coil_axis = std::min(place.distance_from_coil_axis, p.head<2>().norm());
        }
        place.is_juxtacortical =
            place.distance_to_grey_matter <= contact && place.distance_to_skull <= reached;
        places.push_back(place);
    }
    return places;
}

std::vector<LesionField> LesionAtlas::fields(const solver::ElementField& field) const {
    std::vector<LesionField> fields;
    for (std::size_t r = 0; r < regions_.size(); ++r) {
        LesionField values;
        values.mean_inside = mean_magnitude(inside_[r], field);
        if (rim_[r].volumes.size() > 0) {
            const Eigen::VectorXd rim = magnitudes(rim_[r], field);
            values.mean_rim = rim.dot(rim_[r].volumes) / rim_[r].volumes.sum();
            values.p99_rim = weighted_percentile(rim, rim_[r].volumes, 99);
            values.largest_rim = rim.maxCoeff();
        }
        fields.push_back(values);
    }
    return fields;
}

std::vector<double> LesionAtlas::rim_factors(const solver::ElementField& field,
                                             const solver::ElementField& reference) const {
    std::vector<double> factors;
    for (const RoiSamples& rim : rim_) {
        const Eigen::VectorXd before = magnitudes(rim, reference);
        const Eigen::VectorXd after = magnitudes(rim, field);
        constexpr double least = 1e-12; // [V/m] No field is that weak in a head; against 0/0.
        factors.push_back(
            rim.volumes.size() == 0
                ? 1.0
                : weighted_percentile(after.cwiseQuotient(before.cwiseMax(least)), rim.volumes, 99));
    }
    return factors;
}

std::vector<LesionScenario> lesion_scenarios() {
    // Assumptions: nobody has measured MS lesions at low frequency. C lies between B and D; D is what the
    // field takes for resection cavities.
    return {{"A", "as white matter", 0.126},
            {"B", "as grey matter", 0.275},
            {"C", "as a black hole", 0.5},
            {"D", "as CSF", 1.654}};
}

} // namespace corticoil::planning
