#pragma once

#include "planning/metrics.h"
#include "solver/adjoint.h"

#include <array>
#include <vector>

namespace corticoil::planning {

/// The volume means of E over samples along x, y and z of the head frame, as functionals of E.
[[nodiscard]] std::array<solver::FieldFunctional, 3> mean_field_functionals(const RoiSamples& samples);

/// The same of several sets of samples, three functionals each, in their order.
[[nodiscard]] std::vector<solver::FieldFunctional>
mean_field_functionals(const std::vector<RoiSamples>& parts);

/// Splits samples into `n_parts` compact parts of like volume, by halving along the longest axis at the share
/// of the volume that each side's parts are of the whole (a k-d tree): |E| averaged over a ROI is, to the
/// parts' size, the volume-weighted mean of the norms of the parts' mean E. Deterministic. Fewer parts where
/// there are fewer samples. \throws std::logic_error for less than one part.
[[nodiscard]] std::vector<RoiSamples> roi_parts(const RoiSamples& samples, int n_parts);

} // namespace corticoil::planning
