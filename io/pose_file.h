#pragma once

#include "core/rigid_transform.h"

#include <filesystem>
#include <optional>
#include <string>

namespace corticoil::io {

/// A coil pose with what it belongs to.
struct Pose {
    RigidTransform head_from_coil;            ///< [m]; millimetres in the file.
    std::string coil;                         ///< Name or file; may be empty.
    std::string target;                       ///< Name; may be empty.
    std::optional<Vector3> induced_direction; ///< Of E for dI/dt > 0, head frame, unit.
};

/// Reads `pose.json`. \throws Error for a missing or broken file, and a matrix that is not rigid.
[[nodiscard]] Pose read_pose(const std::filesystem::path& path);

/// Writes `pose.json`: `head_from_coil` as rows in millimetres, RAS.
void write_pose(const std::filesystem::path& path, const Pose& pose);

} // namespace corticoil::io
