#pragma once

#include "planning/adjoint_field.h"
#include "planning/metrics.h"
#include "planning/planner.h"

#include <Eigen/Core>

namespace corticoil::planning {

/// E in a ROI for a coil that is being moved, from one block of adjoint solves.
class LiveRoi {
  public:
    /// Solves for the mean E of `n_parts` parts of the ROI: three functionals each. Keeps a reference to the
    /// planner's simulator. \throws ComputationError if a solve does not converge.
    LiveRoi(const Planner& planner, const RoiSamples& samples, int n_parts = 8, double tolerance = 1e-6);

    /// E of the elements' own field (not recovered), as Simulator::simulate()'s `field` has it.
    struct Values {
        double mean_vector = 0;    ///< |mean E| [V/m].
        double mean_magnitude = 0; ///< Mean of the parts' |mean E|: of |E| to the parts' size [V/m].
    };
    /// For a coil at a pose and a rate of change of its current [A/s], by a sum over the currents in the head
    /// (values_from_currents()). Cost: milliseconds.
    [[nodiscard]] Values at(const SearchDipoles& coil, const RigidTransform& head_from_coil,
                            double didt = SimulateOptions{}.didt) const;

  private:
    Eigen::VectorXd shares_; ///< Of the ROI's volume, per part.
    AdjointField field_;
};

} // namespace corticoil::planning
