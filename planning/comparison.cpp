#include "planning/comparison.h"

#include "core/error.h"
#include "planning/target.h"

#include <Eigen/LU>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace corticoil::planning {

namespace {

Eigen::Vector4d barycentric_in(const TetMesh& mesh, int t, const Vector3& point) {
    const Vector3 origin = mesh.nodes.col(mesh.tetrahedra(0, t));
    Eigen::Matrix3d edges;
    for (int i = 0; i < 3; ++i) edges.col(i) = mesh.nodes.col(mesh.tetrahedra(i + 1, t)) - origin;
    const Vector3 last_three = edges.partialPivLu().solve(point - origin);
    return {1 - last_three.sum(), last_three[0], last_three[1], last_three[2]};
}

/// The samples whose points are wanted.
template <typename Predicate>
RoiSamples kept(const RoiSamples& samples, Predicate is_wanted) {
    std::vector<Eigen::Index> indices;
    RoiSamples result;
    for (Eigen::Index i = 0; i < samples.volumes.size(); ++i) {
        if (!is_wanted(Vector3(samples.points.col(i)))) continue;
        indices.push_back(i);
        result.tetrahedra.push_back(samples.tetrahedra[static_cast<std::size_t>(i)]);
    }
    result.points = samples.points(Eigen::all, indices);
    result.barycentric = samples.barycentric(Eigen::all, indices);
    result.volumes = samples.volumes(indices);
    return result;
}

} // namespace

DepthProfile depth_profile(const TetMesh& mesh, const PointLocator& locator,
                           const solver::ElementField& field, const Line& line, const DepthSteps& steps) {
    CORTICOIL_ASSERT(steps.step > 0);
    DepthProfile profile;
    const int n_steps = static_cast<int>(std::round(steps.deepest / steps.step));
    for (int i = 1; i <= n_steps; ++i) {
        const double depth = i * steps.step;
        const Vector3 point = line.start + depth * line.direction;
        const std::optional<int> t = locator.find(point);
        profile.depths.push_back(depth);
        profile.labels.push_back(t ? mesh.labels[static_cast<std::size_t>(*t)] : tissue::air);
        profile.magnitudes.push_back(t ? std::optional(field.at(*t, barycentric_in(mesh, *t, point)).norm())
                                       : std::nullopt);
    }
    return profile;
}

std::vector<Region> non_target_regions(const TetMesh& mesh, const MniMapping& mni, const std::string& target,
                                       const Roi& roi) {
    const RoiSamples grey = roi_samples(mesh, std::nullopt);
    std::vector<Region> regions;
    for (const Target& place : reported_targets()) {
        if (place.name == target) continue;
        Region region{place.name, mni.to_head(place.near_mni), place.roi_radius, {}, false};
        const Roi ball = ball_roi(place.name, region.centre, region.radius);
        const RoiSamples samples = kept(grey, [&](const Vector3& point) { return ball.contains(point); });
        region.samples = kept(samples, [&](const Vector3& point) { return !roi.contains(point); });
        region.overlaps_roi = region.samples.volumes.size() < samples.volumes.size();
        if (region.samples.volumes.size() > 0) regions.push_back(std::move(region));
    }
    return regions;
}

std::optional<double> tissue_percentile(const TetMesh& mesh, const solver::ElementField& field, int label,
                                        double percent) {
    if (std::find(mesh.labels.begin(), mesh.labels.end(), label) == mesh.labels.end()) return std::nullopt;
    const RoiSamples samples = roi_samples(mesh, std::nullopt, label);
    Eigen::VectorXd magnitudes(samples.volumes.size());
    for (Eigen::Index i = 0; i < magnitudes.size(); ++i) {
        magnitudes[i] =
            field.at(samples.tetrahedra[static_cast<std::size_t>(i)], samples.barycentric.col(i)).norm();
    }
    return weighted_percentile(magnitudes, samples.volumes, percent);
}

std::optional<bool> Dose::exceeds_output() const {
    constexpr double full = 100;
    return percent_mso ? std::optional(*percent_mso > full) : std::nullopt;
}

Dose dose_at(const coils::Coil& coil, double didt) {
    constexpr double per_cent = 100;
    Dose dose{didt, {}};
    if (coil.didt_at_full_output) dose.percent_mso = per_cent * std::abs(didt) / *coil.didt_at_full_output;
    return dose;
}

double rate_for_mean(double wanted, double mean, double didt) {
    if (!(mean > 0)) throw Error(fmt::format("the mean of |E| in the ROI is {} V/m: nothing to scale", mean));
    return didt * wanted / mean;
}

} // namespace corticoil::planning
