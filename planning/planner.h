#pragma once

#include "coils/coil.h"
#include "core/progress.h"
#include "planning/adjoint_field.h"
#include "planning/adjoint_table.h"
#include "planning/casing_profile.h"
#include "planning/distance_grid.h"
#include "planning/metrics.h"
#include "planning/scalp_places.h"
#include "planning/search.h"
#include "planning/simulate.h"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace corticoil::planning {

/// What all searches over one head share: the distances to its scalp, the places on it, and where currents
/// flow in it. Keeps references to the simulator and the scalp.
class Planner {
  public:
    /// `smoothing` [m]: of the scalp's normals, as PlacementOptions. Costs seconds for a head.
    Planner(const Simulator& simulator, const Scalp& scalp, double smoothing = 0.010,
            const Progress& progress = {});

    [[nodiscard]] const Simulator& simulator() const { return simulator_; }
    [[nodiscard]] const Scalp& scalp() const { return scalp_; }
    [[nodiscard]] const DistanceGrid& grid() const { return grid_; }
    [[nodiscard]] const ScalpPlaces& places() const { return places_; }
    [[nodiscard]] const std::shared_ptr<const CurrentTree>& tree() const { return tree_; }

  private:
    const Simulator& simulator_;
    const Scalp& scalp_;
    DistanceGrid grid_;
    ScalpPlaces places_;
    std::shared_ptr<const CurrentTree> tree_;
};

/// A coil made ready for searches.
struct PlannedCoil {
    explicit PlannedCoil(const coils::Coil& of_coil, double dipole_tolerance = 1e-3);
    const coils::Coil& coil;
    CasingProfile casing;
    SearchDipoles dipoles;
};

/// A region of interest in a search.
struct PlannedRegion {
    std::string name;
    RoiSamples samples;
    SearchRegion role;
};

/// Seconds that parts of a search took.
struct SearchSeconds {
    double adjoint = 0;
    double places = 0;
    double table = 0;
    double search = 0;

    [[nodiscard]] double total() const { return adjoint + places + table + search; }
};

/// A search around one point and what it leaves for what follows.
struct PlannedSearch {
    std::vector<ScalpPlace> places;
    AdjointField field;
    AdjointTable table;
    SearchResult result;
    SearchSeconds seconds;
};

/// Where and how to search.
struct PlannedSearchOptions {
    Vector3 centre = Vector3::Zero(); ///< Of the searched area: its nearest point of the scalp [m].
    PlaceOptions area = {.radius = 0.040, .spacing = 0.001};
    SearchOptions search = {};
    double tolerance = 1e-6;      ///< Of the adjoint solves.
    double table_spacing = 0.005; ///< [m]
    Progress progress = {};
};

/// Values all placements of a coil around a point for the given regions. \throws Error where no place is
/// found, InfeasibleError where the coil fits nowhere or no placement keeps the limits, ComputationError
/// where the adjoint does not converge.
[[nodiscard]] PlannedSearch search_around(const Planner& planner, const PlannedCoil& coil,
                                          std::span<const PlannedRegion> regions,
                                          const PlannedSearchOptions& options);

/// Where the dipoles of a coil come to lie in a search, for a table to cover: found from some of the places,
/// all around, between their least and largest lift, with a border of 12 mm and more.
[[nodiscard]] TableRegion region_of_placements(const DistanceGrid& grid, const PlannedCoil& coil,
                                               std::span<const ScalpPlace> places,
                                               const SearchOptions& options);

} // namespace corticoil::planning
