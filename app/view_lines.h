#pragma once

#include "app/view_commands.h"

#include <string>
#include <vector>

namespace corticoil::app {

/// A line that was understood; without a command where it is empty or a comment (#).
struct ViewLine {
    const ViewCommand* command = nullptr;
    std::vector<std::string> words; ///< Its arguments.
    std::string place;              ///< For messages: "moves.txt, line 3"; empty for none.
};

/// \throws Error naming the place and the word that is wrong, with what was probably meant.
[[nodiscard]] ViewLine parse_view_line(const std::string& line, const std::string& place);

/// All lines of a file, or of standard input for "-". \throws Error as parse_view_line(), and for a file that
/// cannot be read.
[[nodiscard]] std::vector<ViewLine> read_view_script(const std::string& path);

/// Runs a line. \throws as the command, with the line's place before an Error's message.
void run_view_line(const ViewLine& line, ViewModel& model, ViewHost& host);

} // namespace corticoil::app
