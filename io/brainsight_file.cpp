#include "core/constants.h"
#include "core/error.h"
#include "io/navigation_formats.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

namespace corticoil::io {

namespace {

constexpr std::array<std::string_view, 3> location_columns{"Loc. X", "Loc. Y", "Loc. Z"};
constexpr std::string_view missing = "(null)";

std::vector<std::string_view> cells_of(std::string_view line) {
    std::vector<std::string_view> cells;
    for (;;) {
        const std::size_t end = line.find('\t');
        cells.push_back(line.substr(0, end));
        if (end == std::string_view::npos) return cells;
        line.remove_prefix(end + 1);
    }
}

/// A table's columns by name: their order differs between versions.
using Columns = std::map<std::string, std::size_t, std::less<>>;

Columns columns_of(std::string_view header) {
    while (header.starts_with('#') || header.starts_with(' ')) header.remove_prefix(1);
    Columns columns;
    for (const std::string_view cell : cells_of(header)) columns.emplace(std::string(cell), columns.size());
    return columns;
}

bool has_poses(const Columns& columns) {
    return columns.contains("Loc. X") && columns.contains("m0n0");
}

/// A cell by its column's name; nothing where it is missing.
std::optional<std::string_view> cell(const std::vector<std::string_view>& cells, const Columns& columns,
                                     std::string_view column) {
    const auto found = columns.find(column);
    if (found == columns.end() || found->second >= cells.size()) return std::nullopt;
    const std::string_view text = cells[found->second];
    if (text == missing || text.empty()) return std::nullopt;
    return text;
}

/// A row's pose; nothing where one of its numbers is missing. mᵢnⱼ is head component j of tool axis i.
std::optional<RigidTransform> pose_of(const std::vector<std::string_view>& cells, const Columns& columns,
                                      const std::string& what) {
    Vector3 origin;
    Eigen::Matrix3d tool;
    for (int j = 0; j < 3; ++j) {
        const std::string_view column = location_columns[static_cast<std::size_t>(j)];
        const std::optional<std::string_view> location = cell(cells, columns, column);
        if (!location) return std::nullopt;
        origin[j] = parse_file_number(*location, fmt::format("{}: {}", what, column));
        for (int i = 0; i < 3; ++i) {
            const std::string name = fmt::format("m{}n{}", i, j);
            const std::optional<std::string_view> component = cell(cells, columns, name);
            if (!component) return std::nullopt;
            tool(j, i) = parse_file_number(*component, fmt::format("{}: {}", what, name));
        }
    }
    return pose_from_numbers(brainsight_axes().to_ours(tool), origin, what);
}

/// \throws Error for coordinates that cannot be told.
NavigationSpace space_of(std::string_view stated, const std::string& name) {
    NavigationSpace space;
    space.stated = std::string(stated);
    if (stated == "Brainsight") {
        throw Error(
            fmt::format("{}: its coordinate system is Brainsight's own, which no other program knows; "
                        "export again with a NIfTI or World coordinate system",
                        name));
    }
    if (!stated.starts_with("NIfTI:") && stated != "World") {
        throw Error(fmt::format("{}: its coordinate system '{}' is not known; export again with 'NIfTI:…' or "
                                "'World'",
                                name, stated.substr(0, 40)));
    }
    space.is_mni = stated.find("MNI") != std::string_view::npos;
    if (stated.find("Talairach") != std::string_view::npos)
        throw Error(fmt::format("{}: is in Talairach space; export again in the image's own", name));
    return space;
}

std::string without_tabs(std::string text) {
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c == '\t' || c == '\n' || c == '\r'; }, ' ');
    return text;
}

} // namespace

ToolAxes brainsight_axes() {
    return {Vector3(-1, 1, -1).asDiagonal()};
}

