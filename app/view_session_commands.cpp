// Commands about the session: what was done, files, the solver, help and the end.
#include "app/view_commands.h"
#include "app/view_text.h"
#include "io/pose_file.h"

#include <fmt/format.h>

namespace corticoil::app {

namespace {

using Words = std::vector<std::string>;
using Kind = ViewArgument::Kind;

std::vector<ViewCommand> history_commands() {
    return {
        {"undo",
         {},
         {{"u", ""}, {"z", ""}},
         "take back the last change",
         [](ViewModel& model, const Words&, ViewHost& host) {
             if (!model.undo()) host.print("there is nothing to undo\n");
         }},
        {"redo",
         {},
         {{"y", ""}},
         "do again what was undone",
         [](ViewModel& model, const Words&, ViewHost& host) {
             if (!model.redo()) host.print("there is nothing to redo\n");
         }},
    };
}

std::vector<ViewCommand> file_commands() {
    return {
        {"save",
         {{"FILE", Kind::text}},
         {{"P", "pose.json"}},
         "save the pose: pose.json for simulate --pose, or a navigation program's file by its ending",
         [](ViewModel& model, const Words& words, ViewHost& host) {
             model.save_pose(words[0]);
             host.print(fmt::format("saved {}\n", words[0]));
         }},
        {"load",
         {{"POSE.JSON", Kind::text}},
         {},
         "put the coil at a saved pose",
         [](ViewModel& model, const Words& words, ViewHost&) {
             model.set_pose(io::read_pose(words[0]).head_from_coil);
         }},
        {"screenshot",
         {{"FILE.PNG", Kind::text}},
         {{"F12", "view.png"}},
         "save the picture",
         [](ViewModel&, const Words& words, ViewHost& host) {
             host.save_picture(words[0]);
             host.print(fmt::format("saved {}\n", words[0]));
         }},
        {"print-scene",
         {},
         {{"p", ""}},
         "print what is shown as text",
         [](ViewModel& model, const Words&, ViewHost& host) {
             host.print(describe_view(model) + host.describe_drawing());
         }},
    };
}

std::vector<ViewCommand> program_commands() {
    return {
        {"solve",
         {},
         {{"Return", ""}},
         "compute the whole field of this pose (a window does so by itself when the coil rests)",
         [](ViewModel&, const Words&, ViewHost& host) { host.solve(); }},
        {"wait",
         {},
         {},
         "wait until the field is computed",
         [](ViewModel&, const Words&, ViewHost& host) { host.wait(); }},
        {"help",
         {},
         {{"H", ""}, {"h", ""}, {"F1", ""}},
         "show or hide this list",
         [](ViewModel&, const Words&, ViewHost& host) { host.toggle_help(); }},
        {"quit",
         {},
         {{"q", ""}},
         "close the window",
         [](ViewModel&, const Words&, ViewHost& host) { host.quit(); }},
    };
}

} // namespace

std::vector<ViewCommand> view_session_commands() {
    std::vector<ViewCommand> commands;
    for (const std::vector<ViewCommand>& group : {history_commands(), file_commands(), program_commands()})
        commands.insert(commands.end(), group.begin(), group.end());
    return commands;
}

} // namespace corticoil::app
