#include "viz/field_lines.h"

#include "core/error.h"

#include <Eigen/LU>

#include <algorithm>
#include <utility>

namespace corticoil::viz {

std::vector<int> thinned_nodes(const SurfaceMesh& surface, const Vector3& centre, double radius,
                               double spacing) {
    std::vector<std::pair<double, int>> near;
    for (int node = 0; node < surface.n_nodes(); ++node) {
        const double distance = (surface.nodes.col(node) - centre).norm();
        if (distance <= radius) near.emplace_back(distance, node);
    }
    std::sort(near.begin(), near.end());
    std::vector<int> kept;
    for (const auto& [distance, node] : near) {
        const Vector3 point = surface.nodes.col(node);
        const bool is_free = std::none_of(kept.begin(), kept.end(), [&](int other) {
            return (surface.nodes.col(other) - point).squaredNorm() < spacing * spacing;
        });
        if (is_free) kept.push_back(node);
    }
    return kept;
}

SmoothField::SmoothField(const FieldVolume& volume, const Vector3& centre, double radius,
                         const std::function<bool(int label)>& is_wanted) {
    std::vector<int> source;
    mesh_ = extract(volume.mesh, [&](int t) {
        if (!is_wanted(volume.mesh.labels[static_cast<std::size_t>(t)])) return false;
        bool is_near = false;
        for (int corner = 0; corner < 4; ++corner) {
            const Vector3 from_centre = volume.mesh.nodes.col(volume.mesh.tetrahedra(corner, t)) - centre;
            is_near = is_near || from_centre.squaredNorm() < radius * radius;
        }
        if (is_near) source.push_back(t);
        return is_near;
    });
    if (mesh_.n_tetrahedra() == 0) throw Error("no tetrahedra near the target to draw E in");
    CORTICOIL_ASSERT(static_cast<int>(source.size()) == mesh_.n_tetrahedra());
    at_nodes_ = VectorField::Zero(3, mesh_.n_nodes());
    Eigen::RowVectorXd counts = Eigen::RowVectorXd::Zero(mesh_.n_nodes());
    for (int t = 0; t < mesh_.n_tetrahedra(); ++t) {
        for (int corner = 0; corner < 4; ++corner) {
            at_nodes_.col(mesh_.tetrahedra(corner, t)) +=
                volume.field.col(source[static_cast<std::size_t>(t)]);
            counts[mesh_.tetrahedra(corner, t)] += 1;
        }
    }
    at_nodes_.array().rowwise() /= counts.array().max(1.0);
    locator_ = std::make_unique<PointLocator>(mesh_);
}

std::optional<Vector3> SmoothField::at(const Vector3& point) const {
    const std::optional<int> t = locator_->find(point);
    if (!t) return std::nullopt;
    const Vector3 origin = mesh_.nodes.col(mesh_.tetrahedra(0, *t));
    Eigen::Matrix3d edges;
    for (int corner = 0; corner < 3; ++corner)
        edges.col(corner) = mesh_.nodes.col(mesh_.tetrahedra(corner + 1, *t)) - origin;
    const Vector3 weights = edges.partialPivLu().solve(point - origin);
    Vector3 value = (1 - weights.sum()) * at_nodes_.col(mesh_.tetrahedra(0, *t));
    for (int corner = 0; corner < 3; ++corner)
        value += weights[corner] * at_nodes_.col(mesh_.tetrahedra(corner + 1, *t));
    return value;
}

namespace {

/// Points from a seed along ±E with |E| there, without the seed.
std::vector<std::pair<Vector3, double>> followed(const SmoothField& field, Vector3 point, double sign,
                                                 const FieldLineOptions& options) {
    std::vector<std::pair<Vector3, double>> line;
    for (double length = 0; length < options.half_length; length += options.step) {
        const std::optional<Vector3> here = field.at(point);
        if (!here || !(here->norm() > options.weakest)) break;
        const std::optional<Vector3> halfway = field.at(point + sign * options.step / 2 * here->normalized());
        if (!halfway || !(halfway->norm() > options.weakest)) break;
        const Vector3 next = point + sign * options.step * halfway->normalized();
        const std::optional<Vector3> there = field.at(next);
        if (!there) break;
        point = next;
        line.emplace_back(point, there->norm());
    }
    return line;
}

} // namespace

std::vector<FieldLine> field_lines(const SmoothField& field, const std::vector<Vector3>& seeds,
                                   const FieldLineOptions& options) {
    std::vector<FieldLine> lines;
    for (const Vector3& seed : seeds) {
        const std::optional<Vector3> start = field.at(seed);
        if (!start || !(start->norm() > options.weakest)) continue;
        const bool is_free = std::none_of(lines.begin(), lines.end(), [&](const FieldLine& line) {
            return (line.points.colwise() - seed).colwise().squaredNorm().minCoeff() <
                   options.spacing * options.spacing;
        });
        if (!is_free) continue;
        std::vector<std::pair<Vector3, double>> points = followed(field, seed, -1, options);
        std::reverse(points.begin(), points.end());
        points.emplace_back(seed, start->norm());
        const std::vector<std::pair<Vector3, double>> forward = followed(field, seed, 1, options);
        points.insert(points.end(), forward.begin(), forward.end());
        FieldLine line{Points(3, static_cast<Eigen::Index>(points.size())),
                       Eigen::VectorXd(static_cast<Eigen::Index>(points.size()))};
        for (std::size_t i = 0; i < points.size(); ++i) {
            line.points.col(static_cast<Eigen::Index>(i)) = points[i].first;
            line.magnitude[static_cast<Eigen::Index>(i)] = points[i].second;
        }
        lines.push_back(std::move(line));
    }
    return lines;
}

} // namespace corticoil::viz
