#include "io/pose_file.h"

#include "core/constants.h"
#include "core/error.h"
#include "io/json_file.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace corticoil::io {

Pose read_pose(const std::filesystem::path& path) {
    const nlohmann::json content = read_json(path);
    const std::string place = path.string();
    if (has_member(content, "unit", place) && member(content, "unit", place) != "mm") {
        throw Error(
            fmt::format("{}: unit is {}; poses are in mm", place, member(content, "unit", place).dump()));
    }
    Eigen::Matrix4d matrix = matrix4_member(content, "head_from_coil", place);
    matrix.topRightCorner<3, 1>() *= metres_per_millimetre;
    Pose pose;
    pose.head_from_coil = RigidTransform::from_matrix(matrix, place + ": head_from_coil");
    if (has_member(content, "coil", place) && !member(content, "coil", place).is_null())
        pose.coil = string_member(content, "coil", place);
    if (has_member(content, "target", place) && !member(content, "target", place).is_null()) {
        pose.target = string_member(content, "target", place);
    }
    if (has_member(content, "induced_direction", place) &&
        !member(content, "induced_direction", place).is_null()) {
        pose.induced_direction = vector3_member(content, "induced_direction", place);
    }
    return pose;
}

void write_pose(const std::filesystem::path& path, const Pose& pose) {
    Eigen::Matrix4d matrix = pose.head_from_coil.matrix();
    matrix.topRightCorner<3, 1>() *= millimetres_per_metre;
    nlohmann::json content = {{"head_from_coil", to_json_rows(matrix)},
                              {"unit", "mm"},
                              {"frame", "RAS head frame; coil z into the head, handle at -y"},
                              {"coil", pose.coil}};
    content["target"] = pose.target.empty() ? nlohmann::json() : nlohmann::json(pose.target);
    content["induced_direction"] =
        pose.induced_direction ? to_json_list(*pose.induced_direction) : nlohmann::json();
    write_json(path, content);
}

} // namespace corticoil::io
