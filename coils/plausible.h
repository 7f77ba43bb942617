#pragma once

namespace corticoil::coils {

/// Beyond these a file's numbers are in other units, or damaged; and what is computed from them would need
/// memory and time without bound.
inline constexpr double largest_position = 10;     ///< [m]
inline constexpr double largest_moment = 1e6;      ///< [A·m² per ampere]
inline constexpr double longest_line_element = 1;  ///< [m]
inline constexpr double largest_deformation = 1e4; ///< [mm or degrees]
inline constexpr int most_grids = 32;              ///< Sampled potentials in a coil: one for each stimulator.

} // namespace corticoil::coils
