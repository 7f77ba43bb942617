// Commands that move the coil, change it and aim it.
#include "app/view_commands.h"

#include "core/constants.h"
#include "core/error.h"

#include <fmt/format.h>

#include <algorithm>

namespace corticoil::app {

namespace {

using Words = std::vector<std::string>;
using Kind = ViewArgument::Kind;

/// The one after `current` in a list, from the first again after the last or for an unknown one.
std::string next_of(const Words& names, const std::string& current, const char* what) {
    if (names.empty()) throw Error(fmt::format("there is no list of {} here; give its name", what));
    const auto found = std::find(names.begin(), names.end(), current);
    return found == names.end() || found + 1 == names.end() ? names.front() : *(found + 1);
}

std::vector<ViewCommand> sliding_commands() {
    return {
        {"move",
         {{"X_MM"}, {"Y_MM"}},
         {{"Left", "-1 0"},
          {"Right", "1 0"},
          {"Up", "0 1"},
          {"Down", "0 -1"},
          {"Shift+Left", "-5 0"},
          {"Shift+Right", "5 0"},
          {"Shift+Up", "0 5"},
          {"Shift+Down", "0 -5"}},
         "slide the coil along the scalp, along its x axis and its y axis (away from the handle)",
         [](ViewModel& model, const Words& words, ViewHost&) {
             model.move({view_length(words[0]), view_length(words[1])});
         }},
        {"place",
         {{"X_MM"}, {"Y_MM"}, {"Z_MM"}},
         {},
         "carry the coil to the scalp nearest to a point of the head",
         [](ViewModel& model, const Words& words, ViewHost&) {
             model.carry({view_length(words[0]), view_length(words[1]), view_length(words[2])});
         }},
    };
}

std::vector<ViewCommand> turning_commands() {
    return {
        {"turn",
         {{"DEGREES"}},
         {{"less", "-5"}, {"greater", "5"}, {"comma", "-1"}, {"period", "1"}},
         "turn the coil about its axis, clockwise seen from outside",
         [](ViewModel& model, const Words& words, ViewHost&) {
             model.turn(view_number(words[0]) * radians_per_degree);
         }},
        {"tilt",
         {{"ABOUT_X_DEGREES"}, {"ABOUT_Y_DEGREES"}},
         {{"i", "2 0"}, {"k", "-2 0"}, {"j", "0 -2"}, {"l", "0 2"}},
         "tilt the coil about its x and y axes, on top of how it is tilted",
         [](ViewModel& model, const Words& words, ViewHost&) {
             model.tilt(
                 {view_number(words[0]) * radians_per_degree, view_number(words[1]) * radians_per_degree});
         }},
        {"standoff",
         {{"MM"}},
         {},
         "keep the casing this far from the scalp (hair, cloth)",
         [](ViewModel& model, const Words& words, ViewHost&) { model.set_gap(view_length(words[0])); }},
        {"lift",
         {{"MM"}},
         {{"Prior", "1"}, {"Next", "-1"}},
         "change the stand-off",
         [](ViewModel& model, const Words& words, ViewHost&) {
             model.set_gap(std::max(0.0, model.state().stance.gap + view_length(words[0])));
         }},
    };
}

std::vector<ViewCommand> aiming_commands() {
    return {
        {"target",
         {{"NAME", Kind::text}},
         {{"t", "next"}},
         "put the coil over another target by convention (as simulate --target), or over the next one",
         [](ViewModel& model, const Words& words, ViewHost&) {
             model.set_target(words[0] == "next" ? next_of(model.targets(), model.state().target, "targets")
                                                 : words[0]);
         }},
        {"coil",
         {{"NAME", Kind::text}},
         {{"c", "next"}},
         "hold another coil in its place, E in the same direction, or the next one of the library",
         [](ViewModel& model, const Words& words, ViewHost&) {
             model.set_coil(words[0] == "next" ? next_of(model.coils(), model.state().coil, "coils")
                                               : words[0]);
         }},
    };
}

} // namespace

std::vector<ViewCommand> view_coil_commands() {
    std::vector<ViewCommand> commands;
    for (const std::vector<ViewCommand>& group : {sliding_commands(), turning_commands(), aiming_commands()})
        commands.insert(commands.end(), group.begin(), group.end());
    return commands;
}

} // namespace corticoil::app
