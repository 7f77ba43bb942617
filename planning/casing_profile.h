#pragma once

#include "coils/coil.h"

#include <cstdint>
#include <vector>

namespace corticoil::planning {

/// The points of a coil's head-side surface that decide how near it can come to a head, and how they are
/// arranged for lifts().
///
/// The surface is sampled at 0.5 mm (a coil without a casing by its contact_points()). Of these samples
/// enough are kept that any ball of `least_radius` or more that comes along z meets a kept one within
/// `tolerance` of where it meets the surface; so does every body in which such a ball can roll along the
/// inside of its surface, for the ball that touches where the body does lies within the body.
class CasingProfile {
  public:
    /// A head's scalp, offset by the gap of some millimetres, is that round nearly everywhere [m].
    static constexpr double least_radius = 0.015;
    static constexpr double tolerance = 0.0002; ///< Along the normal where they touch [m].

    /// Takes 0.1 to 0.3 s. \throws Error for a coil that reaches further than 1 m from its
    /// origin: its file is in the wrong unit.
    explicit CasingProfile(const coils::Coil& coil, int n_rotations = 360);

    /// Points in the coil frame [m]: those that decide most often first.
    struct Coordinates {
        std::vector<float> x, y, z;
    };
    [[nodiscard]] const Coordinates& points() const { return points_; }
    [[nodiscard]] int n_points() const { return static_cast<int>(points_.x.size()); }
    [[nodiscard]] int n_rotations() const { return n_rotations_; }

    /// Around the z axis: where heights of the scalp are sampled, and which of them a point meets when it is
    /// turned. Heights on rings are resampled to `n_angles` even angles, mixed from ring to circle, and
    /// raised by a point's z; all in units of `unit` in 16 bits.
    struct Plan {
        static constexpr float unit = 1.0F / 64000; ///< [m]; 16 bits reach 0.512 m.
        static constexpr int n_phases = 4; ///< Points take the nearest of angles this many times as fine.

        struct Ring {
            int first_sample = 0;
            int n_samples = 0;
        };
        struct Point {
            int phase = 0;
            int shift = 0; ///< Whole angles.
            std::int16_t z = 0;
        };
        struct Circle {
            int inner_ring = 0;
            int part = 0;              ///< Of the next ring, in 256ths.
            std::vector<Point> points; ///< By phase.
        };

        int n_angles = 0;
        int angles_per_rotation = 1;
        Coordinates samples;                ///< In the plane, z = 0 [m].
        std::vector<float> lowest, highest; ///< Per sample: z of the points that may meet it [m].
        std::vector<Ring> rings;
        std::vector<int> before, after; ///< Per ring and angle: samples, counted within the ring.
        std::vector<float> part;
        std::vector<Circle> circles;
    };
    [[nodiscard]] const Plan& plan() const { return plan_; }

  private:
    int n_rotations_ = 0;
    Coordinates points_;
    Plan plan_;
};

} // namespace corticoil::planning
