// Commands about what is shown, and from where.
#include "app/view_commands.h"
#include "app/view_text.h"
#include "core/constants.h"
#include "core/error.h"

#include <Eigen/Geometry>
#include <fmt/format.h>

#include <algorithm>

namespace corticoil::app {

namespace {

using Words = std::vector<std::string>;
using Kind = ViewArgument::Kind;

int index_of(const Words& names, const std::string& word) {
    return static_cast<int>(std::find(names.begin(), names.end(), word) - names.begin());
}

void set_scalar(ViewModel& model, const Words& words) {
    const Words& names = view_scalar_names();
    const int now = static_cast<int>(model.state().scalar);
    const int next =
        words[0] == "next" ? (now + 1) % static_cast<int>(names.size()) : index_of(names, words[0]);
    model.change([&](ViewState& state) { state.scalar = static_cast<ViewScalar>(next); });
}

void set_cap(ViewModel& model, const Words& words) {
    const double cap = view_number(words[0]);
    if (cap < 0) throw Error(fmt::format("a cap of {:g} V/m is below 0", cap));
    model.change([&](ViewState& state) { state.cap = cap; });
}

void slice(ViewModel& model, const Words& words) {
    std::optional<ViewSlice> plane = model.state().slice;
    // After none comes axial, and none again after sagittal.
    const int axis = words[0] == "none"   ? -1
                     : words[0] == "next" ? (plane ? plane->axis - 1 : 2)
                                          : index_of(view_axis_names(), words[0]);
    if (axis < 0) {
        plane.reset();
    } else {
        const Vector3 through = model.state().picked.value_or(model.roi().centre);
        plane = {axis, words.size() > 1 ? view_length(words[1]) : through[axis]};
    }
    model.change([&](ViewState& state) { state.slice = plane; });
}

void move_slice(ViewModel& model, const Words& words) {
    if (!model.state().slice) throw Error("there is no slice to move; give slice axial");
    model.change([&](ViewState& state) { state.slice->position += view_length(words[0]); });
}

void show(ViewModel& model, const Words& words) {
    model.change([&](ViewState& state) {
        bool& shows = words[0] == "scalp"  ? state.shows_scalp
                      : words[0] == "coil" ? state.shows_coil
                                           : state.shows_roi;
        const std::string how = words.size() > 1 ? words[1] : "toggle";
        shows = how == "toggle" ? !shows : how == "on";
    });
}

void orbit(ViewModel& model, const Words& words) {
    ViewCamera camera = model.camera();
    const Vector3 right = camera.up.cross(camera.towards_viewer);
    const Eigen::Matrix3d turn = (Eigen::AngleAxisd(-view_number(words[0]) * radians_per_degree, camera.up) *
                                  Eigen::AngleAxisd(-view_number(words[1]) * radians_per_degree, right))
                                     .toRotationMatrix();
    camera.towards_viewer = (turn * camera.towards_viewer).normalized();
    const Vector3 up = turn * camera.up;
    camera.up = (up - up.dot(camera.towards_viewer) * camera.towards_viewer).normalized();
    camera.name.clear();
    model.set_camera(camera);
}

void pan(ViewModel& model, const Words& words) {
    ViewCamera camera = model.camera();
    const Vector3 right = camera.up.cross(camera.towards_viewer);
    camera.centre -= view_length(words[0]) * right + view_length(words[1]) * camera.up;
    camera.name.clear();
    model.set_camera(camera);
}

void zoom(ViewModel& model, const Words& words) {
    const double factor = view_number(words[0]);
    if (!(factor > 0)) throw Error(fmt::format("a factor of {:g} is not above 0", factor));
    ViewCamera camera = model.camera();
    constexpr double least_height = 0.01; // [m]
    constexpr double most_height = 2;
    camera.height = std::clamp(camera.height / factor, least_height, most_height);
    camera.name.clear();
    model.set_camera(camera);
}

std::vector<ViewCommand> field_commands() {
    return {
        {"scalar",
         {{"NAME", Kind::choice, {"magnitude", "normal", "tangential", "next"}}},
         {{"e", "next"}},
         "what the cortex shows: |E|, E across it (+ inwards), |E| along it",
         [](ViewModel& model, const Words& words, ViewHost&) { set_scalar(model, words); }},
        {"cap",
         {{"V_PER_M"}},
         {},
         "end the colours at a value; 0: at the 99.9th percentile of each field",
         [](ViewModel& model, const Words& words, ViewHost&) { set_cap(model, words); }},
        {"pick",
         {{"X_MM"}, {"Y_MM"}, {"Z_MM"}},
         {},
         "read E, tissue, MNI coordinates and region at a point",
         [](ViewModel& model, const Words& words, ViewHost&) {
             const Vector3 point(view_length(words[0]), view_length(words[1]), view_length(words[2]));
             model.change([&](ViewState& state) { state.picked = point; });
         }},
        {"unpick",
         {},
         {{"Escape", ""}},
         "forget the point that was picked",
         [](ViewModel& model, const Words&, ViewHost&) {
             model.change([](ViewState& state) { state.picked.reset(); });
         }},
    };
}

std::vector<ViewCommand> showing_commands() {
    return {
        {"slice",
         {{"AXIS", Kind::choice, {"axial", "coronal", "sagittal", "none", "next"}},
          {"MM", Kind::number, {}, true}},
         {{"x", "next"}},
         "cut the head at a plane (without MM: through the picked point or the ROI)",
         [](ViewModel& model, const Words& words, ViewHost&) { slice(model, words); }},
        {"slice-move",
         {{"MM"}},
         {{"bracketleft", "-2"}, {"bracketright", "2"}},
         "move the plane along its axis",
         [](ViewModel& model, const Words& words, ViewHost&) { move_slice(model, words); }},
        {"show",
         {{"PART", Kind::choice, {"scalp", "coil", "roi"}},
          {"HOW", Kind::choice, {"on", "off", "toggle"}, true}},
         {{"s", "scalp toggle"}, {"w", "coil toggle"}, {"r", "roi toggle"}},
         "show or hide a part",
         [](ViewModel& model, const Words& words, ViewHost&) { show(model, words); }},
        {"background",
         {{"HOW", Kind::choice, {"light", "dark", "toggle"}}},
         {{"b", "toggle"}},
         "light or dark",
         [](ViewModel& model, const Words& words, ViewHost&) {
             model.change([&](ViewState& state) {
                 state.is_dark = words[0] == "toggle" ? !state.is_dark : words[0] == "dark";
             });
         }},
    };
}

} // namespace

std::vector<ViewCommand> view_scene_commands() {
    std::vector<ViewCommand> commands = field_commands();
    for (const ViewCommand& command : showing_commands()) commands.push_back(command);
    return commands;
}

std::vector<ViewCommand> view_camera_commands() {
    return {
        {"camera",
         {{"FROM", Kind::choice, {"left", "right", "front", "back", "top", "bottom", "coil"}}},
         {{"1", "left"},
          {"2", "right"},
          {"3", "front"},
          {"4", "back"},
          {"5", "top"},
          {"6", "bottom"},
          {"0", "coil"}},
         "look from a side of the head, or along the coil's axis",
         [](ViewModel& model, const Words& words, ViewHost&) { model.set_camera(words[0]); }},
        {"orbit",
         {{"RIGHT_DEGREES"}, {"UP_DEGREES"}},
         {{"Home", "-10 0"}, {"End", "10 0"}},
         "turn the scene",
         [](ViewModel& model, const Words& words, ViewHost&) { orbit(model, words); }},
        {"pan",
         {{"RIGHT_MM"}, {"UP_MM"}},
         {},
         "shift the scene",
         [](ViewModel& model, const Words& words, ViewHost&) { pan(model, words); }},
        {"zoom",
         {{"FACTOR"}},
         {{"plus", "1.2"}, {"equal", "1.2"}, {"minus", "0.833333"}},
         "make everything larger",
         [](ViewModel& model, const Words& words, ViewHost&) { zoom(model, words); }},
    };
}

} // namespace corticoil::app
