#pragma once

#include "core/types.h"

#include <string>
#include <string_view>
#include <vector>

namespace corticoil::planning {

/// A place in the brain that trials aim at, with how they do it.
struct Target {
    std::string name;
    std::string description;
    std::string symptoms;
    Vector3 mni = Vector3::Zero(); ///< [m], MNI space.
    std::string coordinate_source;
    bool is_verified = false; ///< False: the coordinate was not checked at its source.

    /// Unit direction of the induced E in MNI axes, to be projected onto the scalp's tangent plane.
    Vector3 induced_direction_mni = Vector3::UnitY();
    std::string direction_rule;
    double roi_radius = 0.010; ///< The ROI is the grey matter within this distance of the coordinate [m].
    std::string usual_coil;
    std::string usual_intensity;
    std::vector<std::string> trials;
};

/// The target library, in its order.
[[nodiscard]] std::vector<Target> target_library();

/// A target of the library by name, case-insensitive. \throws Error naming the known ones.
[[nodiscard]] Target find_target(std::string_view name);

} // namespace corticoil::planning
