#pragma once

#include "planning/casing_profile.h"

namespace corticoil::planning {

/// Arranges points of a casing (coil frame [m]) for lifts() at `n_rotations` even rotations.
[[nodiscard]] CasingProfile::Plan plan_lifts(const CasingProfile::Coordinates& points, int n_rotations);

} // namespace corticoil::planning
