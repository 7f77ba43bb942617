#include "core/constants.h"
#include "core/error.h"
#include "io/json_file.h"
#include "io/navigation_formats.h"
#include "io/pose_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>

namespace corticoil::io {

namespace {

const std::vector<std::string>& csv_columns() {
    static const std::vector<std::string> columns{
        "name", "target", "recorded", "time", "didt_a_per_us", "mso_percent", "r00", "r01", "r02",
        "x_mm", "r10",    "r11",      "r12",  "y_mm",          "r20",         "r21", "r22", "z_mm"};
    return columns;
}

/// Quoted where it must be (RFC 4180), on one line.
std::string quoted(std::string text) {
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
    if (text.find_first_of(",\"") == std::string::npos) return text;
    std::string result(1, '"');
    for (const char c : text) {
        if (c == '"') result += '"';
        result += c;
    }
    result += '"';
    return result;
}

/// The cells of a line of RFC 4180.
std::vector<std::string> split_csv(std::string_view line) {
    std::vector<std::string> cells{""};
    bool is_quoted = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        if (c == '"' && is_quoted && i + 1 < line.size() && line[i + 1] == '"') {
            cells.back() += '"';
            ++i;
        } else if (c == '"') {
            is_quoted = !is_quoted;
        } else if (c == ',' && !is_quoted) {
            cells.emplace_back();
        } else {
            cells.back() += c;
        }
    }
    return cells;
}

bool is_our_header(std::string_view line) {
    return split_csv(line) == csv_columns();
}

NavigationPose pose_of_cells(const std::vector<std::string>& cells, const std::string& what) {
    if (cells.size() != csv_columns().size())
        throw Error(fmt::format("{}: has {} cells instead of {}", what, cells.size(), csv_columns().size()));
    const auto number = [&](std::size_t i) {
        return parse_file_number(cells[i], fmt::format("{}: {}", what, csv_columns()[i]));
    };
    NavigationPose pose;
    pose.name = cells[0];
    pose.target = cells[1];
    pose.is_recorded = number(2) != 0;
    pose.time = cells[3];
    if (!cells[4].empty()) pose.didt = didt_from_number(number(4), what);
    if (!cells[5].empty()) pose.mso = number(5);
    constexpr std::size_t first = 6; // Of the matrix, by rows of four.
    Eigen::Matrix<double, 3, 4> matrix;
    for (int i = 0; i < 12; ++i) matrix(i / 4, i % 4) = number(first + static_cast<std::size_t>(i));
    pose.head_from_coil = pose_from_numbers(matrix.leftCols<3>(), matrix.col(3), what);
    return pose;
}

NavigationFile read_our_csv(const std::vector<std::string_view>& lines, const std::string& name) {
    NavigationFile file;
    file.format = PoseFormat::csv;
    for (std::size_t i = 1; i < lines.size(); ++i) {
        if (lines[i].empty()) continue;
        file.poses.push_back(pose_of_cells(split_csv(lines[i]), fmt::format("{}: line {}", name, i + 1)));
    }
    return file;
}

/// The numbers of a line, with commas, tabs or spaces between.
std::vector<double> numbers_of(std::string_view line, const std::string& what) {
    constexpr std::string_view space = " \t,;";
    std::vector<double> numbers;
    while (true) {
        const std::size_t start = line.find_first_not_of(space);
        if (start == std::string_view::npos) return numbers;
        line.remove_prefix(start);
        const std::size_t end = std::min(line.find_first_of(space), line.size());
        numbers.push_back(parse_file_number(line.substr(0, end), what));
        line.remove_prefix(end);
    }
}

NavigationPose pose_of_matrix(const Eigen::Matrix4d& matrix, const std::string& what) {
    constexpr double rounding = 1e-3;
    if (!(matrix.row(3) - Eigen::RowVector4d(0, 0, 0, 1)).isZero(rounding))
        throw Error(fmt::format("{}: the last row of the 4×4 matrix must be 0 0 0 1", what));
    NavigationPose pose;
    pose.head_from_coil =
        pose_from_numbers(matrix.topLeftCorner<3, 3>(), matrix.topRightCorner<3, 1>(), what);
    return pose;
}

/// A list of matrices, one alone, or either under the key "matsimnibs".
void add_matrices(const nlohmann::json& content, const std::string& place, NavigationFile& file) {
    const auto is_matrix = [](const nlohmann::json& json) {
        return json.is_array() && !json.empty() && json[0].is_array() && !json[0].empty() &&
               json[0][0].is_number();
    };
    const auto add = [&](const nlohmann::json& json, const std::string& what) {
        if (!is_matrix(json)) throw Error(fmt::format("{}: is no 4×4 matrix", what));
        file.poses.push_back(pose_of_matrix(matrix4_member({{"matrix", json}}, "matrix", what), what));
    };
    if (is_matrix(content)) return add(content, place);
    if (!content.is_array()) throw Error(fmt::format("{}: holds neither head_from_coil nor matrices", place));
    for (std::size_t i = 0; i < content.size(); ++i) add(content[i], fmt::format("{}: [{}]", place, i));
}

} // namespace

