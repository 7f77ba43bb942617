#pragma once

#include "planning/adjoint_field.h"
#include "planning/adjoint_table.h"
#include "planning/metrics.h"
#include "planning/planner.h"

#include <Eigen/Core>

#include <optional>
#include <vector>

namespace corticoil::planning {

/// E in a ROI for a coil that is being moved, from one block of adjoint solves. One thread.
class LiveRoi {
  public:
    /// Solves for the mean E of `n_parts` parts of the ROI: three functionals each. Keeps references to the
    /// planner and its simulator. \throws ComputationError if a solve does not converge.
    LiveRoi(const Planner& planner, const RoiSamples& samples, int n_parts = 5, double tolerance = 1e-6);

    /// E of the elements' own field (not recovered), as Simulator::simulate()'s `field` has it.
    struct Values {
        double mean_vector = 0;    ///< |mean E| [V/m].
        double mean_magnitude = 0; ///< Mean of the parts' |mean E|: of |E| to the parts' size [V/m].
    };
    /// For a coil at a pose and a rate of change of its current [A/s], from a table of the currents' magnetic
    /// field around the coil: microseconds, but once about every `room` along the scalp, where a new table is
    /// made, which takes as long as a solve.
    [[nodiscard]] Values at(const SearchDipoles& coil, const RigidTransform& head_from_coil,
                            double didt = SimulateOptions{}.didt) const;

    static constexpr double room = 0.050; ///< That a table leaves the coil on each side [m].

  private:
    LiveRoi(const Planner& planner, const std::vector<RoiSamples>& parts, double tolerance);
    [[nodiscard]] Eigen::VectorXd per_rate(const TableDipoles& dipoles,
                                           const RigidTransform& head_from_coil) const;
    void tabulate(const TableDipoles& dipoles, const RigidTransform& head_from_coil) const;

    const Planner& planner_;
    Eigen::VectorXd shares_; ///< Of the ROI's volume, per part.
    AdjointField field_;
    mutable std::optional<AdjointTable> table_;
};

} // namespace corticoil::planning
