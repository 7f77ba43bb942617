#pragma once

#include "coils/coil.h"
#include "planning/adjoint_field.h"
#include "planning/adjoint_table.h"
#include "planning/casing_profile.h"
#include "planning/distance_grid.h"
#include "planning/scalp_places.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace corticoil::planning {

/// How far a coil ends from where it was planned: standard deviations of normal distributions.
struct PlacementError {
    std::string name;     ///< `navigated`, `cap`, `hotspot` or `given`.
    double position = 0;  ///< Along each of two axes in the scalp's tangent plane [m].
    double angle = 0;     ///< About each of the coil's three axes [rad].
    double stand_off = 0; ///< Of the gap that hair and cloth leave [m]; the gap never falls below 0.
    std::string source;   ///< Where the figures come from.
};

/// `navigated`: 3 mm, 3°; `cap`: 8.5 mm, 8°; `hotspot`: 6.5 mm, 8°; stand-off 1 mm each. Mean distances that
/// were measured (Caulfield 2022, 10.1016/j.brs.2022.08.013: an elastic cap against neuronavigation;
/// Sollmann 2013: hotspots found again), over 1.25 for a standard deviation per axis.
[[nodiscard]] std::vector<PlacementError> placement_presets();

/// A preset by name. \throws Error naming the known ones.
[[nodiscard]] PlacementError find_placement_preset(std::string_view name);

/// How E in a ROI is spread.
struct Spread {
    double planned = 0; ///< At the planned pose [V/m at 1 A/µs], as all below.
    double mean = 0;
    double sd = 0;
    double p5 = 0; ///< 5th percentile: what 95 of 100 sessions exceed.
    double median = 0;
    double p95 = 0;
    double share_below_80 = 0;  ///< Of the draws, with less than 80 % of the planned value.
    std::vector<double> values; ///< All, in the order of the draws.
};

/// Statistics of values around a planned one. \throws std::logic_error for no values.
[[nodiscard]] Spread spread_of(std::vector<double> values, double planned);

/// How to draw placements.
struct RobustnessOptions {
    int n_draws = 10000;
    std::uint64_t seed = 1;
    double gap = 0.004; ///< Planned between casing and scalp [m].
};

/// |mean E| in a ROI when the coil is placed with errors around a plan. Every draw slides the coil along the
/// scalp and turns its axis with the scalp's normal, as a coil that is pressed on follows the head; turns it
/// about its own three axes; and moves it along its axis to where its casing touches the gap: it neither
/// enters the head nor floats. The first three functionals are the ROI's; draws beyond the table are taken
/// from the adjoint field itself. Draws whose coil does not fit are drawn as not delivered: E = 0. The same
/// seed gives the same draws. About 10⁴ draws in a second. \throws Error for standard deviations that are
/// negative or not finite.
class PlacementRobustness {
  public:
    /// Keeps references to all.
    PlacementRobustness(const ScalpPlaces& scalp, const DistanceGrid& grid, const CasingProfile& casing,
                        const TableDipoles& dipoles, const AdjointField& field, const AdjointTable& table);

    [[nodiscard]] Spread spread(const RigidTransform& head_from_coil, const PlacementError& error,
                                const RobustnessOptions& options = {}) const;

  private:
    /// Standard normal numbers: two of position, three of angle, one of the stand-off.
    using Draw = std::array<double, 6>;
    [[nodiscard]] static std::vector<Draw> draws(int n, std::uint64_t seed);
    [[nodiscard]] std::optional<RigidTransform> placed(const ScalpPlace& planned,
                                                       const RigidTransform& head_from_coil,
                                                       const PlacementError& error, const Draw& draw,
                                                       double gap) const;
    /// |mean E| at poses; 0 where there is none.
    [[nodiscard]] std::vector<double>
    values_at(const std::vector<std::optional<RigidTransform>>& poses) const;
    [[nodiscard]] std::optional<double> from_table(const RigidTransform& head_from_coil) const;

    const ScalpPlaces& scalp_;
    const DistanceGrid& grid_;
    const CasingProfile& casing_;
    const TableDipoles& dipoles_;
    const AdjointField& field_;
    const AdjointTable& table_;
};

} // namespace corticoil::planning
