#pragma once

#include "core/rigid_transform.h"

#include <Eigen/Geometry>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace corticoil::io {

/// Whose file of coil poses it is. Docs: docs/formats.md, "Pose files".
enum class PoseFormat {
    pose,       ///< Our pose.json: one pose.
    csv,        ///< Our table.
    matsimnibs, ///< SimNIBS: 4×4 matrices in mm, JSON or text.
    brainsight, ///< Brainsight's text export.
    localite,   ///< Localite's XML of instrument or trigger markers.
    ant,        ///< ANT visor2's .mrk.
    softaxic,   ///< Softaxic's .stmpx: read only; the layout is an assumption.
};

/// One pose of a file.
struct NavigationPose {
    std::string name;              ///< May be empty.
    RigidTransform head_from_coil; ///< Our coil axes [m]; in the file's space.
    std::string target;            ///< What it was aimed at; may be empty.
    std::string time;              ///< As the file has it; may be empty.
    bool is_recorded = false;      ///< Of a pulse or sample; false: a planned target.
    std::optional<double> didt;    ///< [A/s]
    std::optional<double> mso;     ///< Stimulator output [%].
};

/// The grid of the image that a navigation program was given, as its file says.
struct NavigationImage {
    Eigen::Affine3d head_from_voxel = Eigen::Affine3d::Identity(); ///< [m]
};

/// What a file says of the space of its poses.
struct NavigationSpace {
    std::string stated;  ///< In the file's words; empty where it says nothing.
    bool is_mni = false; ///< MNI space rather than the head's own.
    std::optional<NavigationImage> image;
};

/// A file's content.
struct NavigationFile {
    PoseFormat format = PoseFormat::pose;
    NavigationSpace space;
    std::vector<NavigationPose> poses;
    std::string coil;                  ///< Where the file names one.
    int n_missing = 0;                 ///< Entries without a pose: pulses whose coil was not tracked.
    std::vector<std::string> warnings; ///< In words, each starting with the file's name.
};

/// The format's word: "brainsight".
[[nodiscard]] std::string_view to_string(PoseFormat format);

/// By its word, case-insensitive; nothing for other words.
[[nodiscard]] std::optional<PoseFormat> find_pose_format(std::string_view word);

/// What a file of this name is written as; nothing for an ending that no format has.
[[nodiscard]] std::optional<PoseFormat> format_of_name(const std::filesystem::path& path);

/// Reads the poses of a file of any format, found by its ending and content. Matrices of rounded numbers are
/// made orthonormal. \throws Error, with place and remedy, for a file that is missing, over 32 MiB, of no
/// known format or damaged, in a space that cannot be told (Brainsight's own), and for a matrix that is
/// sheared, scaled or left-handed: |det − 1| above 0.01 or RᵀR further than 0.005 from I.
[[nodiscard]] NavigationFile read_navigation(const std::filesystem::path& path);

/// What is written beside the poses.
struct WriteNavigationOptions {
    std::string coil = {};                     ///< May be empty.
    bool is_mni = false;                       ///< The poses are in MNI space: only formats that can say so.
    std::optional<NavigationImage> image = {}; ///< Of the T1; ANT's format needs it.
};

/// Writes poses, to the last digit of a double; the file appears when it is complete. Returns what the format
/// has no place for, in words. \throws Error for no poses, for several where the format holds one, for a
/// format that is read only, and for ANT's without an image.
std::vector<std::string> write_navigation(const std::filesystem::path& path, PoseFormat format,
                                          const std::vector<NavigationPose>& poses,
                                          const WriteNavigationOptions& options = {});

} // namespace corticoil::io
