#pragma once

#include "viz/coil_picture.h"
#include "viz/layers.h"

#include <array>
#include <vector>

namespace corticoil::viz {

inline constexpr Colour wire_colour{0.72F, 0.40F, 0.20F};
inline constexpr Colour current_colour{0.10F, 0.30F, 0.72F};
inline constexpr Colour coil_field_colour{0.84F, 0.05F, 0.30F};
inline constexpr Colour axis_colour{0.20F, 0.20F, 0.22F};
inline constexpr Colour glass_colour{0.42F, 0.46F, 0.52F};

/// \throws Error for a scene that cannot be drawn.
void check(const CoilScene& scene);

/// All points that a picture must hold, 3×N: the coil, its axes and the arrow along E.
[[nodiscard]] Points coil_extent(const CoilScene& scene);

/// The tips of the axes x, y, z [m].
[[nodiscard]] std::array<Vector3, 3> axis_tips(const CoilScene& scene);

/// Where the arrow along E ends [m]; it starts 20 mm under the coil's centre, where E is read.
[[nodiscard]] std::optional<Vector3> induced_tip(const CoilScene& scene);

/// Wires with arrows along the current, dipoles, axes and the arrow along E.
[[nodiscard]] std::vector<Body> coil_bodies(const CoilScene& scene);

} // namespace corticoil::viz
