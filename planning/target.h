#pragma once

#include "coils/coil_type.h"
#include "core/types.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace corticoil::planning {

/// How a coil is turned over a target.
struct TargetDirection {
    /// Unit direction of the induced E in MNI axes, to be projected onto the scalp's tangent plane.
    Vector3 induced_direction_mni = Vector3::UnitY();
    std::string rule;
};

/// A place in the brain that trials aim at, with how they do it.
struct Target {
    std::string name;
    std::string description;
    std::string symptoms;
    Vector3 mni = Vector3::Zero(); ///< [m], MNI space.
    std::string coordinate_source;
    bool is_verified = false; ///< False: the coordinate was not checked at its source.

    TargetDirection direction; ///< Of a flat figure-of-eight, and of coils that no convention names.
    std::map<coils::CoilType, TargetDirection> direction_by_coil_type; ///< Where the literature differs.
    double roi_radius = 0.010; ///< The ROI is the grey matter within this distance of the coordinate [m].
    std::string usual_coil;
    std::string usual_intensity;
    std::vector<std::string> trials;

    /// The conventional direction for coils of a type.
    [[nodiscard]] const TargetDirection& direction_for(coils::CoilType type) const;
};

/// The target library, in its order.
[[nodiscard]] std::vector<Target> target_library();

/// A target of the library by name, case-insensitive. \throws Error naming the known ones.
[[nodiscard]] Target find_target(std::string_view name);

} // namespace corticoil::planning
