#include "app/view_commands.h"

#include "app/parse.h"
#include "core/constants.h"
#include "core/error.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <utility>

namespace corticoil::app {

std::string ViewCommand::usage() const {
    std::string text = name;
    for (const ViewArgument& argument : arguments) {
        const std::string shown = argument.kind == ViewArgument::Kind::choice
                                      ? fmt::format("{}", fmt::join(argument.choices, "|"))
                                      : argument.name;
        text += argument.is_optional ? " [" + shown + "]" : " " + shown;
    }
    return text;
}

const std::vector<ViewCommand>& view_commands() {
    static const std::vector<ViewCommand> all = [] {
        std::vector<ViewCommand> commands;
        for (const std::vector<ViewCommand>& group :
             {view_coil_commands(), view_scene_commands(), view_camera_commands(), view_session_commands()})
            commands.insert(commands.end(), group.begin(), group.end());
        return commands;
    }();
    return all;
}

std::string line_of_key(std::string_view key) {
    for (const ViewCommand& command : view_commands()) {
        for (const ViewKey& one : command.keys) {
            if (one.key == key)
                return one.arguments.empty() ? command.name : command.name + " " + one.arguments;
        }
    }
    return "";
}

std::string shown_key(std::string_view key) {
    using Names = std::pair<std::string_view, std::string_view>;
    static constexpr std::array<Names, 17> shown{{{"Left", "←"},
                                                  {"Right", "→"},
                                                  {"Up", "↑"},
                                                  {"Down", "↓"},
                                                  {"less", "<"},
                                                  {"greater", ">"},
                                                  {"comma", ","},
                                                  {"period", "."},
                                                  {"bracketleft", "["},
                                                  {"bracketright", "]"},
                                                  {"plus", "+"},
                                                  {"equal", "="},
                                                  {"minus", "-"},
                                                  {"Prior", "PageUp"},
                                                  {"Next", "PageDown"},
                                                  {"Return", "Enter"},
                                                  {"Escape", "Esc"}}};
    constexpr std::string_view shift = "Shift+";
    if (key.starts_with(shift)) return std::string(shift) + shown_key(key.substr(shift.size()));
    for (const Names& names : shown) {
        if (names.first == key) return std::string(names.second);
    }
    return std::string(key);
}

double view_number(const std::string& word) {
    const std::optional<std::vector<double>> numbers = parse_numbers(word);
    CORTICOIL_ASSERT(numbers && numbers->size() == 1);
    return numbers->front();
}

double view_length(const std::string& word) {
    return view_number(word) * metres_per_millimetre;
}

} // namespace corticoil::app
