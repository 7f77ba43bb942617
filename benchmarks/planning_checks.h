#pragma once

#include "planning/planner.h"

#include <nlohmann/json.hpp>

#include <vector>

namespace corticoil::benchmarks {

/// What is checked: a coil over a region of a head.
struct CheckedSearch {
    const planning::Planner& planner;
    const planning::PlannedCoil& coil;
    const planning::PlannedRegion& region;
    const planning::PlannedSearch& search;
    const planning::PlannedSearchOptions& options;
};

/// The mean E of the region at poses by reciprocity without a table, and by forward solves; both solved to
/// `tolerance`. The largest difference, over the norm at its pose and over the largest norm.
[[nodiscard]] nlohmann::json check_reciprocity(const CheckedSearch& checked,
                                               const std::vector<RigidTransform>& poses, double tolerance);

/// The mean of |E| at the best of the short list over that at the best of a grid of forward-solved poses over
/// the whole searched area: `spacing` [m] between places, `n_angles` in-plane angles at each, the coil as
/// near as its casing allows.
[[nodiscard]] nlohmann::json check_grid(const CheckedSearch& checked, double spacing, int n_angles);

/// The mean of |E| over the in-plane angle at the place of the short list's best: the best angle, the worst,
/// the one that drives E at 45° to the midline, and the angles of the first and last to the axis across the
/// region's sulci.
[[nodiscard]] nlohmann::json check_angles(const CheckedSearch& checked, const planning::Roi& roi,
                                          int n_angles);

} // namespace corticoil::benchmarks
