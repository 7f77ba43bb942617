#pragma once

#include "io/navigation_file.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

/// The formats behind navigation_file.h. Readers take a file's text and a name for messages; axes and their
/// conversions: docs/formats.md.
namespace corticoil::io {

/// Columns are the tool's axes in the head; `ours_from_tool` acts on the right.
struct ToolAxes {
    Eigen::Matrix3d tool_from_ours = Eigen::Matrix3d::Identity(); ///< R_ours = R_tool · this.

    [[nodiscard]] Eigen::Matrix3d to_ours(const Eigen::Matrix3d& tool) const { return tool * tool_from_ours; }
    [[nodiscard]] Eigen::Matrix3d to_tool(const Eigen::Matrix3d& ours) const {
        return ours * tool_from_ours.transpose();
    }
};

[[nodiscard]] ToolAxes brainsight_axes();
[[nodiscard]] ToolAxes localite_axes();
[[nodiscard]] ToolAxes softaxic_axes();
[[nodiscard]] ToolAxes ant_axes(); ///< Of files that do not say "simnibs".

/// A pose from a file's numbers: rotation as read (our axes) and origin in mm. \throws Error as
/// read_navigation() for matrices that are not rigid, and for origins beyond 2 m.
[[nodiscard]] RigidTransform pose_from_numbers(const Eigen::Matrix3d& rotation, const Vector3& origin_mm,
                                               const std::string& what);

/// A number of a file. \throws Error naming `what` for anything else, also not finite.
[[nodiscard]] double parse_file_number(std::string_view text, const std::string& what);

/// dI/dt of a file's number in A/µs [A/s]. \throws Error naming `what` beyond what any stimulator gives, 10⁶
/// A/µs.
[[nodiscard]] double didt_from_number(double ampere_per_us, const std::string& what);

/// A double in as few digits as give it back.
[[nodiscard]] std::string exact(double value);

/// The lines of a text, without their ends.
[[nodiscard]] std::vector<std::string_view> lines_of(std::string_view text);

[[nodiscard]] NavigationFile read_brainsight(std::string_view text, const std::string& name);
[[nodiscard]] NavigationFile read_localite(const std::string& text, const std::string& name);
[[nodiscard]] NavigationFile read_softaxic(const std::string& text, const std::string& name);
[[nodiscard]] NavigationFile read_ant(const std::filesystem::path& path);
[[nodiscard]] NavigationFile read_pose_json(const std::filesystem::path& path); ///< Ours or matsimnibs.
[[nodiscard]] NavigationFile read_pose_table(std::string_view text, const std::string& name);

[[nodiscard]] std::string brainsight_text(const std::vector<NavigationPose>& poses, bool is_mni);
[[nodiscard]] std::string localite_text(const std::vector<NavigationPose>& poses);
void write_ant(const std::filesystem::path& path, const std::vector<NavigationPose>& poses,
               const WriteNavigationOptions& options);
[[nodiscard]] std::string csv_text(const std::vector<NavigationPose>& poses);
void write_matsimnibs(const std::filesystem::path& path, const std::vector<NavigationPose>& poses);

} // namespace corticoil::io
