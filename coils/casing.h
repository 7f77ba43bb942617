#pragma once

#include "core/surface_mesh.h"
#include "core/types.h"

#include <functional>
#include <vector>

namespace corticoil::coils {

/// The axis that a casing is turned around: the point where the profile's height is 0, and the unit vectors
/// along the profile's distance at angle 0, along it at 90°, and along its height.
struct CasingAxis {
    Vector3 origin = Vector3::Zero();
    Vector3 radial = Vector3::UnitX();
    Vector3 around = Vector3::UnitY();
    Vector3 height = Vector3::UnitZ();
};

/// A corner of a casing's profile [m].
struct ProfilePoint {
    double distance = 0; ///< From the axis, ≥ 0.
    double height = 0;   ///< Along the axis.
};

/// A closed surface, outward, made by turning a closed profile around an axis. `profile` runs so that the
/// inside lies on its left in a plane with the distance to the right and the height up. A profile that does
/// not touch the axis makes a ring with a hole, one with corners on it (distance 0) a disc. \throws
/// std::logic_error for fewer than three corners.
[[nodiscard]] SurfaceMesh turned_casing(const CasingAxis& axis, const std::vector<ProfilePoint>& profile);

/// A box with edges along x and y whose head-side face is z = face(x, y) and whose back is flat.
struct BoxCasing {
    double half_width = 0;                          ///< Along x [m].
    double half_length = 0;                         ///< Along y [m].
    double back = 0;                                ///< z of the flat back [m].
    std::function<double(double x, double y)> face; ///< Above `back` everywhere [m].
};

/// The box as a closed surface, outward.
[[nodiscard]] SurfaceMesh box_casing(const BoxCasing& box);

/// Several surfaces as one mesh, in order; each stays closed by itself.
[[nodiscard]] SurfaceMesh joined_casing(const std::vector<SurfaceMesh>& parts);

} // namespace corticoil::coils
