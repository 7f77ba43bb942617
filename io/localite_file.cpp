#include "core/constants.h"
#include "core/error.h"
#include "io/navigation_formats.h"
#include "io/xml_poses.h"

#include <fmt/format.h>

#include <sstream>

namespace corticoil::io {

namespace {

/// A response of a trigger marker; nothing where it is missing, no number, or 0: not known then.
std::optional<double> response(const pugi::xml_node& marker, const std::string& key) {
    for (const pugi::xml_node& value : marker.child("ResponseValues").children("Value")) {
        if (key != value.attribute("key").value()) continue;
        try {
            const double number = parse_file_number(value.attribute("response").value(), key);
            return number != 0 ? std::optional(number) : std::nullopt;
        } catch (const Error&) {
            return std::nullopt; // "NaN": the stimulator told nothing.
        }
    }
    return std::nullopt;
}

/// The pose of a marker's matrix; nothing for one that was not tracked.
std::optional<RigidTransform> pose_of(const pugi::xml_node& holder, const Eigen::Matrix4d& ras_from_file,
                                      const std::string& what) {
    const std::optional<Eigen::Matrix4d> matrix = matrix_of(holder.child("Matrix4D"), "data", what);
    if (!matrix) throw Error(fmt::format("{}: has no Matrix4D", what));
    if (is_untracked(*matrix)) return std::nullopt;
    const Eigen::Matrix4d ras = ras_from_file * *matrix;
    return pose_from_numbers(localite_axes().to_ours(ras.topLeftCorner<3, 3>()), ras.topRightCorner<3, 1>(),
                             what);
}

void add(NavigationFile& file, NavigationPose pose, const std::optional<RigidTransform>& place) {
    if (!place) {
        ++file.n_missing;
        return;
    }
    pose.head_from_coil = *place;
    file.poses.push_back(std::move(pose));
}

} // namespace

ToolAxes localite_axes() {
    Eigen::Matrix3d axes;
    axes << 0, 0, 1, 0, -1, 0, 1, 0, 0;
    return {axes};
}

NavigationFile read_localite(const std::string& text, const std::string& name) {
    pugi::xml_document document;
    parse_xml(document, text, name);
    const pugi::xml_node root = document.document_element();
    NavigationFile file;
    file.format = PoseFormat::localite;
    const std::string kind = root.name();
    if (kind != "InstrumentMarkerList" && kind != "TriggerMarkerList") {
        throw Error(fmt::format(
            "{}: is a {}; give an InstrumentMarkerList or a TriggerMarkerList of Localite", name, kind));
    }
    file.space.stated = root.attribute("coordinateSpace").value();
    const Eigen::Matrix4d ras_from_file = ras_from(file.space.stated, name);
    for (const pugi::xml_node& instrument : root.children("InstrumentMarker")) {
        const pugi::xml_node marker = instrument.child("Marker");
        NavigationPose pose;
        pose.name = marker.attribute("description").value();
        const std::string what = fmt::format("{}: marker '{}'", name, pose.name);
        add(file, std::move(pose), pose_of(marker, ras_from_file, what));
    }
    int number = 0;
    for (const pugi::xml_node& trigger : root.children("TriggerMarker")) {
        NavigationPose pose;
        pose.is_recorded = true;
        pose.name = trigger.attribute("description").value();
        if (pose.name.empty()) pose.name = fmt::format("pulse {}", number + 1);
        ++number;
        pose.time = trigger.attribute("recordingTime").value();
        const std::string what = fmt::format("{}: trigger {}", name, number);
        if (const std::optional<double> value = response(trigger, "valueA"))
            pose.didt = didt_from_number(*value, what);
        pose.mso = response(trigger, "amplitudeA");
        add(file, std::move(pose), pose_of(trigger, ras_from_file, what));
    }
    return file;
}

std::string localite_text(const std::vector<NavigationPose>& poses) {
    pugi::xml_document document;
    pugi::xml_node root = document.append_child("InstrumentMarkerList");
    root.append_attribute("coordinateSpace") = "RAS";
    for (std::size_t i = 0; i < poses.size(); ++i) {
        pugi::xml_node instrument = root.append_child("InstrumentMarker");
        instrument.append_attribute("alwaysVisible") = "false";
        instrument.append_attribute("index") = static_cast<int>(i);
        instrument.append_attribute("selected") = "false";
        pugi::xml_node marker = instrument.append_child("Marker");
        const std::string name = poses[i].name.empty() ? fmt::format("pose {}", i + 1) : poses[i].name;
        marker.append_attribute("description") = name.c_str();
        marker.append_attribute("set") = "true";
        Eigen::Matrix4d matrix = Eigen::Matrix4d::Identity();
        matrix.topLeftCorner<3, 3>() = localite_axes().to_tool(poses[i].head_from_coil.rotation());
        matrix.topRightCorner<3, 1>() = poses[i].head_from_coil.translation() * millimetres_per_metre;
        pugi::xml_node element = marker.append_child("Matrix4D");
        for (int row = 0; row < 4; ++row) {
            for (int column = 0; column < 4; ++column) {
                element.append_attribute(fmt::format("data{}{}", row, column).c_str()) =
                    exact(matrix(row, column)).c_str();
            }
        }
    }
    std::ostringstream text;
    document.save(text, "  ");
    return text.str();
}

} // namespace corticoil::io