NavigationFile read_pose_table(std::string_view text, const std::string& name) {
    const std::vector<std::string_view> lines = lines_of(text);
    if (!lines.empty() && is_our_header(lines[0])) return read_our_csv(lines, name);
    if (!lines.empty() && !lines[0].empty() && std::isalpha(static_cast<unsigned char>(lines[0][0])) != 0) {
        throw Error(fmt::format("{}: line 1: is neither a matrix nor our header ({})", name,
                                fmt::join(csv_columns(), ",")));
    }
    NavigationFile file;
    file.format = PoseFormat::matsimnibs;
    Eigen::Matrix4d matrix;
    int row = 0;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (lines[i].starts_with('#')) continue;
        const std::string what = fmt::format("{}: line {}", name, i + 1);
        const std::vector<double> numbers = numbers_of(lines[i], what);
        if (numbers.empty()) continue;
        if (numbers.size() != 4)
            throw Error(fmt::format("{}: has {} numbers; rows of a 4×4 matrix have 4", what, numbers.size()));
        matrix.row(row) = Eigen::RowVector4d::Map(numbers.data());
        if (++row < 4) continue;
        file.poses.push_back(
            pose_of_matrix(matrix, fmt::format("{}: matrix {}", name, file.poses.size() + 1)));
        row = 0;
    }
    if (row != 0) throw Error(fmt::format("{}: ends within a 4×4 matrix", name));
    return file;
}

NavigationFile read_pose_json(const std::filesystem::path& path) {
    const std::string place = path.string();
    const nlohmann::json content = read_json(path);
    NavigationFile file;
    if (content.is_object() && content.contains("head_from_coil")) {
        const Pose read = read_pose(path);
        NavigationPose pose;
        pose.head_from_coil = read.head_from_coil;
        pose.target = read.target;
        pose.name = read.target;
        file.coil = read.coil;
        file.poses.push_back(std::move(pose));
        return file;
    }
    file.format = PoseFormat::matsimnibs;
    add_matrices(content.is_object() && content.contains("matsimnibs") ? content.at("matsimnibs") : content,
                 place, file);
    return file;
}

std::string csv_text(const std::vector<NavigationPose>& poses) {
    std::string text = fmt::format("{}\n", fmt::join(csv_columns(), ","));
    for (const NavigationPose& pose : poses) {
        text +=
            fmt::format("{},{},{},{},{},{}", quoted(pose.name), quoted(pose.target), pose.is_recorded ? 1 : 0,
                        quoted(pose.time), pose.didt ? exact(*pose.didt / ampere_per_microsecond) : "",
                        pose.mso ? exact(*pose.mso) : "");
        Eigen::Matrix4d matrix = pose.head_from_coil.matrix();
        matrix.topRightCorner<3, 1>() *= millimetres_per_metre;
        for (int i = 0; i < 12; ++i) text += fmt::format(",{}", matrix(i / 4, i % 4));
        text += '\n';
    }
    return text;
}

void write_matsimnibs(const std::filesystem::path& path, const std::vector<NavigationPose>& poses) {
    nlohmann::json matrices = nlohmann::json::array();
    for (const NavigationPose& pose : poses) {
        Eigen::Matrix4d matrix = pose.head_from_coil.matrix();
        matrix.topRightCorner<3, 1>() *= millimetres_per_metre;
        matrices.push_back(to_json_rows(matrix));
    }
    write_json(path, matrices);
}

} // namespace corticoil::io
