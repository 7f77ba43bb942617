#pragma once

#include "imaging/voxel_distance.h"

namespace corticoil::imaging {

// Parts hang together through faces (6-connected), see core/voxel_parts.h.

/// The part with the most voxels (the first of equals); empty for an empty mask.
[[nodiscard]] Mask largest_part(const Mask& mask);

/// The parts of at least `volume` [m³].
[[nodiscard]] Mask parts_of_at_least(const Mask& mask, double volume);

/// The parts of `mask` that hold a voxel of `seeds`.
[[nodiscard]] Mask parts_with(const Mask& mask, const Mask& seeds);

/// The mask and what it encloses in 3-D: outside voxels that no path through faces joins to the image's
/// border.
[[nodiscard]] Mask fill_enclosed(const Mask& mask);

/// The mask and what it encloses within each plane across `axis` (2-D, so also what is open only along the
/// axis).
[[nodiscard]] Mask fill_enclosed_in_planes(const Mask& mask, int axis);

/// Sets every voxel that is `open` to the value of a nearest voxel (by steps through faces) that is not open
/// and not 0.
void fill_from_neighbours(LabelImage& labels, const Mask& is_open);

} // namespace corticoil::imaging
