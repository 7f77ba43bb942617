#pragma once

#include "coils/coil_type.h"
#include "core/types.h"
#include "planning/scalp_rule.h"

#include <map>
#include <optional>
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

/// The grey matter that trials mean by a target's name, as regions of atlases in MNI space: all conditions
/// hold.
struct TargetRegion {
    std::map<std::string, std::vector<std::string>> atlases; ///< In one of these regions of each atlas.
    std::optional<double> within;                            ///< Of the target's coordinate [m].
    std::optional<double> least_z;                           ///< [m]
    std::optional<double> most_y;                            ///< [m]
    std::optional<double> least_distance_from_midline;       ///< |x| [m]
    std::optional<double> most_distance_from_midline;        ///< |x| [m]

    /// Whether a point of MNI space [m] meets every condition but the atlases'.
    [[nodiscard]] bool allows(const Vector3& point_mni, const Vector3& target_mni) const;
};

/// Another coordinate that the literature gives for a target.
struct AlternativeCoordinate {
    Vector3 mni = Vector3::Zero(); ///< [m]
    std::string source;
};

/// A place that trials aim at, with how they do it: a point of the brain, or a rule for the scalp.
struct Target {
    std::string name;
    std::string description;
    std::string symptoms;
    std::optional<Vector3> mni; ///< [m], MNI space; none where the coil goes by a rule for the scalp.
    std::optional<ScalpRule> scalp_rule; ///< Present where `mni` is not.
    /// The coordinate, or of a scalp rule where in the brain it leads to on Colin27 [m]: for meshes and
    /// tables, not to aim at.
    Vector3 near_mni = Vector3::Zero();
    std::string coordinate_source; ///< Of the coordinate or the rule.
    bool is_verified = false;      ///< False: it was not checked at its source.
    std::vector<AlternativeCoordinate> alternatives;

    TargetDirection direction; ///< Of a flat figure-of-eight, and of coils that no convention names.
    std::map<coils::CoilType, TargetDirection> direction_by_coil_type; ///< Where the literature differs.
    /// The ROI is the grey matter within this distance of the coordinate, or of the brain under the scalp
    /// rule's point [m].
    double roi_radius = 0.010;
    std::optional<TargetRegion> region; ///< The other ROI: `--roi NAME:region`.
    std::string usual_coil;
    std::string usual_intensity;
    std::vector<std::string> trials;
    std::string notes;
    bool is_reported = false; ///< One of the few places that comparisons and meshes give figures of.

    /// The conventional direction for coils of a type.
    [[nodiscard]] const TargetDirection& direction_for(coils::CoilType type) const;
};

/// The target library, in its order.
[[nodiscard]] std::vector<Target> target_library();

/// Those of the library that are reported.
[[nodiscard]] std::vector<Target> reported_targets();

/// A target of the library by name, case-insensitive; nothing for other words.
[[nodiscard]] std::optional<Target> known_target(std::string_view name);

/// The same. \throws Error for other words.
[[nodiscard]] Target find_target(std::string_view name);

} // namespace corticoil::planning
