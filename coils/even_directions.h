#pragma once

#include "core/types.h"

namespace corticoil::coils {

/// Unit vectors spread evenly over the part of the sphere with z ≥ `lowest` (a Fibonacci lattice), from +z
/// downwards; each stands for 2π (1 − lowest)/n of solid angle. `shift` turns the lattice by so many of its
/// steps about z.
[[nodiscard]] Points even_directions(int n, double lowest = -1, double shift = 0);

} // namespace corticoil::coils
