#include "io/navigation_file.h"

#include "core/constants.h"
#include "core/error.h"
#include "io/navigation_formats.h"
#include "io/pose_file.h"
#include "io/staged_output.h"
#include "io/whole_file.h"

#include <Eigen/SVD>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>

namespace corticoil::io {

namespace {

struct FormatName {
    PoseFormat format;
    std::string_view word;
};

constexpr std::array format_names{FormatName{PoseFormat::pose, "pose"},
                                  FormatName{PoseFormat::csv, "csv"},
                                  FormatName{PoseFormat::matsimnibs, "matsimnibs"},
                                  FormatName{PoseFormat::brainsight, "brainsight"},
                                  FormatName{PoseFormat::localite, "localite"},
                                  FormatName{PoseFormat::ant, "ant"},
                                  FormatName{PoseFormat::softaxic, "softaxic"}};

/// Parsed XML and JSON take up to about 20 times the memory of their text; a day's pulses have a few MiB.
constexpr std::uintmax_t most_bytes = 32U << 20U;

std::string lower(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return result;
}

std::string ending_of(const std::filesystem::path& path) {
    return lower(path.extension().string());
}

/// A copy without the byte order mark that some Windows programs put before UTF-8.
std::string text_of(const std::filesystem::path& path) {
    std::string text = read_whole_file(path, most_bytes);
    constexpr std::string_view utf16_little = "\xFF\xFE";
    constexpr std::string_view utf16_big = "\xFE\xFF";
    constexpr std::string_view utf8_mark = "\xEF\xBB\xBF";
    if (text.starts_with(utf16_little) || text.starts_with(utf16_big))
        throw Error(fmt::format("{}: is UTF-16; save it as UTF-8", path.string()));
    if (text.starts_with(utf8_mark)) text.erase(0, utf8_mark.size());
    return text;
}

bool any(const std::vector<NavigationPose>& poses, bool (*predicate)(const NavigationPose&)) {
    return std::any_of(poses.begin(), poses.end(), predicate);
}

/// What a format without a place for it loses.
std::vector<std::string> not_kept(PoseFormat format, const std::vector<NavigationPose>& poses) {
    std::vector<std::string> lost;
    if (format == PoseFormat::csv) return lost;
    const bool has_names = format != PoseFormat::matsimnibs && format != PoseFormat::pose;
    if (!has_names && any(poses, [](const NavigationPose& pose) { return !pose.name.empty(); }))
        lost.emplace_back("names");
    if (any(poses, [](const NavigationPose& pose) { return pose.didt || pose.mso; }))
        lost.emplace_back("stimulator output");
    if (any(poses, [](const NavigationPose& pose) { return !pose.time.empty(); })) lost.emplace_back("times");
    return lost;
}

} // namespace

std::string_view to_string(PoseFormat format) {
    for (const FormatName& known : format_names) {
        if (known.format == format) return known.word;
    }
    CORTICOIL_ASSERT(false);
}

std::optional<PoseFormat> find_pose_format(std::string_view word) {
    for (const FormatName& known : format_names) {
        if (known.word == lower(word)) return known.format;
    }
    return std::nullopt;
}

std::optional<PoseFormat> format_of_name(const std::filesystem::path& path) {
    const std::string ending = ending_of(path);
    if (ending == ".json") return PoseFormat::pose;
    if (ending == ".csv") return PoseFormat::csv;
    if (ending == ".txt") return PoseFormat::brainsight;
    if (ending == ".xml") return PoseFormat::localite;
    if (ending == ".mrk") return PoseFormat::ant;
    if (ending == ".stmpx") return PoseFormat::softaxic;
    return std::nullopt;
}

RigidTransform pose_from_numbers(const Eigen::Matrix3d& rotation, const Vector3& origin_mm,
                                 const std::string& what) {
    // Numbers of three decimals leave RᵀR within 0.002 of I; shears and scales of more than that are none.
    constexpr double most_deviation = 0.005;
    constexpr double most_volume_change = 0.01;
    constexpr double farthest_mm = 2000;
    if (!rotation.allFinite() || !origin_mm.allFinite())
        throw Error(fmt::format("{}: holds a value that is not a finite number", what));
    const double determinant = rotation.determinant();
    const double deviation =
        (rotation.transpose() * rotation - Eigen::Matrix3d::Identity()).cwiseAbs().maxCoeff();
    if (determinant < 0) {
        throw Error(
            fmt::format("{}: its axes are left-handed (determinant {:.3f}); a coil cannot be mirrored: "
                        "check the axes of the program that wrote it",
                        what, determinant));
    }
    if (deviation > most_deviation || std::abs(determinant - 1) > most_volume_change) {
        throw Error(fmt::format("{}: is sheared or scaled (determinant {:.4f}, RᵀR differs from the identity "
                                "by {:.2g}); export it again as a rigid pose",
                                what, determinant, deviation));
    }
    if (origin_mm.norm() > farthest_mm) {
        throw Error(fmt::format("{}: its origin is {:.0f} mm from the head's; positions must be in mm", what,
                                origin_mm.norm()));
    }
    const Eigen::JacobiSVD<Eigen::Matrix3d> svd(rotation, Eigen::ComputeFullU | Eigen::ComputeFullV);
    return RigidTransform(svd.matrixU() * svd.matrixV().transpose(), origin_mm * metres_per_millimetre, what);
}

double didt_from_number(double ampere_per_us, const std::string& what) {
    constexpr double most = 1e6;
    if (std::abs(ampere_per_us) > most)
        throw Error(fmt::format("{}: dI/dt of {:g} A/µs is none of a stimulator", what, ampere_per_us));
    return ampere_per_us * ampere_per_microsecond;
}

double parse_file_number(std::string_view text, const std::string& what) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\r')) text.remove_suffix(1);
    if (text.starts_with('+')) text.remove_prefix(1);
    double value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) {
        constexpr std::size_t shown = 40;
        throw Error(fmt::format("{}: '{}' is no number", what, text.substr(0, shown)));
    }
    return value;
}

