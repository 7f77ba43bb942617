#pragma once

#include "app/run_folder.h"
#include "planning/clearance.h"
#include "planning/comparison.h"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <vector>

namespace corticoil::app {

/// One coil of a comparison. Figures of the field are at the comparison's reference rate.
struct ComparedCoil {
    std::string folder; ///< Of its run, under `runs/`; also its name in tables.
    RunRequest request;
    std::string direction_rule;
    double lift = 0;      ///< [m] beyond the stand-off.
    double clearance = 0; ///< Of the casing from the scalp [m].
    planning::FieldMetrics metrics;
    planning::DepthProfile profile;
    planning::DepthProfile fine_profile; ///< The same for drawing, a point per millimetre.
    std::vector<double> region_means;    ///< |E| [V/m] per region.
    std::optional<double> p99_scalp;     ///< [V/m]
    std::optional<double> p99_eyes;      ///< [V/m]

    /// Mean of |E| in the ROI over its robust maximum in grey matter.
    [[nodiscard]] double selectivity() const { return metrics.roi->mean_magnitude / metrics.p999; }
    /// The factor from the reference rate to a mean of `wanted` [V/m] in the ROI.
    [[nodiscard]] double factor_for_mean(double wanted) const;
    /// The factor to full output, where the stimulator is known.
    [[nodiscard]] std::optional<double> factor_for_full_output() const;
};

/// Coils at one target of one head.
struct Comparison {
    std::string target; ///< Name or coordinates.
    planning::Roi roi;
    planning::Line line;     ///< Of the depth profiles: from the scalp inwards.
    double target_depth = 0; ///< [m] below the scalp.
    std::vector<planning::Region> regions;
    std::vector<ComparedCoil> coils;
    double didt = 0;     ///< The reference rate [A/s].
    double roi_mean = 0; ///< The mean that coils are matched by [V/m].
};

/// A positive number with three significant digits, without exponent: 0.620, 62.0, 6200.
[[nodiscard]] std::string three_digits(double value);

/// What each figure means, by its key.
[[nodiscard]] nlohmann::json comparison_definitions();

/// compare.json without what the verb adds (version, configuration, warnings).
[[nodiscard]] nlohmann::json comparison_as_json(const Comparison& comparison);

/// The table for people, a column per coil.
[[nodiscard]] std::string comparison_as_text(const Comparison& comparison);

/// compare.csv: a row per coil and way of matching.
[[nodiscard]] std::string comparison_as_csv(const Comparison& comparison);

} // namespace corticoil::app
