#pragma once

#include "coils/coil.h"
#include "core/mni_mapping.h"
#include "core/tet_mesh.h"
#include "planning/metrics.h"
#include "planning/roi.h"
#include "solver/element_field.h"

#include <optional>
#include <string>
#include <vector>

namespace corticoil::planning {

/// A line into the head, the same for every coil that is compared.
struct Line {
    Vector3 start = Vector3::Zero();       ///< [m]
    Vector3 direction = -Vector3::UnitZ(); ///< Unit vector.
};

/// Where along a line to look.
struct DepthSteps {
    double step = 0.005;    ///< [m]
    double deepest = 0.060; ///< [m]
};

/// |E| along a line, at points rather than means: it jumps where tissues meet.
struct DepthProfile {
    std::vector<double> depths;                    ///< From the line's start [m]; the first is one step.
    std::vector<std::optional<double>> magnitudes; ///< |E| [V/m]; none outside the mesh.
    std::vector<int> labels;                       ///< Tissue there; air outside the mesh.
};

/// |E| of a field along a line.
[[nodiscard]] DepthProfile depth_profile(const TetMesh& mesh, const PointLocator& locator,
                                         const solver::ElementField& field, const Line& line,
                                         const DepthSteps& steps = {});

/// A place that is not aimed at and sees the field all the same.
struct Region {
    std::string name;
    Vector3 centre = Vector3::Zero(); ///< [m]
    double radius = 0;                ///< [m]
    RoiSamples samples;               ///< Its grey matter outside the ROI; never empty.
    bool overlaps_roi = false;        ///< Whether the ROI took some of its grey matter away.
};

/// The places of the target library but `target`, as far as they hold grey matter outside the ROI.
[[nodiscard]] std::vector<Region> non_target_regions(const TetMesh& mesh, const MniMapping& mni,
                                                     const std::string& target, const Roi& roi);

/// A volume-weighted percentile of |E| over all of a tissue [V/m]; nothing where the mesh holds none.
[[nodiscard]] std::optional<double> tissue_percentile(const TetMesh& mesh, const solver::ElementField& field,
                                                      int label, double percent);

/// What it takes to drive a coil at a rate.
struct Dose {
    double didt = 0;                   ///< [A/s]
    std::optional<double> percent_mso; ///< % of the stimulator's output; none where that is not known.

    /// Whether the stimulator cannot do it, if that is known.
    [[nodiscard]] std::optional<bool> exceeds_output() const;
};
[[nodiscard]] Dose dose_at(const coils::Coil& coil, double didt);

/// The rate [A/s] at which a field of mean `mean` [V/m] at `didt` [A/s] has the mean `wanted` [V/m]: fields
/// are linear in the rate. \throws Error if the mean is not positive.
[[nodiscard]] double rate_for_mean(double wanted, double mean, double didt);

} // namespace corticoil::planning
