#pragma once

#include "coils/coil.h"

namespace corticoil::coils {

/// A flat wing of concentric circular turns.
struct WindingOptions {
    double inner_radius = 0; ///< Inner edge of the winding [m].
    double outer_radius = 0; ///< Outer edge of the winding [m].
    int n_turns = 0;
    double conductor_height = 0;  ///< Along z [m].
    double face_to_conductor = 0; ///< From the casing's head-side face (z = 0) to the conductor [m].
    int n_segments = 36;          ///< Straight segments per turn; the polygon has the circle's area.
};

/// A round coil: one winding around the z axis. For dI/dt > 0 the current runs counter-clockwise seen from
/// +z. \throws Error for a radius, count or height that is not positive, or inner ≥ outer radius.
[[nodiscard]] Coil round_coil(const std::string& name, const WindingOptions& winding);

/// A flat figure-of-eight coil: two windings with centres at x = ± `wing_centre` [m], currents opposed so
/// that for dI/dt > 0 the induced E under the centre points along +y. \throws Error as round_coil().
[[nodiscard]] Coil figure_of_eight_coil(const std::string& name, const WindingOptions& winding,
                                        double wing_centre);

} // namespace corticoil::coils
