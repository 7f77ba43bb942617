#pragma once

#include "app/view_model.h"

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace corticoil::app {

/// What commands need besides the model: something that draws, computes and talks.
class ViewHost {
  public:
    virtual ~ViewHost() = default;
    virtual void print(const std::string& text) = 0;
    virtual void save_picture(const std::filesystem::path& png) = 0;
    /// Starts computing the field of the pose shown; on return it is there or under way.
    virtual void solve() = 0;
    /// Returns when the field of the pose shown is there.
    virtual void wait() = 0;
    virtual void toggle_help() = 0;
    virtual void quit() = 0;
    /// Lines of print-scene about what is drawn.
    [[nodiscard]] virtual std::string describe_drawing() = 0;
};

/// An argument of a command.
struct ViewArgument {
    enum class Kind { number, choice, text };
    std::string name; ///< As help shows it, with its unit.
    Kind kind = Kind::number;
    std::vector<std::string> choices = {};
    bool is_optional = false;
};

/// A key and the arguments that it stands for: X's name of the key, "Shift+" before it.
struct ViewKey {
    std::string key;
    std::string arguments;
};

/// A command by its name, for keys, scripts, the help card and the documentation.
struct ViewCommand {
    std::string name;
    std::vector<ViewArgument> arguments;
    std::vector<ViewKey> keys;
    std::string help;
    std::function<void(ViewModel&, const std::vector<std::string>& words, ViewHost&)> run;

    /// "move X_MM Y_MM"
    [[nodiscard]] std::string usage() const;
};

/// All of them, in the order in which help shows them.
[[nodiscard]] const std::vector<ViewCommand>& view_commands();

/// The line of a key ("move 1 0"); empty for a key without one.
[[nodiscard]] std::string line_of_key(std::string_view key);

/// A key as it is printed on a keyboard: "<" for "less".
[[nodiscard]] std::string shown_key(std::string_view key);

// The groups that view_commands() consists of.
[[nodiscard]] std::vector<ViewCommand> view_coil_commands();
[[nodiscard]] std::vector<ViewCommand> view_scene_commands();
[[nodiscard]] std::vector<ViewCommand> view_camera_commands();
[[nodiscard]] std::vector<ViewCommand> view_session_commands();

/// The number that a word is; words were checked before a command runs (parse_view_line()).
[[nodiscard]] double view_number(const std::string& word);
/// The same of a word in millimetres [m].
[[nodiscard]] double view_length(const std::string& word);

} // namespace corticoil::app
