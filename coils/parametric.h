#pragma once

#include "coils/coil.h"
#include "core/constants.h"

namespace corticoil::coils {

/// A wing of concentric circular turns, each in a plane across the wing's axis.
struct WindingOptions {
    double inner_radius = 0; ///< Inner edge of the winding [m].
    double outer_radius = 0; ///< Outer edge of the winding [m].
    int n_turns = 0;
    double conductor_height = 0;  ///< Along z, or across the cone [m].
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

/// How the wings of a coil with two wings stand to each other.
struct WingPlacement {
    double wing_centre = 0; ///< See the functions below [m].
    double angle_between_wings =
        pi; ///< On the head's side [rad]: π is flat, smaller angles embrace the head.
};

/// A bent figure-of-eight: flat wings that meet along the y axis at an angle. Each wing's axis crosses its
/// face `wing_centre` [m] from the y axis. Polarity as figure_of_eight_coil(). \throws Error as round_coil(),
/// and for an angle not within π/2 … π.
[[nodiscard]] Coil bent_figure_of_eight_coil(const std::string& name, const WindingOptions& winding,
                                             const WingPlacement& placement);

/// A double cone: the turns of a wing lie on a cone around the wing's axis that opens towards the head, with
/// its sides inclined to the wing's plane by as much as that plane is to z = 0. So the windings lie flat on
/// the head in the middle, rise around it at its sides, and leave holes. `wing_centre` [m] is the x of the
/// centre of the middle turn; the head-side face is at z = 0 in the middle. Polarity as
/// figure_of_eight_coil(). \throws Error as bent_figure_of_eight_coil().
[[nodiscard]] Coil double_cone_coil(const std::string& name, const WindingOptions& winding,
                                    const WingPlacement& placement);

/// An array of parallel strands that run along the head and return away from it.
struct StrandOptions {
    int n_strands = 0;
    double strand_spacing = 0;    ///< Between neighbours along x [m].
    double half_length = 0;       ///< Of a strand along y [m].
    double head_radius = 0;       ///< Of the sphere that the head-side face follows [m].
    double face_to_conductor = 0; ///< [m], along z.
    double return_height = 0;     ///< From the face's centre back to the return strands, along −z [m].
    int n_segments = 16;          ///< Straight segments of a strand along the head.
};

/// An H-type coil, a model of a principle and not of any coil that is sold: every strand runs along the head
/// in a plane x = constant, rises away from the head at both ends and returns straight, so that each is a
/// closed plane loop and the strands along the head carry the same current in parallel directions. For
/// dI/dt > 0 the induced E under the centre points along +y. \throws Error for counts and lengths that are
/// not positive, and for an array that does not fit on the sphere.
[[nodiscard]] Coil h_type_coil(const std::string& name, const StrandOptions& strands);

} // namespace corticoil::coils
