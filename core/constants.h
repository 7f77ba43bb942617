#pragma once

namespace corticoil {

/// Vacuum permeability [H/m]; CODATA 2018 gives 1.25663706212e-6, 5.5e-10 relative from the pre-2019 4π·1e-7
/// used by the closed forms that we compare with.
inline constexpr double vacuum_permeability = 1.25663706212e-6;

inline constexpr double pi = 3.14159265358979323846;

/// People use degrees, memory uses radians.
inline constexpr double radians_per_degree = pi / 180;
inline constexpr double degrees_per_radian = 180 / pi;

/// Files and people use millimetres, memory uses metres.
inline constexpr double metres_per_millimetre = 1e-3;
inline constexpr double millimetres_per_metre = 1e3;

inline constexpr double cubic_millimetres_per_cubic_metre = 1e9;
inline constexpr double millilitres_per_cubic_metre = 1e6;

/// 1 A/µs in A/s: the rate of change of coil current to which printed fields are scaled unless said
/// otherwise.
inline constexpr double ampere_per_microsecond = 1e6;

} // namespace corticoil
