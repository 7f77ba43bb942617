#pragma once

#include "coils/coil.h"

namespace corticoil::coils {

/// The sphere head of Deng et al. 2013 (Brain Stimul 6:1, Methods): scalp and cortex [m]. The coil touches
/// the scalp at its top.
struct SphereHead {
    double scalp_radius = 0.085;
    double cortex_radius = 0.070;
    /// Sampling: V½ is summed over rays spread evenly, these about 4 mm apart at the cortex, along which |E|
    /// is computed in steps [m]. Tests show what finer ones change: less than 0.2 %.
    int n_directions = 4000;
    double radial_step = 0.002;
};

/// |E| along a line from the cortex to the sphere's centre, at 1 A/µs.
struct DepthProfile {
    Eigen::VectorXd depth;      ///< Below the cortex [m], from 0 to its radius.
    Eigen::VectorXd under_axis; ///< Below the point that lies on the coil's z axis [V/m].
    Eigen::VectorXd under_peak; ///< Below the point of the greatest |E| [V/m].
};

/// Depth and focality as Deng et al. 2013 define them. Fields are for dI/dt = 1 A/µs, in a sphere whose
/// conductivity depends on the radius alone.
struct DepthFocality {
    double lift = 0;       ///< Of the coil's origin above the scalp [m]: lift_above_sphere().
    Vector3 sphere_centre; ///< In the coil frame [m].
    double peak = 0;       ///< The greatest |E| in the brain, which is at the cortex [V/m].
    Vector3 peak_position; ///< In the coil frame [m].
    double d_half = 0;     ///< d½: from the cortex to the deepest point with |E| ≥ peak/2 [m].
    double v_half = 0;     ///< V½: volume within the cortex with |E| ≥ peak/2 [m³].
    double s_half = 0;     ///< S½ = V½ / d½ [m²].
    DepthProfile profile;
};

/// Computes them for a coil that touches the sphere. Errors of the numbers by sampling: below 0.5 %.
/// \throws Error where the coil cannot touch the sphere, where dipoles or wires reach into it all the same
/// (the casing does not enclose them), and for a coil without a field.
[[nodiscard]] DepthFocality depth_focality(const Coil& coil, const SphereHead& head = {});

/// |E| at 1 A/µs on the half of the cortex that faces the coil, seen from the coil in an azimuthal projection
/// of equal area: the disc's centre is on the coil's axis, its rim at 90° from there.
struct CortexMap {
    /// n×n [V/m]; row 0 is +y (away from the handle), column 0 is +x, as one sees the head from behind the
    /// coil. The outermost rows and columns lie on the rim. NaN outside the disc.
    Eigen::MatrixXd magnitude;
};
[[nodiscard]] CortexMap map_cortex(const Coil& coil, int n_per_side, const SphereHead& head = {});

} // namespace corticoil::coils
