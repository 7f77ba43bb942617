#pragma once

#include "app/plan.h"
#include "app/plan_scenarios.h"

#include <vector>

namespace corticoil::app {

/// Figures of a plan that its JSON and its text share.

/// The angle between two lines, 0 … 90 degrees.
[[nodiscard]] double angle_between(const Vector3& a, const Vector3& b);

/// The angle between mean E, as far as it is tangential to the coil's face, and the normal of the sulcal
/// walls [degrees].
[[nodiscard]] double angle_to_wall(const PlanRun& run, const Vector3& wall_axis);

/// |mean E| in a place over that in the ROI.
[[nodiscard]] double share_of(const PlanRun& run, std::size_t place);

/// Outputs of the E-matched dose, by lesion scenario.
[[nodiscard]] std::vector<double> lesion_outputs(const PlanResult& result);

/// Mean of |E| in the ROI at the planned pose over that at the conventional one, less 1.
[[nodiscard]] double gain(const PlanResult& result);

} // namespace corticoil::app
