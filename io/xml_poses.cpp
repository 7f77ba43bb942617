#include "io/xml_poses.h"

#include "core/error.h"
#include "io/navigation_formats.h"

#include <fmt/format.h>

#include <algorithm>

namespace corticoil::io {

void parse_xml(pugi::xml_document& document, const std::string& text, const std::string& name) {
    const pugi::xml_parse_result result =
        document.load_buffer(text.data(), text.size(), pugi::parse_default, pugi::encoding_auto);
    if (result) return;
    const auto end = text.begin() + std::min<std::ptrdiff_t>(result.offset, std::ssize(text));
    throw Error(fmt::format("{}: line {}: is no XML ({})", name, std::count(text.begin(), end, '\n') + 1,
                            result.description()));
}

std::optional<Eigen::Matrix4d> matrix_of(const pugi::xml_node& element, const std::string& prefix,
                                         const std::string& what) {
    Eigen::Matrix4d matrix = Eigen::Matrix4d::Identity();
    int n_found = 0;
    for (int row = 0; row < 4; ++row) {
        for (int column = 0; column < 4; ++column) {
            const std::string key = fmt::format("{}{}{}", prefix, row, column);
            const pugi::xml_attribute attribute = element.attribute(key.c_str());
            if (!attribute) {
                if (row < 3 && n_found > 0) throw Error(fmt::format("{}: has no {}", what, key));
                continue;
            }
            if (row < 3 && n_found < 4 * row + column)
                throw Error(fmt::format("{}: has {} but not all numbers before it", what, key));
            matrix(row, column) = parse_file_number(attribute.value(), what + ": " + key);
            ++n_found;
        }
    }
    if (n_found == 0) return std::nullopt;
    return matrix;
}

bool is_untracked(const Eigen::Matrix4d& matrix) {
    constexpr double rounding = 1e-9;
    return matrix.topRows<3>().isZero(rounding) || matrix.isIdentity(rounding);
}

Eigen::Matrix4d ras_from(const std::string& space, const std::string& what) {
    if (space == "RAS") return Eigen::Matrix4d::Identity();
    if (space == "LPS") return Eigen::Vector4d(-1, -1, 1, 1).asDiagonal();
    throw Error(fmt::format("{}: its coordinateSpace is '{}'; export it as RAS or LPS", what, space));
}

} // namespace corticoil::io
