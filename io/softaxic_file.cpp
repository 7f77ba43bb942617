#include "core/error.h"
#include "io/navigation_formats.h"
#include "io/xml_poses.h"

#include <fmt/format.h>

#include <array>
#include <vector>

namespace corticoil::io {

namespace {

/// What an element or the nearest one around it calls itself.
std::string name_of(pugi::xml_node element) {
    for (; element; element = element.parent()) {
        for (const char* key : {"name", "Name", "label", "Label", "description", "id"}) {
            const std::string name = element.attribute(key).value();
            if (!name.empty()) return name;
        }
    }
    return "";
}

/// Sixteen numbers between white space, by rows; nothing for other text.
std::optional<Eigen::Matrix4d> matrix_in_text(std::string_view text, const std::string& what) {
    constexpr std::string_view space = " \t\r\n,;";
    std::vector<std::string_view> words;
    while (words.size() <= 16) {
        const std::size_t start = text.find_first_not_of(space);
        if (start == std::string_view::npos) break;
        text.remove_prefix(start);
        const std::size_t end = std::min(text.find_first_of(space), text.size());
        words.push_back(text.substr(0, end));
        text.remove_prefix(end);
    }
    if (words.size() != 16) return std::nullopt;
    Eigen::Matrix4d matrix;
    for (int i = 0; i < 16; ++i)
        matrix(i / 4, i % 4) = parse_file_number(words[static_cast<std::size_t>(i)], what);
    return matrix;
}

} // namespace

ToolAxes softaxic_axes() {
    Eigen::Matrix3d axes;
    axes << 0, 1, 0, -1, 0, 0, 0, 0, 1;
    return {axes};
}

NavigationFile read_softaxic(const std::string& text, const std::string& name) {
    pugi::xml_document document;
    parse_xml(document, text, name);
    NavigationFile file;
    file.format = PoseFormat::softaxic;
    file.warnings.push_back(
        fmt::format("{}: the layout of Softaxic's files is an assumption (4×4 matrices in mm, "
                    "RAS); look at the poses on the head before using them",
                    name));
    // By an explicit walk: files may nest as deep as they like.
    for (pugi::xml_node element = document.document_element(); element;) {
        const std::string what = fmt::format("{}: <{}>", name, element.name());
        std::optional<Eigen::Matrix4d> matrix;
        for (const char* prefix : {"m", "M", "data"}) {
            if (!matrix) matrix = matrix_of(element, prefix, what);
        }
        if (!matrix) matrix = matrix_in_text(element.child_value(), what);
        if (matrix && is_untracked(*matrix)) {
            ++file.n_missing;
        } else if (matrix) {
            NavigationPose pose;
            pose.name = name_of(element);
            pose.head_from_coil = pose_from_numbers(softaxic_axes().to_ours(matrix->topLeftCorner<3, 3>()),
                                                    matrix->topRightCorner<3, 1>(), what);
            file.poses.push_back(std::move(pose));
        }
        if (element.first_child()) {
            element = element.first_child();
            continue;
        }
        while (element && !element.next_sibling()) element = element.parent();
        if (element) element = element.next_sibling();
    }
    return file;
}

} // namespace corticoil::io
