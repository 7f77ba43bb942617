#include "core/constants.h"
#include "core/error.h"
#include "io/json_file.h"
#include "io/navigation_formats.h"

#include <Eigen/Geometry>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>

namespace corticoil::io {

namespace {

std::vector<double> numbers_member(const nlohmann::json& object, const char* key, const std::string& place) {
    std::vector<double> numbers;
    for (const nlohmann::json& value : array_member(object, key, place)) {
        if (!value.is_number()) throw Error(fmt::format("{}: {} holds {}", place, key, value.dump()));
        numbers.push_back(value.get<double>());
    }
    return numbers;
}

/// The affine of a NIfTI qform (nifti1.h, method 2) from what the file repeats of the image's header.
NavigationImage image_of(const nlohmann::json& info, const std::string& place) {
    std::vector<double> quaternion = numbers_member(info, "NIfTI_quatern", place);
    const std::vector<double> offset = numbers_member(info, "NIfTI_qoffset", place);
    std::vector<double> pixdim = numbers_member(info, "NIfTI_pixdim", place);
    if (quaternion.size() == 4) quaternion.erase(quaternion.begin()); // a, b, c, d
    if (pixdim.size() == 3) pixdim.insert(pixdim.begin(), 1);
    if (quaternion.size() != 3 || offset.size() != 3 || pixdim.size() < 4)
        throw Error(fmt::format("{}: needs three numbers each of NIfTI_quatern and NIfTI_qoffset and four of "
                                "NIfTI_pixdim",
                                place));
    const double b = quaternion[0];
    const double c = quaternion[1];
    const double d = quaternion[2];
    const double a = std::sqrt(std::max(0.0, 1 - b * b - c * c - d * d));
    Eigen::Matrix3d axes = Eigen::Quaterniond(a, b, c, d).normalized().toRotationMatrix();
    const double handedness = pixdim[0] < 0 ? -1 : 1;
    axes *= Vector3(pixdim[1], pixdim[2], handedness * pixdim[3]).asDiagonal();
    NavigationImage image;
    image.head_from_voxel.linear() = axes * metres_per_millimetre;
    image.head_from_voxel.translation() = Vector3(offset[0], offset[1], offset[2]) * metres_per_millimetre;
    return image;
}

nlohmann::json image_as_json(const NavigationImage& image) {
    const Eigen::Matrix3d linear = image.head_from_voxel.linear() * millimetres_per_metre;
    const Vector3 sizes = linear.colwise().norm();
    Eigen::Matrix3d axes = linear * sizes.cwiseInverse().asDiagonal();
    const double handedness = axes.determinant() < 0 ? -1 : 1;
    axes.col(2) *= handedness;
    Eigen::Quaterniond quaternion(axes);
    if (quaternion.w() < 0) quaternion.coeffs() *= -1;
    const Vector3 offset = image.head_from_voxel.translation() * millimetres_per_metre;
    return {{"NIfTI_quatern", {quaternion.x(), quaternion.y(), quaternion.z()}},
            {"NIfTI_qoffset", {offset[0], offset[1], offset[2]}},
            {"NIfTI_pixdim", {handedness, sizes[0], sizes[1], sizes[2]}}};
}

Eigen::Matrix4d matrix_of(const nlohmann::json& pose, const std::string& place) {
    const nlohmann::json& rows = array_member(pose, "RigidTransformMatrix4x4", place);
    if (rows.size() != 16) return matrix4_member(pose, "RigidTransformMatrix4x4", place);
    const std::vector<double> numbers = numbers_member(pose, "RigidTransformMatrix4x4", place);
    Eigen::Matrix4d matrix;
    for (int i = 0; i < 16; ++i) matrix(i / 4, i % 4) = numbers[static_cast<std::size_t>(i)];
    return matrix;
}

/// \throws Error for anything but `wanted`.
void expect(const nlohmann::json& object, const char* key, const std::string& wanted,
            const std::string& place) {
    const std::string found = string_member(object, key, place);
    if (found != wanted)
        throw Error(fmt::format("{}: {} is '{}'; only {} can be read", place, key, found, wanted));
}

} // namespace

ToolAxes ant_axes() {
    Eigen::Matrix3d axes;
    axes << 0, -1, 0, -1, 0, 0, 0, 0, -1;
    return {axes};
}

NavigationFile read_ant(const std::filesystem::path& path) {
    const std::string place = path.string();
    const nlohmann::json content = read_json(path);
    NavigationFile file;
    file.format = PoseFormat::ant;
    file.space.stated = "ASSOCIATED_IMAGE";
    if (has_member(content, "Configuration", place)) {
        const nlohmann::json& configuration = member(content, "Configuration", place);
        if (has_member(configuration, "AssociatedImageInfo", place))
            file.space.image = image_of(member(configuration, "AssociatedImageInfo", place),
                                        place + ": Configuration.AssociatedImageInfo");
    }
    int index = 0;
    for (const nlohmann::json& marker : array_member(content, "TargetMarkers", place)) {
        const std::string what = fmt::format("{}: TargetMarkers[{}].CoilTarget", place, index++);
        if (!has_member(marker, "CoilTarget", what)) continue;
        const nlohmann::json& target = member(marker, "CoilTarget", what);
        expect(target, "CoordinateSystem", "ASSOCIATED_IMAGE", what);
        expect(target, "PositionalUnit", "mm", what);
        const std::string axes = string_member(target, "CoilAxesConvention", what);
        if (axes != "simnibs" && axes != "visor2")
            throw Error(
                fmt::format("{}: CoilAxesConvention is '{}'; known are simnibs and visor2", what, axes));
        NavigationPose pose;
        pose.name = string_member(target, "Name", what);
        const Eigen::Matrix4d matrix = matrix_of(member(target, "CoilPose", what), what + ".CoilPose");
        const Eigen::Matrix3d rotation = matrix.topLeftCorner<3, 3>();
        pose.head_from_coil = pose_from_numbers(axes == "simnibs" ? rotation : ant_axes().to_ours(rotation),
                                                matrix.topRightCorner<3, 1>(), what);
        if (has_member(target, "CoilInfo", what) && file.coil.empty()) {
            const nlohmann::json& coil = member(target, "CoilInfo", what);
            if (has_member(coil, "Type", what)) file.coil = string_member(coil, "Type", what);
        }
        file.poses.push_back(std::move(pose));
    }
    return file;
}

void write_ant(const std::filesystem::path& path, const std::vector<NavigationPose>& poses,
               const WriteNavigationOptions& options) {
    if (!options.image) {
        throw Error(
            fmt::format("{}: ANT's files say which image they belong to; give --subject DIR", path.string()));
    }
    nlohmann::json markers = nlohmann::json::array();
    for (std::size_t i = 0; i < poses.size(); ++i) {
        Eigen::Matrix4d matrix = poses[i].head_from_coil.matrix();
        matrix.topRightCorner<3, 1>() *= millimetres_per_metre;
        const std::string name = poses[i].name.empty() ? fmt::format("pose {}", i + 1) : poses[i].name;
        markers.push_back({{"CoilTarget",
                            {{"Name", name},
                             {"CoordinateSystem", "ASSOCIATED_IMAGE"},
                             {"PositionalUnit", "mm"},
                             {"CoilAxesConvention", "simnibs"},
                             {"CoilInfo", {{"Type", options.coil}, {"Id", ""}}},
                             {"CoilPose", {{"RigidTransformMatrix4x4", to_json_rows(matrix)}}}}}});
    }
    write_json(path, {{"Configuration", {{"AssociatedImageInfo", image_as_json(*options.image)}}},
                      {"TargetMarkers", markers}});
}

} // namespace corticoil::io
