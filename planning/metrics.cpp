#include "planning/metrics.h"

#include "core/describe_point.h"
#include "core/error.h"
#include "core/tissue.h"
#include "solver/quadrature.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

namespace corticoil::planning {

namespace {

RoiMetrics roi_metrics(const TetMesh& mesh, const solver::ElementField& field, const Roi& roi) {
    const RoiSamples samples = roi_samples(mesh, roi);
    RoiMetrics metrics;
    Eigen::VectorXd magnitudes(samples.volumes.size());
    for (Eigen::Index i = 0; i < samples.volumes.size(); ++i) {
        magnitudes[i] =
            field.at(samples.tetrahedra[static_cast<std::size_t>(i)], samples.barycentric.col(i)).norm();
    }
    metrics.volume = samples.volumes.sum();
    metrics.mean_magnitude = magnitudes.dot(samples.volumes) / metrics.volume;
    metrics.mean_vector_norm = mean_field(samples, field).norm();
    metrics.median_magnitude = weighted_percentile(magnitudes, samples.volumes, 50);
    metrics.p99 = weighted_percentile(magnitudes, samples.volumes, 99);
    return metrics;
}

} // namespace

double weighted_percentile(const Eigen::VectorXd& values, const Eigen::VectorXd& weights, double percent) {
    CORTICOIL_ASSERT(values.size() > 0 && values.size() == weights.size());
    std::vector<std::pair<double, double>> sorted(static_cast<std::size_t>(values.size()));
    for (Eigen::Index i = 0; i < values.size(); ++i)
        sorted[static_cast<std::size_t>(i)] = {values[i], weights[i]};
    const double wanted = weights.sum() * percent / 100;
    // Only the half that the value is in is split further: a sort's first steps.
    auto first = sorted.begin();
    auto last = sorted.end();
    double below = 0;
    while (last - first > 1) {
        const auto middle = first + (last - first) / 2;
        std::nth_element(first, middle, last);
        const double lower =
            std::accumulate(first, middle, 0.0, [](double sum, const auto& one) { return sum + one.second; });
        if (below + lower >= wanted) {
            last = middle;
        } else {
            below += lower;
            first = middle;
        }
    }
    return first->first;
}

double robust_maximum(const TetMesh& mesh, const solver::ElementField& field) {
    CORTICOIL_ASSERT(field.n_tetrahedra() == mesh.n_tetrahedra());
    const solver::QuadratureRule rule = solver::quadrature_rule(solver::Quadrature::degree_2);
    const Eigen::VectorXd volumes = tetrahedron_volumes(mesh);
    std::vector<int> grey;
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        if (mesh.labels[static_cast<std::size_t>(t)] == tissue::grey_matter) grey.push_back(t);
    }
    if (grey.empty()) throw Error("mesh: holds no grey matter (label 2); check the labels");
    const Eigen::Index n_points = rule.weights.size();
    Eigen::VectorXd magnitudes(n_points * static_cast<Eigen::Index>(grey.size()));
    Eigen::VectorXd weights(magnitudes.size());
#pragma omp parallel for schedule(static)
    for (std::size_t i = 0; i < grey.size(); ++i) {
        for (Eigen::Index q = 0; q < n_points; ++q) {
            const Eigen::Index at = n_points * static_cast<Eigen::Index>(i) + q;
            magnitudes[at] = field.at(grey[i], rule.barycentric.col(q)).norm();
            weights[at] = rule.weights[q] * volumes[grey[i]];
        }
    }
    constexpr double percent = 99.9;
    return weighted_percentile(magnitudes, weights, percent);
}

