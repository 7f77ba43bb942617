#pragma once

#include "planning/planner.h"

#include <optional>
#include <vector>

namespace corticoil::planning {

/// What makes the best pose, decided by forward solves of the short list.
enum class PlanObjective {
    mean,        ///< The mean of |E| in the ROI.
    vector,      ///< |mean E| in the ROI.
    direction,   ///< |mean E along a direction| in the ROI, or along the cortex' normal on a bank of it.
    focality,    ///< Least grey matter above half of the 99.9th percentile, where the ROI's mean is at least
                 ///< `least_share` of the best.
    selectivity, ///< Largest mean of |E| in the ROI over the 99.9th percentile in grey matter, likewise.
    worst_case,  ///< Largest 5th percentile of |mean E| under placement errors.
};

/// A pose of the short list, with values [V/m at 1 A/µs] from the search and from its own forward solve.
struct ShortlistedPose {
    RankedPose ranked;
    double by_search = 0;          ///< The objective as the search found it.
    double mean_by_parts = 0;      ///< The mean of |E| from |mean E| of the ROI's parts, by reciprocity.
    double mean_magnitude = 0;     ///< The mean of |E| in the ROI, by a forward solve (as all below).
    double mean_vector = 0;        ///< |mean E| in the ROI.
    double along = 0;              ///< |mean E · direction|, where there is one.
    double p999 = 0;               ///< In grey matter.
    double focality_volume_50 = 0; ///< [m³]
    std::optional<double> p5;      ///< Under placement errors, for worst_case.
    int rank_by_search = 0;        ///< From 1.
    int rank_by_parts = 0;
    int rank_by_mean = 0; ///< By mean_magnitude.
};

/// How to make a short list.
struct ShortlistOptions {
    std::size_t n = 50;
    double distance = 0.003; ///< Between its places on the scalp [m].
    int n_parts = 8;         ///< Of the ROI, for the mean of |E| by reciprocity.
    PlanObjective objective = PlanObjective::mean;
    double least_share =
        0.8; ///< For focality and selectivity: an objective without it runs away from the head.
    double tolerance = 1e-6;
    Progress progress = {};
};

/// Solves the best placements of a search forward, a block at a time. `roi`: the first region of the search
/// as it is measured. In order of the objective, best first, but for worst_case, which is for the caller.
/// \throws ComputationError where a solve does not converge.
[[nodiscard]] std::vector<ShortlistedPose> shortlist(const Planner& planner, const PlannedCoil& coil,
                                                     const PlannedSearch& search, const PlannedRegion& roi,
                                                     const PlannedSearchOptions& searched,
                                                     const ShortlistOptions& options = {});

/// Orders a list by an objective, best first; worst_case needs `p5`.
void sort_by(std::vector<ShortlistedPose>& list, PlanObjective objective, double least_share = 0.8);

} // namespace corticoil::planning
