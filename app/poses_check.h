#pragma once

#include "app/session.h"
#include "app/subject_folder.h"
#include "core/rigid_transform.h"

#include <optional>
#include <string>

namespace corticoil::app {

/// Flags of `poses check`.
struct PosesCheckFlags {
    std::string file;
    std::string subject;
    std::string coil; ///< Empty: no casing is placed.
    std::string plan; ///< A pose file whose first pose was planned; empty: none.
    std::string name;
    double stand_off_mm = 4;
};

/// Tells how the poses of a file stand on a subject's head, and how far they are from the plan.
void check_poses(const PosesCheckFlags& flags, Session& session);

/// A planned pose: the one of a file that holds one. \throws Error for a file of several.
[[nodiscard]] std::optional<RigidTransform>
planned_pose(const std::string& path, const std::optional<SubjectFolder>& subject, Session& session);

/// The difference from a plan in mm and degrees; null without one.
[[nodiscard]] nlohmann::json difference_as_json(const std::optional<RigidTransform>& plan,
                                                const RigidTransform& pose);

} // namespace corticoil::app