RoiSamples roi_samples(const TetMesh& mesh, const std::optional<Roi>& roi, int label) {
    const solver::QuadratureRule rule = solver::quadrature_rule(solver::Quadrature::degree_2);
    const Eigen::VectorXd volumes = tetrahedron_volumes(mesh);
    std::vector<Vector3> points;
    std::vector<Eigen::Index> rule_points;
    std::vector<double> weights;
    RoiSamples samples;
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        if (mesh.labels[static_cast<std::size_t>(t)] != label) continue;
        for (Eigen::Index q = 0; q < rule.weights.size(); ++q) {
            Vector3 point = Vector3::Zero();
            for (int corner = 0; corner < 4; ++corner) {
                point += rule.barycentric(corner, q) * mesh.nodes.col(mesh.tetrahedra(corner, t));
            }
            if (roi && !roi->contains(point)) continue;
            points.push_back(point);
            rule_points.push_back(q);
            weights.push_back(rule.weights[q] * volumes[t]);
            samples.tetrahedra.push_back(t);
        }
    }
    if (points.empty()) {
        const std::optional<TissueInfo> known = find_tissue(label);
        const std::string tissue =
            known ? std::string(known->display_name) : fmt::format("tissue of label {}", label);
        if (roi)
            throw Error(fmt::format("ROI ({}, centre {}) holds no {}; move it or make it larger",
                                    roi->description, describe_point(roi->centre), tissue));
        throw Error(fmt::format(
            "mesh: holds no {} (label {}), so there is nothing to measure; check the labels", tissue, label));
    }
    const auto n = static_cast<Eigen::Index>(points.size());
    samples.points.resize(3, n);
    for (std::size_t i = 0; i < points.size(); ++i)
        samples.points.col(static_cast<Eigen::Index>(i)) = points[i];
    samples.barycentric = rule.barycentric(Eigen::all, rule_points);
    samples.volumes = Eigen::Map<const Eigen::VectorXd>(weights.data(), n);
    return samples;
}

FieldMetrics field_metrics(const TetMesh& mesh, const solver::ElementField& field,
                           const std::optional<Roi>& roi) {
    CORTICOIL_ASSERT(field.n_tetrahedra() == mesh.n_tetrahedra());
    const RoiSamples grey = roi_samples(mesh, std::nullopt);
    Eigen::VectorXd magnitudes(grey.volumes.size());
    for (Eigen::Index i = 0; i < magnitudes.size(); ++i)
        magnitudes[i] =
            field.at(grey.tetrahedra[static_cast<std::size_t>(i)], grey.barycentric.col(i)).norm();
    FieldMetrics metrics;
    metrics.p999 = weighted_percentile(magnitudes, grey.volumes, 99.9);
    metrics.p99 = weighted_percentile(magnitudes, grey.volumes, 99);
    metrics.p95 = weighted_percentile(magnitudes, grey.volumes, 95);
    double hot_volume = 0;
    for (Eigen::Index i = 0; i < magnitudes.size(); ++i) {
        if (magnitudes[i] >= 0.5 * metrics.p999) metrics.focality_volume_50 += grey.volumes[i];
        if (magnitudes[i] >= 0.75 * metrics.p999) metrics.focality_volume_75 += grey.volumes[i];
        if (magnitudes[i] < metrics.p999) continue;
        metrics.hot_spot += grey.volumes[i] * grey.points.col(i);
        hot_volume += grey.volumes[i];
    }
    metrics.hot_spot /= hot_volume;
    if (roi) metrics.roi = roi_metrics(mesh, field, *roi);
    return metrics;
}

Vector3 mean_field(const RoiSamples& samples, const solver::ElementField& field) {
    Vector3 sum = Vector3::Zero();
    for (std::size_t i = 0; i < samples.tetrahedra.size(); ++i) {
        const auto column = static_cast<Eigen::Index>(i);
        sum += samples.volumes[column] * field.at(samples.tetrahedra[i], samples.barycentric.col(column));
    }
    return sum / samples.volumes.sum();
}

double mean_magnitude(const RoiSamples& samples, const solver::ElementField& field) {
    double sum = 0;
    for (Eigen::Index i = 0; i < samples.volumes.size(); ++i) {
        sum += samples.volumes[i] *
               field.at(samples.tetrahedra[static_cast<std::size_t>(i)], samples.barycentric.col(i)).norm();
    }
    return sum / samples.volumes.sum();
}

solver::FieldFunctional mean_magnitude_functional(const RoiSamples& samples,
                                                  const solver::ElementField& field) {
    solver::FieldFunctional functional{samples.tetrahedra, samples.barycentric,
                                       VectorField::Zero(3, samples.volumes.size())};
    const double volume = samples.volumes.sum();
    for (int i = 0; i < functional.n_points(); ++i) {
        const Vector3 e =
            field.at(samples.tetrahedra[static_cast<std::size_t>(i)], samples.barycentric.col(i));
        if (e.norm() > 0) functional.weights.col(i) = samples.volumes[i] / volume * e.normalized();
    }
    return functional;
}

} // namespace corticoil::planning
