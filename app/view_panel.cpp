#include "app/view_panel.h"

#include "app/view_commands.h"
#include "core/constants.h"

#include <fmt/format.h>

#include <cmath>
#include <utility>

namespace corticoil::app {

namespace {

std::string volts(double value) {
    return fmt::format("{:.3f} V/m", value);
}

/// The mean with the range that discretisation alone leaves it.
std::string with_error(const planning::RoiMetrics& roi) {
    const double half_width = roi.mean_magnitude * roi.mean_magnitude_relative_error.value_or(0);
    return fmt::format("{:.3f} ± {:.3f} V/m", roi.mean_magnitude, half_width);
}

std::string list_mm(const Vector3& point) {
    const Vector3 mm = point * millimetres_per_metre;
    return fmt::format("{:.1f} {:.1f} {:.1f}", mm[0], mm[1], mm[2]);
}

std::string in_mm(double metres) {
    return fmt::format("{:.1f} mm", metres * millimetres_per_metre);
}

void add_point(viz::LivePanel& panel, const Vector3& picked, const ViewPoint& point) {
    const auto add = [&](const char* name, const std::string& value) {
        panel.lines.emplace_back(name, value);
    };
    add("", "Picked point");
    add("head (mm)", list_mm(picked));
    if (point.mni) add("MNI (mm)", list_mm(*point.mni));
    add("tissue", point.tissue);
    if (point.region) add("region", *point.region);
    add("|E|", point.field ? volts(point.field->norm()) : "–");
    if (!point.field) return;
    const Vector3& field = *point.field;
    add("E (V/m)", fmt::format("{:.2f} {:.2f} {:.2f}", field[0], field[1], field[2]));
}

const char* describe_scalar(ViewScalar scalar) {
    switch (scalar) {
    case ViewScalar::normal:
        return "E into the cortex";
    case ViewScalar::tangential:
        return "|E| along the cortex";
    default:
        return "|E|";
    }
}

} // namespace

viz::LiveColours view_colours(const ViewModel& model) {
    viz::LiveColours colours;
    colours.is_signed = model.state().scalar == ViewScalar::normal;
    colours.is_stale = !model.is_current();
    // One scale for all three scalars, so that they can be compared.
    colours.cap = model.state().cap > 0 ? model.state().cap
                  : model.field()       ? model.field()->robust_maximum
                                        : 1;
    return colours;
}

viz::LivePanel view_panel(const ViewModel& model, bool is_moving) {
    const ViewState& state = model.state();
    viz::LivePanel panel;
    panel.is_dark = state.is_dark;
    panel.title = state.coil;
    const auto add = [&](const char* name, const std::string& value) {
        panel.lines.emplace_back(name, value);
    };
    const planning::LiveRoi::Values live = model.live();
    const bool is_refined = model.is_refined();
    add("", state.target.empty() ? "ROI" : state.target);
    add("mean |E|, live", volts(live.mean_magnitude));
    add("|mean E|, live", volts(live.mean_vector));
    add("mean |E|, whole field", is_refined ? with_error(model.field()->roi) : "–");
    add("|mean E|, whole field", is_refined ? volts(model.field()->roi.mean_vector_norm) : "–");
    add("99.9th percentile, grey", is_refined ? volts(model.field()->robust_maximum) : "–");
    add("", "Coil");
    add("position (mm)", list_mm(state.pose.translation()));
    add("stand-off", in_mm(state.stance.gap));
    add("casing to scalp", in_mm(model.clearance()));
    if (state.picked && !is_moving) add_point(panel, *state.picked, model.at(*state.picked));
    if (model.field() && !model.is_current()) panel.notice = "colours: of an earlier pose";
    panel.colour_title = fmt::format("{} (V/m) at {:g} A/µs", describe_scalar(state.scalar),
                                     std::abs(model.didt()) / ampere_per_microsecond);
    panel.colours = view_colours(model);
    return panel;
}

std::vector<std::pair<std::string, std::string>> view_help() {
    std::vector<std::pair<std::string, std::string>> lines;
    for (const ViewCommand& command : view_commands()) {
        std::string first = command.name + (command.keys.empty() ? "" : "  ");
        for (const ViewKey& key : command.keys) first += fmt::format(" {}", shown_key(key.key));
        lines.emplace_back(std::move(first), command.help);
    }
    return lines;
}

} // namespace corticoil::app
