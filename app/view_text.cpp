#include "app/view_text.h"

#include "core/constants.h"

#include <fmt/format.h>

#include <cmath>
#include <utility>

namespace corticoil::app {

namespace {

/// Tenths of millimetres without a negative zero.
std::string in_mm(const Vector3& point) {
    std::string text;
    for (int axis = 0; axis < 3; ++axis) {
        const double tenths = std::round(point[axis] * millimetres_per_metre * 10) / 10;
        text += fmt::format("{}{:.1f}", axis == 0 ? "" : " ", tenths == 0 ? 0.0 : tenths);
    }
    return text;
}

std::string direction_text(const Vector3& direction) {
    std::string text;
    for (int axis = 0; axis < 3; ++axis) {
        const double hundredths = std::round(direction[axis] * 100) / 100;
        text += fmt::format("{}{:.2f}", axis == 0 ? "" : " ", hundredths == 0 ? 0.0 : hundredths);
    }
    return text;
}

std::string describe_picked(const ViewModel& model) {
    const std::optional<Vector3>& picked = model.state().picked;
    if (!picked) return "none";
    const ViewPoint point = model.at(*picked);
    std::string text = fmt::format("{} mm, {}", in_mm(*picked), point.tissue);
    text += point.field
                ? fmt::format(", |E| {:.2f} V/m ({})", point.field->norm(), direction_text(*point.field))
                : std::string(", E not computed");
    if (point.mni) text += fmt::format(", MNI {} mm", in_mm(*point.mni));
    if (point.region) text += fmt::format(", {}", *point.region);
    return text;
}

using Fact = std::pair<std::string, std::string>;
using Facts = std::vector<Fact>;

/// Whole degrees without a negative zero.
std::string in_degrees(double angle) {
    const double whole = std::round(angle * degrees_per_radian);
    return fmt::format("{:.0f}", whole == 0 ? 0.0 : whole);
}

Facts pose_facts(const ViewModel& model) {
    const ViewState& state = model.state();
    const Eigen::Matrix3d& rotation = state.pose.rotation();
    return {
        {"coil", state.coil},
        {"target", state.target.empty() ? "none" : state.target},
        {"roi", fmt::format("{}, around {} mm", model.roi().description, in_mm(model.roi().centre))},
        {"position", in_mm(state.pose.translation()) + " mm"},
        {"axes", fmt::format("x {}, y {}, z {}", direction_text(rotation.col(0)),
                             direction_text(rotation.col(1)), direction_text(rotation.col(2)))},
        {"clearance", fmt::format("{:.1f} mm", model.clearance() * millimetres_per_metre)},
        {"tilt", in_degrees(state.stance.tilt[0]) + " " + in_degrees(state.stance.tilt[1]) + " degrees"},
    };
}

std::string means_text(double mean_magnitude, double mean_vector) {
    return fmt::format("mean |E| {:.3f} V/m, |mean E| {:.3f} V/m", mean_magnitude, mean_vector);
}

Facts field_facts(const ViewModel& model) {
    const planning::LiveRoi::Values live = model.live();
    Facts facts{{"roi live", means_text(live.mean_magnitude, live.mean_vector)}};
    if (!model.is_current()) {
        facts.emplace_back("field", model.field() ? "of an earlier pose" : "none");
        return facts;
    }
    facts.emplace_back("field", model.is_refined() ? "of this pose" : "of this pose, not refined yet");
    if (!model.is_refined()) return facts;
    const ViewField& field = *model.field();
    facts.emplace_back("roi solved", means_text(field.roi.mean_magnitude, field.roi.mean_vector_norm));
    facts.emplace_back("99.9th percentile in grey matter", fmt::format("{:.3f} V/m", field.robust_maximum));
    return facts;
}

Facts scene_facts(const ViewModel& model) {
    const ViewState& state = model.state();
    const ViewCamera& camera = model.camera();
    const auto on = [](bool is_on) { return is_on ? "on" : "off"; };
    return {
        {"scalar", view_scalar_names()[static_cast<std::size_t>(state.scalar)]},
        {"cap", state.cap > 0 ? fmt::format("{:g} V/m", state.cap) : "automatic"},
        {"slice", state.slice ? fmt::format("{} {:.1f} mm",
                                            view_axis_names()[static_cast<std::size_t>(state.slice->axis)],
                                            state.slice->position * millimetres_per_metre)
                              : "none"},
        {"picked", describe_picked(model)},
        {"shown", fmt::format("scalp {}, coil {}, roi {}", on(state.shows_scalp), on(state.shows_coil),
                              on(state.shows_roi))},
        {"background", state.is_dark ? "dark" : "light"},
        {"camera",
         fmt::format("{}, from {}, up {}, {:.0f} mm high", camera.name.empty() ? "free" : camera.name,
                     direction_text(camera.towards_viewer), direction_text(camera.up),
                     camera.height * millimetres_per_metre)},
    };
}

} // namespace

const std::vector<std::string>& view_scalar_names() {
    static const std::vector<std::string> names{"magnitude", "normal", "tangential"};
    return names;
}

const std::vector<std::string>& view_axis_names() {
    static const std::vector<std::string> names{"sagittal", "coronal", "axial"};
    return names;
}

std::string describe_view(const ViewModel& model) {
    std::string text;
    for (const Fact& fact : pose_facts(model)) text += fact.first + ": " + fact.second + "\n";
    for (const Fact& fact : field_facts(model)) text += fact.first + ": " + fact.second + "\n";
    for (const Fact& fact : scene_facts(model)) text += fact.first + ": " + fact.second + "\n";
    return text;
}

} // namespace corticoil::app