NavigationFile read_brainsight(std::string_view text, const std::string& name) {
    constexpr std::string_view system_key = "# Coordinate system: ";
    constexpr std::string_view units_key = "# Units: ";
    NavigationFile file;
    file.format = PoseFormat::brainsight;
    std::optional<Columns> columns;
    bool is_target_table = false;
    int line_number = 0;
    for (const std::string_view line : lines_of(text)) {
        ++line_number;
        if (line.starts_with(system_key)) file.space = space_of(line.substr(system_key.size()), name);
        if (line.starts_with(units_key) && !line.substr(units_key.size()).starts_with("millimetres"))
            throw Error(fmt::format("{}: its units are '{}'; export in millimetres", name,
                                    line.substr(units_key.size()).substr(0, 40)));
        if (line.starts_with('#')) {
            columns.reset();
            if (line.find('\t') == std::string_view::npos) continue;
            Columns found = columns_of(line);
            if (!has_poses(found)) continue; // Landmarks, electrodes and whatever else a version adds.
            is_target_table = found.contains("Target Name");
            columns = std::move(found);
            continue;
        }
        if (!columns || line.empty()) continue;
        const std::vector<std::string_view> cells = cells_of(line);
        const std::string what = fmt::format("{}: line {}", name, line_number);
        const std::optional<RigidTransform> pose = pose_of(cells, *columns, what);
        if (!pose) {
            ++file.n_missing;
            continue;
        }
        NavigationPose read;
        const auto text_of = [&](std::string_view column) {
            return std::string(cell(cells, *columns, column).value_or(""));
        };
        read.name = text_of(is_target_table ? "Target Name" : "Sample Name");
        read.target = is_target_table ? "" : text_of("Assoc. Target");
        read.time = text_of("Date");
        read.time = fmt::format("{}{}{}", read.time, read.time.empty() ? "" : " ", text_of("Time"));
        if (read.time.ends_with(' ')) read.time.pop_back();
        read.is_recorded = !is_target_table;
        read.head_from_coil = *pose;
        file.poses.push_back(std::move(read));
    }
    if (file.space.stated.empty())
        throw Error(fmt::format("{}: does not say its coordinate system; export it again", name));
    return file;
}

std::string brainsight_text(const std::vector<NavigationPose>& poses, bool is_mni) {
    std::string text =
        fmt::format("# Version: 13\n# Coordinate system: NIfTI:{}\n# Created by: Corticoil\n"
                    "# Units: millimetres, degrees, milliseconds, and microvolts\n"
                    "# Encoding: UTF-8\n# Notes: coil z into the head in Corticoil, out of it here\n",
                    is_mni ? "MNI-152" : "Scanner");
    for (const bool is_recorded : {false, true}) {
        std::string table;
        for (std::size_t i = 0; i < poses.size(); ++i) {
            const NavigationPose& pose = poses[i];
            if (pose.is_recorded != is_recorded) continue;
            const std::string name =
                pose.name.empty() ? fmt::format("pose {}", i + 1) : without_tabs(pose.name);
            table += is_recorded
                         ? fmt::format("{}\tSession 1\t{}\t{}", name, i,
                                       pose.target.empty() ? std::string(missing) : without_tabs(pose.target))
                         : name;
            const Eigen::Matrix3d tool = brainsight_axes().to_tool(pose.head_from_coil.rotation());
            const Vector3 origin = pose.head_from_coil.translation() * millimetres_per_metre;
            for (int j = 0; j < 3; ++j) table += fmt::format("\t{}", origin[j]);
            for (int axis = 0; axis < 3; ++axis) {
                for (int j = 0; j < 3; ++j) table += fmt::format("\t{}", tool(j, axis));
            }
            table += '\n';
        }
        if (table.empty()) continue;
        text += is_recorded ? "# Sample Name\tSession Name\tIndex\tAssoc. Target" : "# Target Name";
        text += "\tLoc. X\tLoc. Y\tLoc. Z\tm0n0\tm0n1\tm0n2\tm1n0\tm1n1\tm1n2\tm2n0\tm2n1\tm2n2\n" + table;
    }
    return text;
}

} // namespace corticoil::io
