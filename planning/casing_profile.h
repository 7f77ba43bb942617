#pragma once

#include "coils/coil.h"

#include <vector>

namespace corticoil::planning {

/// The points of a coil's head-side surface that decide how near it can come to a head, in cylindrical
/// coordinates around the coil's z axis.
///
/// The surface is sampled at 0.5 mm (a coil without a casing by its contact_points()). Of these samples
/// enough are kept that any ball of `least_radius` or more that comes along z meets a kept one within
/// `tolerance` of where it meets the surface; so does every body in which such a ball can roll along the
/// inside of its surface, for the ball that touches where the body does lies within the body.
class CasingProfile {
  public:
    /// A head's scalp, offset by the gap of some millimetres, is that round nearly everywhere [m].
    static constexpr double least_radius = 0.015;
    static constexpr double tolerance = 0.00015; ///< [m]

    /// Takes about 0.2 s for a large coil.
    explicit CasingProfile(const coils::Coil& coil, int n_rotations = 360);

    /// A kept point in the coil frame.
    struct Point {
        float radius = 0; ///< From the z axis [m].
        float angle = 0;  ///< From x towards y [rad], in [0, 2π).
        float z = 0;      ///< [m]; positive into the head.
    };

    /// Sorted by radius.
    [[nodiscard]] const std::vector<Point>& points() const { return points_; }
    [[nodiscard]] int n_rotations() const { return n_rotations_; }

  private:
    std::vector<Point> points_;
    int n_rotations_ = 0;
};

} // namespace corticoil::planning
