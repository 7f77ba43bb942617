#include "planning/shortlist.h"

#include "core/constants.h"
#include "core/error.h"
#include "planning/lift_profile.h"
#include "planning/roi_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

namespace corticoil::planning {

namespace {

/// The mean of |E| from the ROI's parts, for every pose [V/m at 1 A/µs].
void add_means_by_parts(std::vector<ShortlistedPose>& list, const Planner& planner, const PlannedCoil& coil,
                        const RoiSamples& samples, const ShortlistOptions& options) {
    const std::vector<RoiSamples> parts = roi_parts(samples, options.n_parts);
    const AdjointField field(planner.simulator(), planner.tree(), mean_field_functionals(parts),
                             {.tolerance = options.tolerance});
    std::vector<RigidTransform> poses;
    for (const ShortlistedPose& pose : list) poses.push_back(pose.ranked.head_from_coil);
    const Eigen::MatrixXd values = values_from_currents(field, coil.dipoles.dipoles, poses);
    for (std::size_t k = 0; k < list.size(); ++k) {
        double sum = 0;
        for (std::size_t p = 0; p < parts.size(); ++p) {
            const Vector3 mean =
                values.block<3, 1>(static_cast<Eigen::Index>(3 * p), static_cast<Eigen::Index>(k));
            sum += parts[p].volumes.sum() * mean.norm();
        }
        list[k].mean_by_parts = ampere_per_microsecond * sum / samples.volumes.sum();
    }
}

void add_forward(ShortlistedPose& pose, const Simulation& simulation, const Planner& planner,
                 const PlannedRegion& roi, bool measures_all) {
    if (!simulation.report.converged) {
        throw ComputationError(
            fmt::format("short list: a forward solve did not converge; relative residual {:.2g}; "
                        "give a larger --tolerance",
                        simulation.report.relative_residual));
    }
    pose.mean_magnitude = mean_magnitude(roi.samples, simulation.field);
    const Vector3 mean = mean_field(roi.samples, simulation.field);
    pose.mean_vector = mean.norm();
    if (roi.role.direction) pose.along = std::abs(mean.dot(*roi.role.direction));
    if (!measures_all) return;
    const FieldMetrics metrics =
        field_metrics(planner.simulator().space().mesh(), simulation.field, std::nullopt);
    pose.p999 = metrics.p999;
    pose.focality_volume_50 = metrics.focality_volume_50;
}

/// Ranks from 1 by a value, largest first.
void rank(std::vector<ShortlistedPose>& list, double ShortlistedPose::*value, int ShortlistedPose::*rank) {
    std::vector<std::size_t> order(list.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return list[a].*value > list[b].*value; });
    for (std::size_t i = 0; i < order.size(); ++i) list[order[i]].*rank = static_cast<int>(i) + 1;
}

} // namespace

void sort_by(std::vector<ShortlistedPose>& list, PlanObjective objective, double least_share) {
    double best_mean = 0;
    for (const ShortlistedPose& pose : list) best_mean = std::max(best_mean, pose.mean_magnitude);
    const auto score = [&](const ShortlistedPose& pose) {
        // What gives the ROI too little comes last, best mean first.
        const bool is_enough = pose.mean_magnitude >= least_share * best_mean;
        const double behind = pose.mean_magnitude - 1e6;
        switch (objective) {
        case PlanObjective::mean:
            return pose.mean_magnitude;
        case PlanObjective::vector:
            return pose.mean_vector;
        case PlanObjective::direction:
            return pose.along;
        case PlanObjective::focality:
            return is_enough ? -pose.focality_volume_50 : behind;
        case PlanObjective::selectivity:
            return is_enough ? pose.mean_magnitude / pose.p999 : behind;
        case PlanObjective::worst_case:
            return pose.p5.value_or(-std::numeric_limits<double>::infinity());
        }
        return 0.0;
    };
    std::stable_sort(list.begin(), list.end(),
                     [&](const ShortlistedPose& a, const ShortlistedPose& b) { return score(a) > score(b); });
}

std::vector<ShortlistedPose> shortlist(const Planner& planner, const PlannedCoil& coil,
                                       const PlannedSearch& search, const PlannedRegion& roi,
                                       const PlannedSearchOptions& searched,
                                       const ShortlistOptions& options) {
    std::vector<ShortlistedPose> list;
    for (RankedPose& ranked : distinct_best(search.result, search.places, searched.search,
                                            coil.casing.n_rotations(), options.distance, options.n)) {
        // Where an ear or the neck's edge catches a coil far out, the lift at all rotations can be a little
        // short.
        const RigidTransform& found = ranked.head_from_coil;
        const double more = lift_at(planner.grid(), coil.casing, found, searched.search.gap);
        if (!std::isfinite(more)) continue;
        ranked.head_from_coil = RigidTransform(
            found.rotation(), found.translation() - more * found.rotation().col(2), "lifted pose");
        ShortlistedPose pose;
        pose.by_search = ranked.value;
        pose.ranked = std::move(ranked);
        list.push_back(std::move(pose));
    }
    report(options.progress, 0.05, "the ROI's parts by reciprocity");
    add_means_by_parts(list, planner, coil, roi.samples, options);
    const bool measures_all =
        options.objective == PlanObjective::focality || options.objective == PlanObjective::selectivity;
    constexpr std::size_t block = 8; // Fields of a block lie in memory together: 100 MB each on a fine head.
    for (std::size_t first = 0; first < list.size(); first += block) {
        const double done = static_cast<double>(first) / static_cast<double>(list.size());
        report(options.progress, 0.3 + 0.7 * done, "the best placements by forward solves");
        const std::size_t last = std::min(first + block, list.size());
        std::vector<RigidTransform> poses;
        for (std::size_t i = first; i < last; ++i) poses.push_back(list[i].ranked.head_from_coil);
        const std::vector<Simulation> simulations = planner.simulator().simulate_block(
            coil.coil, poses, {.didt = ampere_per_microsecond, .tolerance = options.tolerance});
        for (std::size_t i = first; i < last; ++i)
            add_forward(list[i], simulations[i - first], planner, roi, measures_all);
    }
    rank(list, &ShortlistedPose::by_search, &ShortlistedPose::rank_by_search);
    rank(list, &ShortlistedPose::mean_by_parts, &ShortlistedPose::rank_by_parts);
    rank(list, &ShortlistedPose::mean_magnitude, &ShortlistedPose::rank_by_mean);
    if (options.objective != PlanObjective::worst_case) sort_by(list, options.objective, options.least_share);
    return list;
}

} // namespace corticoil::planning