std::string exact(double value) {
    return fmt::format("{}", value);
}

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        if (line.ends_with('\r')) line.remove_suffix(1);
        lines.push_back(line);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

NavigationFile read_navigation(const std::filesystem::path& path) {
    const std::string name = path.string();
    const std::string ending = ending_of(path);
    NavigationFile file;
    if (ending == ".json") {
        file = read_pose_json(path);
    } else if (ending == ".mrk") {
        file = read_ant(path);
    } else if (ending == ".xml") {
        file = read_localite(text_of(path), name);
    } else if (ending == ".stmpx") {
        file = read_softaxic(text_of(path), name);
    } else if (ending == ".txt" || ending == ".csv" || ending == ".tsv") {
        const std::string text = text_of(path);
        file = text.starts_with("# Version") ? read_brainsight(text, name) : read_pose_table(text, name);
    } else {
        throw Error(
            fmt::format("{}: is no file of poses; known are Brainsight .txt, Localite .xml, ANT .mrk, "
                        "Softaxic .stmpx, SimNIBS matrices (.json, .csv, .txt) and ours (.json, .csv)",
                        name));
    }
    if (file.n_missing > 0) {
        file.warnings.push_back(fmt::format(
            "{}: {} {} no pose (the coil was not tracked) and {} left out", name, file.n_missing,
            file.n_missing == 1 ? "entry has" : "entries have", file.n_missing == 1 ? "is" : "are"));
    }
    if (file.poses.empty()) throw Error(fmt::format("{}: holds no pose", name));
    return file;
}

std::vector<std::string> write_navigation(const std::filesystem::path& path, PoseFormat format,
                                          const std::vector<NavigationPose>& poses,
                                          const WriteNavigationOptions& options) {
    const std::string name = path.string();
    if (poses.empty()) throw Error(fmt::format("{}: there is no pose to write", name));
    if (options.is_mni && format != PoseFormat::brainsight) {
        throw Error(
            fmt::format("{}: the poses are in MNI space, which {} files cannot say; give --subject, so "
                        "that they are carried to the head",
                        name, to_string(format)));
    }
    switch (format) {
    case PoseFormat::pose:
        if (poses.size() > 1) {
            throw Error(
                fmt::format("{}: pose.json holds one pose, and there are {}; choose one with --name, or "
                            "another format with --format",
                            name, poses.size()));
        }
        write_pose(path, {poses.front().head_from_coil, options.coil, poses.front().target, std::nullopt});
        break;
    case PoseFormat::csv:
        write_file_atomically(path, csv_text(poses));
        break;
    case PoseFormat::matsimnibs:
        write_matsimnibs(path, poses);
        break;
    case PoseFormat::brainsight:
        write_file_atomically(path, brainsight_text(poses, options.is_mni));
        break;
    case PoseFormat::localite:
        write_file_atomically(path, localite_text(poses));
        break;
    case PoseFormat::ant:
        write_ant(path, poses, options);
        break;
    case PoseFormat::softaxic:
        throw Error(fmt::format("{}: Softaxic's files are only read; write another format", name));
    }
    return not_kept(format, poses);
}

} // namespace corticoil::io
