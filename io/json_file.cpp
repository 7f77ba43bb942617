#include "io/json_file.h"

#include "core/error.h"
#include "io/staged_output.h"
#include "io/whole_file.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace corticoil::io {

namespace {

using nlohmann::json;

std::string line_and_column(std::string_view text, std::size_t position) {
    const std::string_view before = text.substr(0, position);
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    const std::size_t line_start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
    return fmt::format("line {}, column {}", line, position - line_start + 1);
}

/// Parsing keeps its own stack, but copying, comparing and writing values recurse: depth is bounded before
/// parsing.
void check_depth(const std::string& name, std::string_view text, int most) {
    int depth = 0;
    bool is_in_string = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (is_in_string) {
            if (c == '\\') ++i;
            if (c == '"') is_in_string = false;
        } else if (c == '"') {
            is_in_string = true;
        } else if (c == '[' || c == '{') {
            if (++depth > most) {
                throw Error(fmt::format("{}: {}: arrays and objects are nested more than {} deep", name,
                                        line_and_column(text, i), most));
            }
        } else if (c == ']' || c == '}') {
            --depth;
        }
    }
}

/// The library's reason without its "[json.exception.…] " and position, and without an endless quotation.
std::string reason_of(const json::exception& error) {
    std::string reason = error.what();
    const auto erase_to = [&](std::string_view end_of_prefix) {
        const std::size_t found = reason.find(end_of_prefix);
        if (found != std::string::npos) reason.erase(0, found + end_of_prefix.size());
    };
    erase_to("] ");
    if (reason.starts_with("parse error at ")) erase_to(": ");
    constexpr std::size_t most_shown = 160;
    for (char& c : reason) {
        if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') c = '?';
    }
    return reason.size() > most_shown ? reason.substr(0, most_shown) + "…" : reason;
}

void refuse_non_finite(const std::string& name, const json& value, const std::string& place) {
    if (value.is_number_float() && !std::isfinite(value.get<double>())) {
        throw Error(fmt::format("{}: {} is {}, which JSON cannot hold; write null where there is no result",
                                name, place.empty() ? "the value" : place, value.get<double>()));
    }
    if (value.is_object()) {
        for (const auto& [key, item] : value.items()) refuse_non_finite(name, item, place + "/" + key);
    } else if (value.is_array()) {
        for (std::size_t i = 0; i < value.size(); ++i) {
            refuse_non_finite(name, value[i], place + "/" + std::to_string(i));
        }
    }
}

[[noreturn]] void throw_wrong_type(const json& value, std::string_view key, std::string_view place,
                                   std::string_view wanted) {
    constexpr std::size_t most_shown = 60;
    std::string shown = value.dump(-1, ' ', false, json::error_handler_t::replace);
    if (shown.size() > most_shown) shown = shown.substr(0, most_shown) + "…";
    throw Error(fmt::format("{}: '{}' must be {}, not {}", place, key, wanted, shown));
}

/// `value` as a finite number, or nothing.
bool is_finite_number(const json& value) {
    return value.is_number() && std::isfinite(value.get<double>());
}

bool is_list_of_numbers(const json& value, std::size_t n) {
    return value.is_array() && value.size() == n && std::all_of(value.begin(), value.end(), is_finite_number);
}

} // namespace

json read_json(const std::filesystem::path& path, const JsonLimits& limits) {
    const std::string name = path.string();
    const std::string text = read_whole_file(path, limits.bytes);
    check_depth(name, text, limits.depth);
    try {
        return json::parse(text);
    } catch (const json::parse_error& error) {
        const std::size_t position = error.byte > 0 ? std::min(error.byte - 1, text.size()) : 0;
        throw Error(
            fmt::format("{}: {}: is not JSON: {}", name, line_and_column(text, position), reason_of(error)));
    } catch (const json::exception& error) {
        throw Error(fmt::format("{}: cannot be read as JSON: {}", name, reason_of(error)));
    }
}

void write_json(const std::filesystem::path& path, const json& content) {
    refuse_non_finite(path.string(), content, "");
    std::string text;
    try {
        constexpr int indent = 2;
        text = content.dump(indent) + "\n";
    } catch (const json::exception& error) {
        throw Error(fmt::format("{}: cannot be written as JSON: {}", path.string(), reason_of(error)));
    }
    write_file_atomically(path, text);
}

bool has_member(const json& object, std::string_view key, std::string_view place) {
    if (!object.is_object()) throw Error(fmt::format("{}: must be an object with '{}'", place, key));
    return object.contains(key);
}

const json& member(const json& object, std::string_view key, std::string_view place) {
    if (!has_member(object, key, place)) throw Error(fmt::format("{}: '{}' is missing", place, key));
    return *object.find(key);
}

double number_member(const json& object, std::string_view key, std::string_view place) {
    const json& value = member(object, key, place);
    if (!is_finite_number(value)) throw_wrong_type(value, key, place, "a number");
    return value.get<double>();
}

int integer_member(const json& object, std::string_view key, std::string_view place) {
    const json& value = member(object, key, place);
    const double number = is_finite_number(value) ? value.get<double>() : std::nan("");
    if (!(std::abs(number) <= std::numeric_limits<int>::max()) || number != std::floor(number)) {
        throw_wrong_type(value, key, place, "a whole number");
    }
    return static_cast<int>(number);
}

bool boolean_member(const json& object, std::string_view key, std::string_view place) {
    const json& value = member(object, key, place);
    if (!value.is_boolean()) throw_wrong_type(value, key, place, "true or false");
    return value.get<bool>();
}

std::string string_member(const json& object, std::string_view key, std::string_view place) {
    const json& value = member(object, key, place);
    if (!value.is_string()) throw_wrong_type(value, key, place, "a text");
    return value.get<std::string>();
}

const json& array_member(const json& object, std::string_view key, std::string_view place) {
    const json& value = member(object, key, place);
    if (!value.is_array()) throw_wrong_type(value, key, place, "a list");
    return value;
}

Eigen::Vector3d vector3_member(const json& object, std::string_view key, std::string_view place) {
    const json& value = member(object, key, place);
    if (!is_list_of_numbers(value, 3)) throw_wrong_type(value, key, place, "a list of three numbers");
    return {value[0].get<double>(), value[1].get<double>(), value[2].get<double>()};
}

Eigen::Matrix4d matrix4_member(const json& object, std::string_view key, std::string_view place) {
    const json& value = member(object, key, place);
    const auto is_row = [](const json& row) { return is_list_of_numbers(row, 4); };
    if (!value.is_array() || value.size() != 4 || !std::all_of(value.begin(), value.end(), is_row)) {
        throw_wrong_type(value, key, place, "a 4×4 matrix: four rows of four numbers");
    }
    Eigen::Matrix4d matrix;
    for (int row = 0; row < 4; ++row) {
        for (int column = 0; column < 4; ++column) {
            matrix(row, column) =
                value[static_cast<std::size_t>(row)][static_cast<std::size_t>(column)].get<double>();
        }
    }
    if (matrix.row(3) != Eigen::RowVector4d(0, 0, 0, 1)) {
        throw_wrong_type(value[3], key, place, "a matrix given as rows, the last 0 0 0 1");
    }
    return matrix;
}

json to_json_rows(const Eigen::Matrix4d& matrix) {
    json rows = json::array();
    for (int row = 0; row < 4; ++row) {
        rows.push_back({matrix(row, 0), matrix(row, 1), matrix(row, 2), matrix(row, 3)});
    }
    return rows;
}

json to_json_list(const Eigen::Vector3d& vector) {
    return {vector[0], vector[1], vector[2]};
}

} // namespace corticoil::io
