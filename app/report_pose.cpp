// Poses in words and numbers.
#include "app/direction_words.h"
#include "app/report_parts.h"
#include "core/constants.h"
#include "planning/surface_tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace corticoil::app {

namespace {

std::string side_of(const Vector3& mni) {
    constexpr double midline = 0.005; // [m]
    if (std::abs(mni.x()) < midline) return "over the midline";
    return mni.x() < 0 ? "over the left side of the head" : "over the right side of the head";
}

/// Which way the handle points, with its angle in the coil's plane to the midline's direction there; to the
/// vertical where the coil faces forwards or backwards.
std::string handle_text(const RigidTransform& head_from_coil) {
    const Vector3 handle = -head_from_coil.rotation().col(1);
    const Vector3 z = head_from_coil.rotation().col(2);
    const auto in_plane = [&](const Vector3& axis) { return Vector3(axis - axis.dot(z) * z); };
    constexpr double least_length = 0.5; // The axis lies within 60° of the coil's plane.
    const bool has_midline = in_plane(Vector3::UnitY()).norm() > least_length;
    const Vector3 line =
        in_plane(has_midline ? Vector3(-Vector3::UnitY()) : Vector3(Vector3::UnitZ())).normalized();
    const double angle = degrees_per_radian * std::acos(std::clamp(handle.dot(line), -1.0, 1.0));
    return fmt::format("points towards {}; {:.0f}° in the coil's plane from straight {}", towards(handle),
                       angle, has_midline ? "backwards" : "up");
}

} // namespace

std::vector<std::pair<std::string, std::string>> pose_rows(const RigidTransform& head_from_coil,
                                                           const std::optional<Vector3>& induced_direction,
                                                           const SurfaceMesh& scalp,
                                                           const ReportedHead& head) {
    const Vector3 centre = head_from_coil.translation();
    const Vector3 scalp_point = planning::SurfaceTree(scalp).nearest_point(centre);
    std::vector<std::pair<std::string, std::string>> rows;
    rows.emplace_back("Side", side_of(head.mni ? head.mni->to_mni(scalp_point) : scalp_point));
    if (!head.electrodes.empty()) {
        const auto nearest = std::min_element(
            head.electrodes.begin(), head.electrodes.end(), [&](const auto& a, const auto& b) {
                return (a.second - scalp_point).squaredNorm() < (b.second - scalp_point).squaredNorm();
            });
        rows.emplace_back("Nearest 10-10 position",
                          fmt::format("{}, {:.0f} mm from the scalp point under the coil", nearest->first,
                                      (nearest->second - scalp_point).norm() * millimetres_per_metre));
    }
    rows.emplace_back("Handle", handle_text(head_from_coil));
    if (induced_direction) rows.emplace_back("E under the centre", "towards " + towards(*induced_direction));
    rows.emplace_back("Scalp point under the coil, head (mm)", point_text(scalp_point));
    if (head.mni) rows.emplace_back("The same in MNI space (mm)", point_text(head.mni->to_mni(scalp_point)));
    rows.emplace_back("Coil's origin, head (mm)", point_text(centre));
    return rows;
}

void add_matrix(viz::ReportPage& page, const std::string& caption, const RigidTransform& head_from_coil) {
    viz::ReportTable table{caption, {"head axis", "coil x", "coil y", "coil z", "origin, mm"}, {}};
    const std::array<const char*, 3> axes{"right", "front", "up"};
    const auto number = [](double value, int decimals) {
        const std::string text = fmt::format("{:.{}f}", value, decimals);
        return text.front() == '-' ? "−" + text.substr(1) : text;
    };
    for (int row = 0; row < 3; ++row) {
        std::vector<viz::Html> cells{axes[static_cast<std::size_t>(row)]};
        for (int column = 0; column < 3; ++column)
            cells.emplace_back(number(head_from_coil.rotation()(row, column), 6));
        cells.emplace_back(number(head_from_coil.translation()[row] * millimetres_per_metre, 3));
        table.rows.push_back(std::move(cells));
    }
    page.table(table);
}

} // namespace corticoil::app
