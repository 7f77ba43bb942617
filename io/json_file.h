#pragma once

#include <Eigen/Core>
#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace corticoil::io {

/// What a JSON file may hold at most. Parsed values take up to about 20 times the memory of their text.
struct JsonLimits {
    std::uintmax_t bytes = 32 << 20; ///< 32 MiB: our largest file, a plan with its poses, has a few.
    int depth = 64;                  ///< Nested arrays and objects; our files have less than ten.
};

/// Reads a JSON file. \throws Error naming the file, line and column if it is missing, not JSON, too large or
/// too deep, or holds a number beyond the range of a double.
[[nodiscard]] nlohmann::json read_json(const std::filesystem::path& path, const JsonLimits& limits = {});

/// Writes a JSON file, indented by 2, atomically. \throws Error if a number is not finite (JSON has no NaN),
/// a text is not UTF-8, or the file cannot be written.
void write_json(const std::filesystem::path& path, const nlohmann::json& content);

// Members of an object of a file. `place` tells where for messages: "pose.json" or "plan.json: poses[3]". All
// throw Error if `object` is no object, has no such key, or its value is of another type.

[[nodiscard]] bool has_member(const nlohmann::json& object, std::string_view key, std::string_view place);
[[nodiscard]] const nlohmann::json& member(const nlohmann::json& object, std::string_view key,
                                           std::string_view place);
[[nodiscard]] double number_member(const nlohmann::json& object, std::string_view key,
                                   std::string_view place);
[[nodiscard]] int integer_member(const nlohmann::json& object, std::string_view key, std::string_view place);
[[nodiscard]] bool boolean_member(const nlohmann::json& object, std::string_view key, std::string_view place);
[[nodiscard]] std::string string_member(const nlohmann::json& object, std::string_view key,
                                        std::string_view place);
[[nodiscard]] const nlohmann::json& array_member(const nlohmann::json& object, std::string_view key,
                                                 std::string_view place);

/// Three numbers.
[[nodiscard]] Eigen::Vector3d vector3_member(const nlohmann::json& object, std::string_view key,
                                             std::string_view place);

/// A 4×4 matrix as four rows, the last 0 0 0 1. Units are the file's: convert lengths where it is called.
[[nodiscard]] Eigen::Matrix4d matrix4_member(const nlohmann::json& object, std::string_view key,
                                             std::string_view place);

/// Vectors and matrices as JSON, matrices as rows.
[[nodiscard]] nlohmann::json to_json_rows(const Eigen::Matrix4d& matrix);
[[nodiscard]] nlohmann::json to_json_list(const Eigen::Vector3d& vector);

} // namespace corticoil::io
