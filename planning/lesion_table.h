#pragma once

#include "core/rigid_transform.h"
#include "planning/lesion_regions.h"
#include "planning/metrics.h"
#include "planning/roi.h"
#include "solver/element_field.h"

#include <optional>
#include <string>
#include <vector>

namespace corticoil::planning {

/// Where a lesion lies; lengths in m. Nothing of it depends on a field.
struct LesionPlace {
    double distance_to_grey_matter =
        0;                        ///< From its surface to the nearest grey matter, deep nuclei included.
    double distance_to_skull = 0; ///< To the surface of brain and CSF together.
    std::optional<double> distance_to_roi; ///< To the ROI: its ball's surface or its mask's nearest voxel.
    double distance_from_coil_axis = 0;    ///< Least, of its surface's nodes.
    /// In contact with grey matter (1.5 mm: a voxel and a half) within 25 mm of the skull: cortex that a coil
    /// reaches, and neither the deep nuclei nor the walls of the ventricles, which lie further in.
    bool is_juxtacortical = false;
};

/// |E| in and around a lesion [V/m], volume-weighted.
struct LesionField {
    double mean_inside = 0;
    double mean_rim = 0;
    double p99_rim = 0;
    double largest_rim = 0; ///< Of quadrature points: a single one, so it depends on the mesh.
};

/// The lesions of a head, ready for tables of many fields on the same mesh.
class LesionAtlas {
  public:
    /// The rim is white and grey matter outside all lesions within this distance of a lesion's surface [m].
    static constexpr double rim_width = 2e-3;

    /// Cost: seconds for a hundred lesions on a standard head.
    LesionAtlas(const TetMesh& mesh, std::vector<LesionRegion> regions);

    [[nodiscard]] const std::vector<LesionRegion>& regions() const { return regions_; }
    /// Quadrature points of white and grey matter at the rim of a region; may be none.
    [[nodiscard]] const RoiSamples& rim(std::size_t region) const { return rim_[region]; }
    /// One per region.
    [[nodiscard]] std::vector<LesionPlace> places(const std::optional<Roi>& roi,
                                                  const RigidTransform& head_from_coil) const;
    /// One per region; zeros at the rim of a lesion without brain tissue around it.
    [[nodiscard]] std::vector<LesionField> fields(const solver::ElementField& field) const;

    /// Per region, the volume-weighted 99th percentile of |E|/|E_reference| over the points of its rim; 1
    /// where there are none.
    [[nodiscard]] std::vector<double> rim_factors(const solver::ElementField& field,
                                                  const solver::ElementField& reference) const;

  private:
    std::vector<LesionRegion> regions_;
    std::vector<RoiSamples> inside_;
    std::vector<RoiSamples> rim_;
    std::vector<double> to_grey_matter_;
    std::vector<double> to_skull_;
};

/// What the conductivity of lesions may be. Nobody has measured MS lesions at low frequency: these are
/// assumptions that span what is plausible, each for all lesions of the head, black holes included.
struct LesionScenario {
    std::string name;    ///< "A" to "D"
    std::string what;    ///< In words.
    double conductivity; ///< [S/m]
};

/// A as white matter (0.126), B as grey matter (0.275), C as a black hole (0.5), D as fluid (1.654 S/m).
[[nodiscard]] std::vector<LesionScenario> lesion_scenarios();

} // namespace corticoil::planning
