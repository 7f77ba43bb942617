#include "benchmarks/planning_checks.h"

#include "core/constants.h"
#include "core/error.h"
#include "planning/cortical_bank.h"
#include "planning/lift_profile.h"
#include "planning/roi_parts.h"
#include "planning/shortlist.h"

#include <algorithm>
#include <cmath>
#include <span>

namespace corticoil::benchmarks {

namespace {

/// Mean E and mean of |E| of a region [V/m at 1 A/µs].
struct Means {
    Vector3 vector = Vector3::Zero();
    double magnitude = 0;
};

std::vector<Means> forward(const CheckedSearch& checked, const std::vector<RigidTransform>& poses,
                           double tolerance) {
    constexpr std::size_t block = 16;
    std::vector<Means> means;
    for (std::size_t first = 0; first < poses.size(); first += block) {
        const auto some = std::span(poses).subspan(first, std::min(block, poses.size() - first));
        for (const planning::Simulation& simulation : checked.planner.simulator().simulate_block(
                 checked.coil.coil, some, {.didt = ampere_per_microsecond, .tolerance = tolerance})) {
            if (!simulation.report.converged) throw ComputationError("a forward solve did not converge");
            means.push_back({planning::mean_field(checked.region.samples, simulation.field),
                             planning::mean_magnitude(checked.region.samples, simulation.field)});
        }
    }
    return means;
}

/// The poses of a place at evenly spaced angles, where the coil fits.
std::vector<RigidTransform> around(const CheckedSearch& checked, const planning::ScalpPlace& place,
                                   int n_angles) {
    const RigidTransform plane = planning::search_plane(place);
    const int n_rotations = checked.coil.casing.n_rotations();
    std::vector<float> lifts(static_cast<std::size_t>(n_rotations));
    planning::lifts(checked.planner.grid(), checked.coil.casing, plane, checked.options.search.gap, lifts);
    std::vector<RigidTransform> poses;
    for (int a = 0; a < n_angles; ++a) {
        const int rotation = a * n_rotations / n_angles;
        const double lift = lifts[static_cast<std::size_t>(rotation)];
        if (lift < planning::most_lift)
            poses.push_back(planning::pose_at(plane, rotation, n_rotations, lift));
    }
    return poses;
}

planning::ShortlistedPose best_of(const CheckedSearch& checked) {
    return planning::shortlist(checked.planner, checked.coil, checked.search, checked.region, checked.options)
        .front();
}

std::size_t argmax(const std::vector<Means>& means) {
    const auto best = std::max_element(
        means.begin(), means.end(), [](const Means& a, const Means& b) { return a.magnitude < b.magnitude; });
    return static_cast<std::size_t>(best - means.begin());
}

/// Between two axes, without regard to their senses [degrees].
double angle_between_axes(const Vector3& a, const Vector3& b) {
    return std::acos(std::min(1.0, std::abs(a.normalized().dot(b.normalized())))) * degrees_per_radian;
}

} // namespace

nlohmann::json check_reciprocity(const CheckedSearch& checked, const std::vector<RigidTransform>& poses,
                                 double tolerance) {
    const auto functionals = planning::mean_field_functionals(checked.region.samples);
    const planning::AdjointField field(checked.planner.simulator(), checked.planner.tree(), functionals,
                                       {.tolerance = tolerance});
    const std::vector<Means> expected = forward(checked, poses, tolerance);
    double of_own = 0;
    double difference = 0;
    double largest = 0;
    for (std::size_t i = 0; i < poses.size(); ++i) {
        const Vector3 found = field.values(checked.coil.coil, poses[i], ampere_per_microsecond);
        const double misses = (found - expected[i].vector).norm();
        largest = std::max(largest, expected[i].vector.norm());
        difference = std::max(difference, misses);
        of_own = std::max(of_own, misses / expected[i].vector.norm());
    }
    return {{"placements", poses.size()},
            {"tolerance", tolerance},
            {"relative_difference", of_own},
            {"difference_over_largest", difference / largest}};
}

nlohmann::json check_grid(const CheckedSearch& checked, double spacing, int n_angles) {
    planning::PlaceOptions area = checked.options.area;
    area.spacing = spacing;
    std::vector<RigidTransform> poses;
    std::size_t n_places = 0;
    for (const planning::ScalpPlace& place : checked.planner.places().around(checked.options.centre, area)) {
        const std::vector<RigidTransform> of_place = around(checked, place, n_angles);
        poses.insert(poses.end(), of_place.begin(), of_place.end());
        ++n_places;
    }
    if (poses.empty()) throw Error("no place of the grid lets the coil clear the scalp");
    const std::vector<Means> means = forward(checked, poses, checked.options.tolerance);
    const double best_of_grid = means[argmax(means)].magnitude;
    const double optimum = best_of(checked).mean_magnitude;
    return {{"placements", poses.size()},
            {"places", n_places},
            {"spacing_mm", spacing * millimetres_per_metre},
            {"angles", n_angles},
            {"e_mean_roi_best_of_grid_v_per_m", best_of_grid},
            {"e_mean_roi_optimum_v_per_m", optimum},
            {"ratio", optimum / best_of_grid}};
}

nlohmann::json check_angles(const CheckedSearch& checked, const planning::Roi& roi, int n_angles) {
    const planning::ShortlistedPose best = best_of(checked);
    const planning::ScalpPlace& place = checked.search.places[best.ranked.place];
    const std::vector<RigidTransform> poses = around(checked, place, n_angles);
    const std::vector<Means> means = forward(checked, poses, checked.options.tolerance);
    const Vector3 outward = place.normal;
    const auto tangential = [&](const Vector3& v) -> Vector3 { return v - v.dot(outward) * outward; };
    const std::size_t first = argmax(means);
    const double least = std::min_element(means.begin(), means.end(), [](const Means& a, const Means& b) {
                             return a.magnitude < b.magnitude;
                         })->magnitude;
    // The pose whose E lies nearest to 45° to the midline, towards the front.
    const double medial = roi.centre.x() > 0 ? -1 : 1;
    const Vector3 usual = tangential(Vector3(medial, 1, 0));
    double at_usual = 0;
    double nearest = 90;
    for (const Means& mean : means) {
        const double angle = angle_between_axes(tangential(mean.vector), usual);
        if (angle >= nearest) continue;
        nearest = angle;
        at_usual = mean.magnitude;
    }
    nlohmann::json record = {
        {"placements", poses.size()},
        {"angles", n_angles},
        {"e_mean_roi_best_angle_v_per_m", means[first].magnitude},
        {"worst_angle_over_best", least / means[first].magnitude},
        {"at_45_degrees_over_best", at_usual / means[first].magnitude},
        {"best_angle_to_45_degrees", angle_between_axes(tangential(means[first].vector), usual)}};
    const auto wall = planning::sulcal_wall_axis(checked.planner.simulator().space().mesh(), roi, outward);
    if (wall) {
        record["best_angle_to_sulcal_wall_normal_degrees"] =
            angle_between_axes(tangential(means[first].vector), *wall);
        record["45_degrees_to_sulcal_wall_normal_degrees"] = angle_between_axes(usual, *wall);
    }
    return record;
}

} // namespace corticoil::benchmarks
