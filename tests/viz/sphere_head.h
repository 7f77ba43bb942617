#pragma once

#include "viz/field_picture.h"

namespace corticoil::viz::test {

/// A sphere around the origin, triangulated along latitudes and longitudes, oriented outwards. `radius` [m].
[[nodiscard]] SurfaceMesh sphere(double radius, int n_latitudes);

/// A cortex of 70 mm in a scalp of 90 mm with a round winding over the `direction` of the head. |E| falls
/// from 1.5 V/m on the cortex under the coil with the distance; the region of interest is there.
[[nodiscard]] FieldScene sphere_head(const Vector3& direction);

} // namespace corticoil::viz::test
